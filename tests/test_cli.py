"""The command line: exit codes, streams, bad input, imports."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from command_line import ENVIRON, Done, clawdoctor, clawdoctor_process
from schemas import report_validator

from clawdoctor import __version__
from clawdoctor.cli.situation import proxy_url_of

HEALTHY = Path(__file__).parent.parent / "src/clawdoctor/simulator/scenarios/healthy"
SEED = HEALTHY.parent / "seed"
KEYS = {
    "AZURE_OPENAI_API_KEY": "0f1e2d3c4b5a69788796a5b4c3d2e1f0",
    "LITELLM_MASTER_KEY": "sk-51b7a8e2c94d0f36",
}


def document(done: Done) -> dict[str, object]:
    """Return the document on stdout, which must be valid and the only output."""
    found = json.loads(done.stdout)
    report_validator().validate(found)
    assert found["exitCode"] == done.returncode
    assert found["ok"] is (done.returncode == 0)
    assert "Traceback" not in done.stderr
    assert isinstance(found, dict)
    return found


def test_version_is_printed_without_heavy_imports() -> None:
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "clawdoctor", "--version"],
        env=ENVIRON,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == f"clawdoctor {__version__}\n"
    for heavy in ("typer", "httpx", "rich", "yaml", "asyncio", "dataclasses", "typing", "signal"):
        assert f" {heavy}\n" not in done.stderr


def test_offline_json_imports_no_httpx_no_rich_no_asyncio() -> None:
    program = (
        "import sys\n"
        "from clawdoctor.__main__ import run_app\n"
        "code = run_app(sys.argv[1:])\n"
        "names = 'sarif junit github markdown svg checkout prose trace_text'.split()\n"
        "unused = {f'clawdoctor.formats.{name}' for name in names}\n"
        "heavy = {'httpx', 'rich', 'asyncio', 'json5', 'xml.etree', *unused} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
        "sys.exit(code)\n"
    )
    files = ("--openclaw-config", "openclaw.json", "--litellm-config", "litellm_config.yaml")
    done = subprocess.run(
        [sys.executable, "-c", program, "run", "--offline", "--json", *files],
        cwd=SEED,
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": "", "HOME": "/nonexistent"},
    )
    assert done.returncode == 1, done.stderr
    assert json.loads(done.stdout)["summary"]["error"] > 0


def test_the_seed_has_the_expected_findings() -> None:
    done = clawdoctor_process(
        "run", "--json", "--openclaw-config", "openclaw.json",
        "--litellm-config", "litellm_config.yaml", cwd=SEED,
    )  # fmt: skip
    found = document(done)
    assert done.returncode == 1
    findings = found["findings"]
    assert isinstance(findings, list)
    places = {
        (f["code"], f["location"]["path"], *f["location"]["start"].values()) for f in findings
        if f["severity"] != "info"
    }  # fmt: skip
    assert places == {
        ("LL108", "litellm_config.yaml", 1, 1),
        ("LL102", "litellm_config.yaml", 6, 16),
        ("LL102", "litellm_config.yaml", 13, 16),
        ("LL104", "litellm_config.yaml", 4, 14),
        ("LL104", "litellm_config.yaml", 5, 17),
        ("LL104", "litellm_config.yaml", 11, 14),
        ("LL104", "litellm_config.yaml", 12, 17),
        ("OC108", "openclaw.json", 7, 17),
        ("LL109", "litellm_config.yaml", 11, 14),
    }
    assert next(f["code"] for f in findings) == "OC108"


def test_a_healthy_chain_exits_with_0_without_errors_and_warnings() -> None:
    done = clawdoctor(
        "run", "--json", "--openclaw-config", "openclaw.json",
        "--litellm-config", "litellm_config.yaml", cwd=HEALTHY, stdin=b"", **KEYS,
    )  # fmt: skip
    found = document(done)
    assert done.returncode == 0
    summary = found["summary"]
    assert isinstance(summary, dict)
    assert (summary["error"], summary["warning"], summary["unknown"]) == (0, 0, 0)


def bomb() -> str:
    lines = ["a: &a [x, x, x, x, x, x, x, x, x]"]
    lines += [
        f"{b}: &{b} [{', '.join([f'*{a}'] * 9)}]"
        for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    ]
    return "\n".join(lines)


BAD_FINDINGS = {
    "empty": b"",
    "yaml-bomb": bomb().encode(),
    "deep": b"[" * 10_000,
    "deep-closed": b"[" * 10_000 + b"]" * 10_000,
    "tabs": b"model_list:\n\t- a\n",
    "prose": b"Hello, this is no config at all.\n",
    "html": b"<html><body>502</body></html>\n",
}
BAD_USAGE = {
    "binary": (bytes(range(256)), "NUL"),
    "invalid-utf8": (b"model_list: \xff\xfe\n", "UTF-8"),
    "nul": (b"a: b\0c\n", "NUL"),
    "utf16": ("model_list: []\n".encode("utf-16"), "UTF-16"),
}
OPTIONS = {"--litellm-config": "litellm_config.yaml", "--openclaw-config": "openclaw.json"}


@pytest.mark.quick(5)
@pytest.mark.parametrize("option", OPTIONS)
@pytest.mark.parametrize("kind", BAD_FINDINGS)
def test_wrong_content_is_a_finding(tmp_path: Path, option: str, kind: str) -> None:
    (tmp_path / OPTIONS[option]).write_bytes(BAD_FINDINGS[kind])
    done = clawdoctor("run", "--json", option, OPTIONS[option], cwd=tmp_path)
    found = document(done)
    assert done.returncode == 1
    assert found["usageError"] is None
    assert found["findings"]
    text = clawdoctor("run", option, OPTIONS[option], cwd=tmp_path)
    assert text.returncode == 1
    assert "error[" in text.stdout
    assert "Traceback" not in text.stderr


@pytest.mark.parametrize("option", OPTIONS)
@pytest.mark.parametrize("kind", BAD_USAGE)
def test_a_named_file_that_is_not_text_is_wrong_usage(
    tmp_path: Path, option: str, kind: str
) -> None:
    content, reason = BAD_USAGE[kind]
    (tmp_path / OPTIONS[option]).write_bytes(content)
    found = document(clawdoctor("run", "--json", option, OPTIONS[option], cwd=tmp_path))
    assert found["exitCode"] == 2
    assert reason in str(found["usageError"])
    assert OPTIONS[option] in str(found["usageError"])


@pytest.mark.parametrize(
    ("option", "limit"),
    [("--openclaw-config", 2), ("--litellm-config", 16), ("--compose", 16), ("--env-file", 16)],
)
def test_a_named_file_over_its_limit_is_wrong_usage(
    tmp_path: Path, option: str, limit: int
) -> None:
    (tmp_path / "large").write_bytes(b"x" * (limit * 1024 * 1024 + 1))
    found = document(clawdoctor("run", "--json", option, "large", cwd=tmp_path))
    assert found["exitCode"] == 2
    assert str(found["usageError"]).endswith(f"large is larger than {limit} MiB")


@pytest.mark.parametrize("option", [*OPTIONS, "--compose", "--env-file"])
def test_a_named_file_that_is_missing_or_a_folder_is_wrong_usage(
    tmp_path: Path, option: str
) -> None:
    (tmp_path / "folder").mkdir()
    for name, reason in (("nope.yaml", "not found"), ("folder", "directory")):
        found = document(clawdoctor("run", "--json", option, name, cwd=tmp_path))
        assert found["exitCode"] == 2
        assert reason in str(found["usageError"])


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_named_file_without_read_permission_is_wrong_usage(tmp_path: Path) -> None:
    (tmp_path / "litellm_config.yaml").write_text("model_list: []")
    (tmp_path / "litellm_config.yaml").chmod(0)
    named = ("--litellm-config", "litellm_config.yaml")
    found = document(clawdoctor("run", "--json", *named, cwd=tmp_path))
    assert found["exitCode"] == 2
    assert "permission" in str(found["usageError"])


def test_nothing_to_check_is_wrong_usage_and_says_what_to_do(tmp_path: Path) -> None:
    done = clawdoctor_process("run", cwd=tmp_path)
    assert done.returncode == 2
    assert "--litellm-config" in done.stdout + done.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ("run", "--json", "--nope"),
        ("run", "--format", "json", "--timeout", "soon"),
        ("run", "--json", "--select", "ZZ999"),
        ("run", "--json", "--fail-on", "fatal"),
        ("run", "--json", "stray"),
        ("run", "--json", "--format", "sarif"),
        ("run", "--json", "--timeout", "nan"),
        ("run", "--json", "--timeout", "inf"),
        ("run", "--json", "--openclaw-config", ""),
        ("run", "--json", "--proxy-url", " "),
    ],
)
def test_wrong_usage_with_json_is_a_document(arguments: tuple[str, ...], tmp_path: Path) -> None:
    found = document(clawdoctor(*arguments, cwd=tmp_path))
    assert found["exitCode"] == 2
    assert found["usageError"]


def test_wrong_usage_is_a_message_on_stderr(tmp_path: Path) -> None:
    done = clawdoctor("run", "--select", "LL10x", cwd=tmp_path)
    assert done.returncode == 2
    assert done.stdout == ""
    assert "LL10" in done.stderr
    assert "did you mean" in done.stderr


def test_fail_on_and_select_decide_the_exit_code(tmp_path: Path) -> None:
    named = ("--litellm-config", str(HEALTHY / "litellm_config.yaml"))
    assert clawdoctor("run", *named, cwd=tmp_path, LITELLM_MASTER_KEY="sk-51b7a8e2").returncode == 0
    strict = ("run", *named, "--fail-on", "warning")
    assert clawdoctor(*strict, cwd=tmp_path, LITELLM_MASTER_KEY="sk-51b7a8e2").returncode == 1
    assert clawdoctor(*strict, "--ignore", "LL103,LL108", cwd=tmp_path).returncode == 0
    found = document(clawdoctor("run", "--json", *named, "--select", "LL103", cwd=tmp_path))
    assert [check["code"] for check in found["checks"]] == ["LL103"]  # type: ignore[attr-defined]


def test_a_proxy_url_without_a_scheme_means_http() -> None:
    assert proxy_url_of(" localhost:4000 ") == "http://localhost:4000"
    assert proxy_url_of("https://gateway.example/x") == "https://gateway.example/x"


def test_strict_fails_on_unknown(tmp_path: Path) -> None:
    named = ("--litellm-config", str(HEALTHY / "litellm_config.yaml"))
    relaxed = clawdoctor("run", *named, cwd=tmp_path, CI="true")
    assert relaxed.returncode == 0
    assert "gave no result" in relaxed.stdout
    assert clawdoctor("run", *named, "--strict", cwd=tmp_path, CI="true").returncode == 1


def test_stdout_is_the_report_alone_and_output_writes_a_file(tmp_path: Path) -> None:
    named = ("--litellm-config", str(SEED / "litellm_config.yaml"))
    done = clawdoctor("run", *named, "--output", "report.txt", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert "error[LL102]" in (tmp_path / "report.txt").read_text("utf-8")


def test_colour_follows_the_variables(tmp_path: Path) -> None:
    named = ("run", "--litellm-config", str(SEED / "litellm_config.yaml"))
    assert "\x1b[" not in clawdoctor(*named, cwd=tmp_path).stdout
    assert "\x1b[" in clawdoctor(*named, cwd=tmp_path, FORCE_COLOR="1").stdout
    assert "\x1b[" not in clawdoctor(*named, cwd=tmp_path, FORCE_COLOR="1", NO_COLOR="1").stdout


def test_a_terminal_without_unicode_gets_ascii(tmp_path: Path) -> None:
    named = ("run", "--litellm-config", str(SEED / "litellm_config.yaml"))
    done = clawdoctor_process(*named, cwd=tmp_path, PYTHONUTF8="0", PYTHONIOENCODING="ascii")
    assert done.stdout.isascii()
    assert "error[LL102]" in done.stdout


def test_a_closed_pipe_is_not_an_error(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "clawdoctor", "checks"],
        env=ENVIRON,
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
        process.wait(60)


def test_an_interrupt_exits_with_130(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*args: object, **more: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("clawdoctor.run.diagnosis.diagnose", interrupted)
    done = clawdoctor("run", "--json")
    assert done.returncode == 128 + signal.SIGINT
    assert json.loads(done.stdout)["exitCode"] == 130


def test_a_defect_is_reported_without_a_traceback_and_with_a_document(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken(*args: object, **more: object) -> None:
        raise ValueError("sk-51b7a8e2c94d0f36")

    monkeypatch.setattr("clawdoctor.run.diagnosis.diagnose", broken)
    for arguments in (["run"], ["run", "--json"]):
        done = clawdoctor(*arguments)
        assert done.returncode == 3
        assert "sk-51b7" not in done.stdout + done.stderr
        assert "Traceback" not in done.stderr
    assert json.loads(done.stdout)["internalErrors"][0]["error"] == "ValueError"


def test_explain_takes_texts_codes_and_names(tmp_path: Path) -> None:
    known = clawdoctor("explain", "No API provider registered for api: undefined")
    assert known.returncode == 0
    assert "OC101" in known.stdout
    piped = clawdoctor(
        "explain", "-", stdin=b"Traceback ...\nNo API provider registered for api: undefined\n"
    )
    assert "OC101" in piped.stdout
    assert clawdoctor("explain", "OC101").returncode == 0
    assert clawdoctor("explain", "env-reference-not-expanded").returncode == 0
    assert clawdoctor("explain", "the cat sat on the mat").returncode == 1
    assert clawdoctor("explain", "  ").returncode == 2
    found = json.loads(clawdoctor("explain", "--json", "LL102").stdout)
    assert found["recognised"] is True
    assert found["matches"][0]["code"] == "LL102"


def test_checks_lists_all_checks() -> None:
    listed = json.loads(clawdoctor("checks", "--json").stdout)["checks"]
    text = clawdoctor("checks").stdout
    for check in listed:
        assert check["code"] in text
    assert len(listed) > 20


@pytest.mark.parametrize("scenario", ["seed", "healthy"])
def test_demo_plays_a_scenario(scenario: str) -> None:
    done = clawdoctor("demo", scenario)
    assert done.returncode == 0
    assert done.stdout.startswith(f"demo {scenario}: ")
    assert ("No problems" in done.stdout) is (scenario == "healthy")
    assert scenario in clawdoctor("demo", "--list").stdout


def test_an_unknown_demo_is_wrong_usage() -> None:
    done = clawdoctor("demo", "nope")
    assert done.returncode == 2
    assert "healthy" in done.stderr


def test_without_arguments_the_commands_are_named() -> None:
    done = clawdoctor()
    assert "Traceback" not in done.stderr
    for command in ("run", "explain", "trace", "init", "checks", "demo"):
        assert f"\n  {command} " in done.stdout + done.stderr


def test_help_texts_are_whole() -> None:
    for arguments in (("--help",), *((name, "--help") for name in ("run", "init", "demo"))):
        assert "..." not in clawdoctor(*arguments, COLUMNS="80").stdout.replace(
            "COMMAND [ARGS]...", ""
        )


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (("run", "--bogus"), "clawdoctor run --help"),
        (("run", "-v", "-q"), "clawdoctor run --help"),
        (("explain", " "), "clawdoctor explain --help"),
        (("bogus",), "clawdoctor --help"),
    ],
)
def test_a_usage_error_names_the_command(arguments: tuple[str, ...], hint: str) -> None:
    done = clawdoctor(*arguments)
    assert done.returncode == 2
    assert done.stderr.endswith(f"\nTry '{hint}'.\n")
    assert done.stderr.startswith("error: ")
    assert "Invalid value" not in done.stderr


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        (
            {
                "_CLAWDOCTOR_COMPLETE": "complete_bash",
                "COMP_WORDS": "clawdoctor run --off",
                "COMP_CWORD": "2",
            },
            "--offline",
        ),
        (
            {
                "_CLAWDOCTOR_COMPLETE": "complete_zsh",
                "_TYPER_COMPLETE_ARGS": "clawdoctor run --off",
            },
            '_arguments \'*: :(("--offline":"Read files and the environment; open no sockets."))\'',
        ),
        (
            {
                "_CLAWDOCTOR_COMPLETE": "complete_fish",
                "_TYPER_COMPLETE_FISH_ACTION": "get-args",
                "_TYPER_COMPLETE_ARGS": "clawdoctor run --off",
            },
            "--offline\tRead files and the environment; open no sockets.",
        ),
        (
            {
                "_CLAWDOCTOR_COMPLETE": "complete_bash",
                "COMP_WORDS": "clawdoctor ",
                "COMP_CWORD": "1",
            },
            "run\nexplain\ntrace\ninit\nchecks\ndemo",
        ),
    ],
    ids=["bash", "zsh", "fish", "commands"],
)
def test_words_are_completed(environ: dict[str, str], expected: str) -> None:
    done = subprocess.run(
        [Path(sys.executable).with_name("clawdoctor")],
        env={**ENVIRON, **environ},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.strip() == expected


def test_the_file_of_a_report_is_named(tmp_path: Path) -> None:
    done = clawdoctor("run", "--offline", "--output", "report.txt", cwd=tmp_path)
    assert done.returncode == 2
    named = ("--litellm-config", str(HEALTHY / "litellm_config.yaml"))
    wanted = ("--output", "report.txt")
    done = clawdoctor(
        "run",
        "--offline",
        *named,
        *wanted,
        cwd=tmp_path,
        LITELLM_MASTER_KEY=KEYS["LITELLM_MASTER_KEY"],
    )
    assert done.stdout == ""
    assert done.stderr == "The report is in report.txt.\n"
    assert "litellm_config.yaml" in (tmp_path / "report.txt").read_text("utf-8")
