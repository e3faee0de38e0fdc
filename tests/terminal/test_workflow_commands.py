"""The log of a GitHub Actions step: no text of a file or a server becomes a command."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from command_line import clawdoctor

from clawdoctor.formats.encode import to_json_text
from clawdoctor.terminal.output import without_workflow_commands

CONFIG = """\
model_list:
  - model_name: gpt-4o
    litellm_params:
      model: "##[error]azure/x ::set-output::"
      ::stop-commands::x: 1
"""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("::add-mask::x\n  ::error::y\n", ": :add-mask::x\n  : :error::y\n"),
        ("a ##[group]b", "a # #[group]b"),
        ("std::string, [::1]:4000", "std::string, [::1]:4000"),
    ],
)
def test_a_command_is_broken_up(text: str, expected: str) -> None:
    assert without_workflow_commands(text) == expected


def test_json_keeps_its_meaning() -> None:
    document = {"message": "##[error]x\n::y"}
    text = to_json_text(document)
    assert "##[" not in text
    assert json.loads(text) == document


@pytest.mark.parametrize("option", ["--verbose", "--json"])
def test_no_output_of_a_step_contains_a_command(tmp_path: Path, option: str) -> None:
    (tmp_path / "litellm_config.yaml").write_text(CONFIG, "utf-8")
    done = clawdoctor(
        "run", "--offline", option, cwd=tmp_path, stdin=b"", CI="1", GITHUB_ACTIONS="true"
    )
    assert done.returncode == 1
    for line in (done.stdout + done.stderr).splitlines():
        assert not line.strip().startswith("::")
        assert "##[" not in line


def test_a_pasted_text_is_no_command_either(tmp_path: Path) -> None:
    text = "No API provider registered for api: ##[error]\n::error::x"
    done = clawdoctor("explain", text, cwd=tmp_path, stdin=b"", GITHUB_ACTIONS="true")
    assert "##[" not in done.stdout
    assert "\n::" not in done.stdout
