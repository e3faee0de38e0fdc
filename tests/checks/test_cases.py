"""Every fixture case gives what its expected.txt holds; every check has its three kinds of case."""

from __future__ import annotations

import ast
import json
import re
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cases import (
    BASES,
    UPDATE,
    Case,
    edited,
    every_case,
    explained,
    merged,
    played,
    severe,
    snapshot,
)
from schemas import check_report

import clawdoctor
from clawdoctor.check import SECTIONS, Check, built_in_checks
from clawdoctor.finding import Action, Command, Step
from clawdoctor.formats.json import document
from clawdoctor.report import render

CASES = every_case()
PLAYED = [case for case in CASES if case.text is None]
TEXTS = [case for case in CASES if case.text is not None]


QUICK = {"bad": 2, "good": 1, "near": 1}
"""How many cases of each kind a check has in the quick tests. The others are slow."""


def _parameters() -> Iterator[Any]:
    seen = Counter[tuple[str, str]]()
    for case in PLAYED:
        seen[case.code, case.kind] += 1
        late = seen[case.code, case.kind] > QUICK[case.kind] and not UPDATE
        name = f"{case.code}-{case.path.name}"
        yield pytest.param(case, id=name, marks=pytest.mark.slow if late else ())


@pytest.mark.parametrize("case", list(_parameters()))
def test_case(case: Case, tmp_path: Path) -> None:
    try:
        _check_case(case, tmp_path)
    except Exception:
        sys.stdout.write(_listing(case))
        raise


def _check_case(case: Case, tmp_path: Path) -> None:
    report = played(case, tmp_path)
    text = json.dumps(document(report))
    check_report(json.loads(text))
    assert not [key for key in _keys(case) if key in text]
    if case.kind == "bad":
        # The path of a config that was not found is whole.
        assert str(tmp_path) not in render(replace(report, inputs=()), home="/nowhere")
    text = snapshot(case, report, str(tmp_path / "home"))
    expected = case.path / "expected.txt"
    if UPDATE:
        expected.write_text(text, "utf-8")
    wanted = expected.read_text("utf-8")
    named = wanted.partition("\n\n")[0]
    unnamed = [code for code in severe(report) if code not in named]
    assert not unnamed, f"expected.txt does not name these errors or warnings: {unnamed}"
    assert text == wanted
    found = {finding.code for finding in report.findings}
    # LL001 never makes a finding: what it says is that half of the chain was not looked at.
    found |= {"LL001"} & {check.code for check in report.checks if check.outcome == "unknown"}
    assert (case.code in found) == (case.kind == "bad")
    assert not report.internal_errors
    for fix in (fix for finding in report.findings for fix in finding.fixes):
        assert not [item for item in fix.actions if _is_misplaced(item)]


def _is_misplaced(action: Action) -> bool:
    match action:
        case Command(text):
            return text.startswith("#")
        case Step(text):
            return "\n" in text or text.startswith("#")


def test_no_command_is_written_as_a_comment() -> None:
    package = Path(clawdoctor.__file__).parent
    calls = [
        ast.unparse(node)
        for file in package.rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "Command"
    ]
    assert len(calls) > 20
    assert not [call for call in calls if re.match(r"""Command\(f?["']\s*#""", call)]
    # Agents run commands as they are.
    assert not [call for call in calls if re.search(r"<[a-z]|=\.\.\.|keys list", call)]


def _keys(case: Case) -> list[str]:
    """The keys in the environment of a case, without placeholders."""
    environ: dict[str, str] = case.settings.get("environ", {})
    keys = [value for name, value in environ.items() if "KEY" in name and len(value) > 8]
    return [key for key in keys if not key.startswith(("your", "<", "$"))]


def _listing(case: Case) -> str:
    """The merged files; pytest shows what a test prints when it fails."""
    files = (
        f"--- {name}\n{content.decode(errors='replace')}" for name, content in merged(case).items()
    )
    return "\n".join(files)


@pytest.mark.parametrize("case", TEXTS, ids=lambda case: f"{case.code}-{case.path.name}")
def test_text(case: Case) -> None:
    assert case.text is not None
    explanation, text = explained(case.text)
    expected = case.path / "expected.txt"
    if UPDATE:
        expected.write_text(text, "utf-8")
    assert text == expected.read_text("utf-8")
    first = next((match.code for match in explanation.matches), None)
    assert (first == case.code) == (case.kind == "bad")


def test_a_case_holds_only_what_differs_from_its_base() -> None:
    bases = [Case(folder) for folder in BASES.iterdir()]
    for case in [*CASES, *bases]:
        inherited = merged(case.base) if case.base else {}
        same = [name for name, content in inherited.items() if _holds(case, name, content)]
        assert not same, f"{case.path}: {same} is the base's"
        settings = case.base.settings if case.base else {}
        same = [key for key in settings.keys() & case.own.keys() if settings[key] == case.own[key]]
        assert not same, f"{case.path}: {same} is the base's"


def _holds(case: Case, name: str, content: bytes) -> bool:
    file = case.path / name
    return file.is_file() and file.read_bytes() == content


@pytest.mark.parametrize("diff", ["-c\n+d\n", "-a\n", "-a\n@@\n b\n+c\n@@\n+d\n"])
def test_an_edit_changes_lines_that_occur_once(diff: str) -> None:
    assert edited("a\nb\na\n", " b\n-a\n+c\n@@\n-a\n") == "b\nc\n"
    with pytest.raises(ValueError, match="not once"):
        edited("a\nb\na\n", diff)


def test_every_base_is_used() -> None:
    used = {case.own["base"] for case in CASES if case.base}
    assert {folder.name for folder in BASES.iterdir()} == used


@pytest.mark.parametrize("check", built_in_checks(), ids=lambda check: check.code)
def test_check_has_its_cases(check: Check) -> None:
    mine = [case for case in CASES if case.code == check.code]
    assert {"bad", "good", "near"} <= {case.kind for case in mine}
    assert {case.path.parent.name for case in mine} == {f"{check.code}-{check.name}"}
    assert {case.path.parent.parent.name for case in mine} == {check.stage}


@pytest.mark.parametrize("check", built_in_checks(), ids=lambda check: check.code)
def test_check_has_its_page(check: Check) -> None:
    assert check.title.endswith(".")
    assert len(check.title) <= 100
    for heading in SECTIONS:
        assert check.section(heading), f"{check.code} has no section {heading}"


def test_codes_and_names_are_unique() -> None:
    checks = built_in_checks()
    assert len({check.code for check in checks}) == len(checks)
    assert len({check.name for check in checks}) == len(checks)
