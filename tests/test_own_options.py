"""What a report does with the options of its run, and what it never overwrites."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer
from command_line import clawdoctor
from small_chain import LITELLM, OPENCLAW
from terminal_session import session

from clawdoctor.__main__ import exit_code_of
from clawdoctor.run.repeat import options_to_repeat, with_options

NAMED = ("--openclaw-config", "my agent.json", "--litellm-config", "my.yaml")
REPEATED = "clawdoctor run --openclaw-config 'my agent.json' --litellm-config my.yaml"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "my agent.json").write_text(OPENCLAW, "utf-8")
    (tmp_path / "my.yaml").write_text(LITELLM, "utf-8")
    return tmp_path


def test_a_report_repeats_the_options_that_name_files(project: Path) -> None:
    done = clawdoctor("run", "--offline", *NAMED, cwd=project, COLUMNS="200")
    assert f"`{REPEATED}" in done.stdout
    assert "`clawdoctor run`" not in done.stdout
    report = json.loads(clawdoctor("run", "--offline", "--json", *NAMED, cwd=project).stdout)
    commands = [
        command
        for finding in report["findings"]
        for fix in finding["fixes"]
        for command in fix["commands"]
        if command.startswith("clawdoctor run")
    ]
    assert commands
    assert all(command == REPEATED for command in commands)


def test_a_repair_ends_with_the_run_of_the_same_files(project: Path) -> None:
    done = clawdoctor("run", "--fix", "--yes", *NAMED, cwd=project, COLUMNS="200")
    assert done.stdout.splitlines()[-2] == f"  {REPEATED}"
    assert "  clawdoctor run\n" not in done.stdout


def test_a_pipe_is_not_repeated() -> None:
    assert options_to_repeat({"--litellm-config": "/dev/fd/63", "--compose": None}) == ""
    assert with_options("Use `clawdoctor run --fix`, not clawdoctor run", "--x") == (
        "Use `clawdoctor run --x --fix`, not clawdoctor run"
    )


@pytest.mark.parametrize("option", ["--output", "--write-baseline"])
@pytest.mark.parametrize("name", ["my agent.json", "./my.yaml"])
def test_a_checked_file_is_not_overwritten(option: str, name: str, project: Path) -> None:
    before = (project / name).read_bytes()
    done = clawdoctor("run", "--offline", *NAMED, option, name, cwd=project)
    assert done.returncode == 2
    assert "choose another name" in done.stderr
    assert (project / name).read_bytes() == before


@pytest.mark.parametrize("word", ["error.log", "./nowhere/error", "/nowhere", ".", "../"])
def test_explain_says_that_there_is_no_such_file(word: str, tmp_path: Path) -> None:
    done = clawdoctor("explain", word, cwd=tmp_path)
    assert done.returncode == 2
    assert "there is no such file" in done.stderr or "this is a folder" in done.stderr


def test_explain_repeats_no_key_in_a_path(tmp_path: Path) -> None:
    key = "5c0e9d7f3b1a48e6922d4f6a8b0c1e37"
    done = clawdoctor("explain", f"/openai/models?api-key={key}", cwd=tmp_path)
    assert key not in done.stdout + done.stderr


def test_repeated_options_show_no_key(tmp_path: Path) -> None:
    key = "5c0e9d7f3b1a48e6922d4f6a8b0c1e37"
    (tmp_path / key).mkdir()
    (tmp_path / key / "my.yaml").write_text(LITELLM, "utf-8")
    for more in (("-v",), ("--json",), ("--fix", "--yes")):
        done = clawdoctor("run", "--litellm-config", f"{key}/my.yaml", *more, cwd=tmp_path)
        assert key not in done.stdout + done.stderr


def test_explain_reads_what_only_resembles_a_file_as_text(tmp_path: Path) -> None:
    for word in ("azure/gpt-4o", "https://contoso-ai.openai.azure.com/x.log", "drop_params"):
        assert "no such file" not in clawdoctor("explain", word, cwd=tmp_path).stderr
    assert "no such file" not in clawdoctor("explain", "--", "error.log", cwd=tmp_path).stderr


def test_an_abandoned_question_is_an_interrupt(capsys: pytest.CaptureFixture[str]) -> None:
    def ask() -> int:
        raise typer.Abort

    assert exit_code_of(ask) == 130
    assert capsys.readouterr().err == "interrupted\n"


def test_a_demo_on_a_terminal_has_the_characters_of_the_terminal(tmp_path: Path) -> None:
    with session(tmp_path, "demo", "healthy", environ={"LC_ALL": "C.UTF-8"}) as demo:
        demo.process.wait(60)
        demo.wait_for("✓".encode())
