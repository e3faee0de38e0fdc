"""What `explain` is asked: several codes, a setting, a file, or a text that looks like one."""

from __future__ import annotations

from pathlib import Path

import pytest
from command_line import clawdoctor, clawdoctor_process
from test_explain_cli import LOG, REFUSED, _json


def _codes(*words: str, cwd: Path | None = None) -> tuple[str, list[str]]:
    found = _json("--no-config", *words, cwd=cwd)
    assert isinstance(found, dict)
    return found["asked"], [match["code"] for match in found["matches"]]


def test_several_codes_and_names_are_pages() -> None:
    assert _codes("AZ001", "px001", "drop-params-missing") == ("code", ["AZ001", "PX001", "LL101"])
    text = clawdoctor_process("explain", "--no-config", "AZ001", "PX001").stdout
    assert "AZ001 azure-endpoint-not-found" in text
    assert "PX001 proxy-unreachable" in text


def test_codes_beside_other_words_are_a_text() -> None:
    assert _codes("see", "LL101", REFUSED)[0] == "text"


@pytest.mark.parametrize(
    ("setting", "code"),
    [("drop_params", "LL101"), ("baseUrl", "OC105"), ("AZURE_API_KEY", "LL103")],
)
def test_a_setting_names_the_checks_about_it(setting: str, code: str) -> None:
    asked, codes = _codes(setting)
    assert asked == "setting"
    assert code in codes


def test_the_check_that_is_named_for_a_setting_comes_first() -> None:
    assert _codes("drop_params")[1][0] == "LL101"
    text = clawdoctor_process("explain", "--no-config", "drop_params").stdout
    assert text.startswith("Failures related to this setting:\n\n  LL101 ")


def test_a_file_is_read_as_a_log(tmp_path: Path) -> None:
    (tmp_path / "today").write_text(LOG)
    assert _codes("today", cwd=tmp_path)[1][0] == "AZ003"
    assert _codes("--", "today", cwd=tmp_path) == ("text", [])


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        (".env", "AZURE_API_KEY=0123456789abcdef", "an env file"),
        ("x.yaml", "model_list: []\n", "a config"),
        ("openclaw.json", "{ models: { providers: {} } }", "a config"),
    ],
)
def test_a_config_is_for_run(name: str, content: str, kind: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(content)
    done = clawdoctor_process("explain", name, cwd=tmp_path)
    assert done.returncode == 2
    assert f"{name} is {kind}: clawdoctor run" in " ".join(done.stderr.split())
    assert "0123456789" not in done.stdout + done.stderr


def test_a_binary_file_is_no_log(tmp_path: Path) -> None:
    (tmp_path / "core").write_bytes(bytes(range(256)) * 100)
    done = clawdoctor_process("explain", "core", cwd=tmp_path)
    assert done.returncode == 2
    assert "core is binary, not text" in " ".join(done.stderr.split())


def test_a_text_longer_than_a_name_is_a_text() -> None:
    assert _codes(f"{REFUSED} {'x' * 5000}")[1][0] == "AZ003"


@pytest.mark.parametrize("text", [f"~nobody: {REFUSED}", f"~/{REFUSED}", f"/\x00{REFUSED}"])
def test_a_text_that_no_path_can_be_is_a_text(text: str) -> None:
    assert clawdoctor("explain", "--no-config", text).returncode == 0
