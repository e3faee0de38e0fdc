"""Annotations of GitHub Actions: errors first, and no text of a file can be a command."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote

import pytest
from command_line import clawdoctor
from report_cases import CASES, CWD, OPENCLAW, at, numbered, reported, seed

from clawdoctor.finding import Report, Severity
from clawdoctor.formats.checkout import Checkout
from clawdoctor.formats.github import to_github

# As the runner reads a command: src/Runner.Common/ActionCommand.cs.
COMMAND = re.compile(r"^::(?P<name>\w+) (?P<properties>.*?)::(?P<data>.*)$")


def commands(report: Report, checkout: Checkout | None = None) -> list[tuple[str, dict[str, str]]]:
    """The commands that the runner reads, each with its properties and its text."""
    found = []
    for line in to_github(report, checkout or Checkout(CWD, CWD)).splitlines():
        match = COMMAND.match(line)
        if match is not None:
            pairs = (part.partition("=") for part in match["properties"].split(","))
            properties = {name: unquote(value) for name, _, value in pairs}
            found.append((match["name"], {**properties, "text": unquote(match["data"])}))
        else:
            assert not line.lstrip().startswith("::")
    return found


def test_errors_come_first_then_warnings() -> None:
    errors = [
        reported(Severity.ERROR, f"e{n}", caused_by="f1" if n < 3 else None) for n in range(6)
    ]
    warnings = [reported(Severity.WARNING, f"w{n}") for n in range(3)]
    report = replace(seed(), findings=numbered(*warnings, *errors))
    names = [name for name, _ in commands(report)]
    assert names == ["error"] * 6 + ["warning"] * 3
    texts = [given["text"].partition(".")[0] for _, given in commands(report)]
    assert texts[:6] == ["e3", "e4", "e5", "e0", "e1", "e2"]


def test_an_annotation_has_the_place_and_the_fix() -> None:
    name, given = commands(seed())[1]
    text = given.pop("text")
    assert name == "error"
    assert given == {
        "file": "litellm_config.yaml",
        "line": "6",
        "endLine": "6",
        "col": "16",
        "endColumn": "39",
        "title": "LL102 env-reference-not-expanded",
    }
    assert (
        text.splitlines()[0] == 'LiteLLM sends Azure the text "${AZURE_OPENAI_API_KEY}" as the key.'
    )
    assert "Fix: write os.environ/AZURE_OPENAI_API_KEY." in text.splitlines()


def test_a_file_outside_the_repository_is_named_in_the_text() -> None:
    given = next(given for _, given in commands(seed()) if "OC108" in given["title"])
    assert "file" not in given
    assert given["text"].startswith(f"{OPENCLAW}:7:")


def test_paths_are_relative_to_the_repository() -> None:
    found = commands(seed(), Checkout(CWD, str(Path(CWD).parent)))
    assert found[1][1]["file"] == "proxy/litellm_config.yaml"


@pytest.mark.parametrize(
    "text",
    [
        "a\n::error::b",
        "a\r::stop-commands::x",
        "##[error]x",
        "x,line=9::y",
        "100% :: %0A::error::z",
        "  ::add-mask::x",
    ],
)
def test_no_text_can_be_another_command(text: str) -> None:
    place = at(1, f"{text} x", "x", path=f"{text}.yaml")
    finding = reported(Severity.ERROR, text, text, place, name=text)
    report = replace(seed(), findings=(finding,), answers_with=text, verdict="degraded")
    output = to_github(report, Checkout(CWD, CWD))
    assert "##[" not in output
    assert "\r" not in output
    ((name, given),) = commands(report)
    assert name == "error"
    assert set(given) == {"file", "line", "endLine", "col", "endColumn", "title", "text"}


def test_notes_are_annotations_only_if_they_count() -> None:
    assert "notice" not in {name for name, _ in commands(seed())}
    counted = commands(replace(seed(), fail_on=Severity.INFO))
    assert [name for name, _ in counted].count("notice") == 2


@pytest.mark.parametrize("name", ["usage_error", "internal_error"])
def test_a_run_that_failed_is_an_error(name: str) -> None:
    assert commands(CASES[name]())[0][0] == "error"


def test_the_verdict_and_what_was_not_checked_follow() -> None:
    lines = to_github(seed()).splitlines()
    assert any(line.startswith("✗ Your agent cannot answer") for line in lines)
    assert any("Not checked (--offline)" in line for line in lines)


def test_a_step_prints_its_own_commands_alone(tmp_path: Path) -> None:
    (tmp_path / "litellm_config.yaml").write_text(
        "model_list:\n  - model_name: gpt-4o\n    litellm_params:\n"
        '      model: "##[error]azure/x"\n'
        "      ::stop-commands::x: 1\n",
        "utf-8",
    )
    done = clawdoctor("run", "--format", "github", cwd=tmp_path, CI="1", GITHUB_ACTIONS="true")
    assert done.returncode == 1
    assert re.search(r"^::(error|warning) file=litellm_config.yaml,", done.stdout, re.MULTILINE)
    assert "##[" not in done.stdout
    assert not re.search(r"^\s*::(?!error |warning )", done.stdout, re.MULTILINE)
