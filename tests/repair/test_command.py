"""`run --diff`, `--fix` and `--undo` on the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from command_line import clawdoctor
from schemas import report_validator
from terminal_session import session

KEY = "0f1e2d3c4b5a69788796a5b4c3d2e1f0"
LITELLM = f"""\
# my models
model_list:
  - model_name: gpt-4o-mini
    litellm_params:
      model: azure/gpt-4o-mini
      api_base: https://contoso-ai.openai.azure.com
      api_key: ${{AZURE_API_KEY}}   # from the portal
      api_version: "2025-04-01-preview"
  - model_name: other
    litellm_params:
      model: azure/gpt-4o-mini
      api_base: https://contoso-ai.openai.azure.com
      api_key: {KEY}
      api_version: "2025-04-01-preview"

litellm_settings:
  drop_params: true

general_settings:
  master_key: os.environ/LITELLM_MASTER_KEY
"""
FIXED = LITELLM.replace("${AZURE_API_KEY}", "os.environ/AZURE_API_KEY")
ENVIRON = {"AZURE_API_KEY": "f" * 31 + "0", "LITELLM_MASTER_KEY": "sk-51b7a8e2c94d0f36"}


@pytest.fixture
def config(tmp_path: Path) -> Path:
    file = tmp_path / "project" / "litellm_config.yaml"
    file.parent.mkdir()
    file.write_text(LITELLM)
    return file


def run(config: Path, *arguments: str, **more: str) -> tuple[int, str, str]:
    named = () if "--undo" in arguments else ("--litellm-config", config.name)
    environ = {**ENVIRON, "HOME": str(config.parent.parent / "home"), **more}
    done = clawdoctor("run", *named, *arguments, cwd=config.parent, stdin=b"", **environ)
    return done.returncode, done.stdout, done.stderr


def test_diff_shows_the_change_and_makes_none(config: Path) -> None:
    code, out, err = run(config, "--diff")
    assert code == 1
    assert out.startswith("--- litellm_config.yaml\n+++ litellm_config.yaml\n@@ -4,7 +4,7 @@\n")
    assert "-      api_key: ${AZURE_API_KEY}" in out
    assert "+      api_key: os.environ/AZURE_API_KEY" in out
    assert err.startswith("Would fix 1 problem in 1 file.\n  LL102 litellm_config.yaml:7:16")
    assert config.read_text() == LITELLM


def test_diff_of_a_good_file_is_empty(config: Path) -> None:
    config.write_text(FIXED)
    assert run(config, "--diff") == (0, "", "Nothing to fix.\n")


def test_fix_writes_and_undo_restores(config: Path) -> None:
    config.chmod(0o600)
    code, out, err = run(config, "--fix")
    assert (code, err) == (0, "")
    assert out.startswith("Fixed 1 problem in 1 file.\n  LL102 litellm_config.yaml:7:16")
    start = "litellm --config litellm_config.yaml --port 4000"
    stop = "Stop LiteLLM if it is running (Ctrl-C in its terminal)"
    again = f"In another terminal:\n  clawdoctor run --litellm-config {config.name}"
    assert f"\nNow:\n  {stop}\n  {start}\n  {again}\n" in out
    assert out.endswith("To undo the changes: clawdoctor run --undo\n")
    assert config.read_text() == FIXED
    assert config.stat().st_mode & 0o777 == 0o600
    second = run(config, "--fix")[1]
    assert second.startswith("Nothing to fix.\n")
    assert run(config, "--undo") == (0, f"restored {config}\n", "")
    assert config.read_text() == LITELLM
    code, _, err = run(config, "--undo")
    assert code == 2
    assert "there is no repair to undo" in err


def test_the_report_says_why_nothing_was_sent(config: Path) -> None:
    out = " ".join(run(config, "--fix")[1].split())
    assert "Not checked (--fix and --diff send no requests): " in out
    assert "--offline" not in out


def test_a_note_is_fixed_on_request(config: Path) -> None:
    without = FIXED.replace("litellm_settings:\n  drop_params: true\n\n", "")
    config.write_text(without)
    assert run(config, "--fix")[1].startswith(
        "Nothing to fix; 1 note has a safe fix\n"
        f"(`clawdoctor run --litellm-config {config.name} --fix --fail-on info`).\n"
    )
    assert config.read_text() == without
    run(config, "--fix", "--fail-on", "info")
    assert config.read_text() == without + "\nlitellm_settings:\n  drop_params: true\n"


def test_undo_asks_at_a_terminal(config: Path) -> None:
    run(config, "--fix")
    home = {"HOME": str(config.parent.parent / "home")}
    for answer, content in (("n", FIXED), ("y", LITELLM)):
        with session(config.parent, "run", "--undo", environ=home) as running:
            running.wait_for(b"Restore this file as before the last repair?")
            assert str(config) in running.shown()
            running.type(answer)
        assert config.read_text() == content


def test_undo_in_another_folder_names_the_folder_of_the_last_repair(config: Path) -> None:
    run(config, "--fix")
    other = config.parent.parent / "other" / config.name
    other.parent.mkdir()
    code, _, err = run(other, "--undo")
    assert code == 2
    assert f"in {other.parent}; the last one was in {config.parent}" in " ".join(err.split())
    assert config.read_text() == FIXED


def test_undo_leaves_a_file_that_changed(config: Path) -> None:
    run(config, "--fix")
    config.write_text(FIXED + "# mine\n")
    code, _, err = run(config, "--undo")
    assert code == 2
    assert "has changed since the repair (its old content is in " in err
    assert config.read_text() == FIXED + "# mine\n"


@pytest.mark.parametrize(("option", "written"), [("--fix", True), ("--diff", False)])
def test_json_says_what_was_fixed(config: Path, option: str, written: bool) -> None:
    code, out, _ = run(config, option, "--json")
    document = json.loads(out)
    report_validator().validate(document)
    assert code == document["exitCode"] == (0 if written else 1)
    repair = document["repair"]
    assert repair["written"] is written
    assert repair["files"] == ["litellm_config.yaml"]
    assert [line["code"] for line in repair["done"]] == ["LL102"]
    assert "+      api_key: os.environ/AZURE_API_KEY" in repair["diff"]
    assert KEY[:8] not in out


def test_a_report_without_repair_says_so(config: Path) -> None:
    assert json.loads(run(config, "--json")[1])["repair"] is None


@pytest.mark.parametrize(
    "arguments",
    [
        ("--diff", "--fix"),
        ("--fix", "--undo"),
        ("--unsafe-fixes",),
        ("--yes",),
        ("--yes", "--diff"),
    ],
)
def test_options_that_do_not_fit_together(config: Path, arguments: tuple[str, ...]) -> None:
    assert run(config, *arguments)[0] == 2
    assert config.read_text() == LITELLM


def test_a_file_that_is_a_link_elsewhere_stays(config: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere.yaml"
    config.rename(elsewhere)
    config.symlink_to(elsewhere)
    code, out, err = run(config, "--fix")
    assert code == 2
    assert "is a link to" in err
    assert "nothing was written" in err
    assert "error[LL102]" in out
    assert elsewhere.read_text() == LITELLM


def test_openclaws_own_switch_protects_its_config(config: Path) -> None:
    openclaw = config.with_name("openclaw.json")
    openclaw.write_text(
        "{ models: { mode: 'merge', providers: { p: { baseUrl: 'http://localhost:4000/v1',\n"
        "  apiKey: '${LITELLM_MASTER_KEY}', models: [{ id: 'other', name: 'x' }] } } },\n"
        "  agents: { defaults: { model: 'p/other' } } }\n"
    )
    before = openclaw.read_text()
    named = ("--openclaw-config", openclaw.name)
    code, _, err = run(config, "--fix", *named, OPENCLAW_NIX_MODE="1")
    assert "OPENCLAW_NIX_MODE is set" in err
    assert code == 2
    assert openclaw.read_text() == before
    assert config.read_text() == LITELLM  # all files, or none


def test_the_switch_counts_for_fixes_of_litellms_checks_too(config: Path) -> None:
    openclaw = config.with_name("openclaw.json")
    openclaw.write_text(
        "{ models: { mode: 'merge', providers: { p: { baseUrl: 'http://localhost:4000/v1',\n"
        "  api: 'openai-completions', apiKey: '${LITELLM_MASTER_KEY}',\n"
        "  models: [{ id: 'gpt-4o-mni', name: 'x', compat: { supportsStore: false } }] } } },\n"
        "  agents: { defaults: { model: 'p/gpt-4o-mni' } } }\n"
    )
    config.write_text(FIXED)
    before = openclaw.read_text()
    arguments = ("--fix", "--unsafe-fixes", "--openclaw-config", openclaw.name)
    code, out, err = run(config, "--json", *arguments, OPENCLAW_NIX_MODE="1")
    found = {(item["code"], item["stage"]) for item in json.loads(out)["findings"]}
    assert ("LL201", "litellm") in found
    assert code == 2
    assert "OPENCLAW_NIX_MODE is set" in err
    assert openclaw.read_text() == before
    assert run(config, *arguments)[1].startswith("Fixed ")
    assert "p/gpt-4o-mini" in openclaw.read_text()


@pytest.mark.parametrize("answer", ["y", "n"])
def test_a_person_is_asked_once(config: Path, answer: str) -> None:
    arguments = ("run", "--offline", "--litellm-config", config.name, "--fix")
    home = str(config.parent.parent / "home")
    with session(config.parent, *arguments, environ={**ENVIRON, "HOME": home}) as it:
        it.wait_for(b"Change 1 file? [y/N]")
        assert config.read_text() == LITELLM
        assert "os.environ/AZURE_API_KEY" in it.shown()
        it.type(answer)
    assert config.read_text() == (FIXED if answer == "y" else LITELLM)
    assert it.process.returncode == (0 if answer == "y" else 1)
    assert KEY[:8] not in it.shown()


def test_yes_asks_nobody(config: Path) -> None:
    arguments = ("run", "--offline", "--litellm-config", config.name, "--fix", "--yes")
    home = str(config.parent.parent / "home")
    with session(config.parent, *arguments, environ={**ENVIRON, "HOME": home}) as it:
        pass
    assert config.read_text() == FIXED
    assert "Change 1 file" not in it.shown()
