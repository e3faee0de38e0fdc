"""The safe fixes of every bad case mend it: no new error, all else as it was, and only once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

import pytest
from cases import Case, built, every_case, field_cases, situation_of

from clawdoctor.check import built_in_checks
from clawdoctor.finding import Report, Severity
from clawdoctor.repair.carry_out import carry_out
from clawdoctor.repair.plan import Plan, plan
from clawdoctor.run.situation import Situation

EXPECTED_BACK: dict[str, str] = {}
"""Cases in which a fix does not help, and why that is right."""


def listed() -> dict[str, tuple[bool, bool]]:
    """Whether docs/fixes.md names safe and unsafe fixes, for each code."""
    page = Path(__file__).parents[2] / "docs" / "fixes.md"
    rows = (line.split(" | ") for line in page.read_text("utf-8").splitlines())
    return {
        row[0][3:8]: (bool(row[1].strip()), bool(row[2].strip()))
        for row in rows
        if row[0].startswith("| [")
    }


LISTED = listed()


def _cases() -> Iterator[Any]:
    """The bad cases, and those of real users."""
    for case in (*(case for case in every_case() if case.text is None), *field_cases()):
        if case.kind == "bad":
            yield pytest.param(case, id=f"{case.code}-{case.path.name}")


def errors(report: Report) -> set[tuple[str, str]]:
    return {
        (finding.code, finding.message)
        for finding in report.findings
        if finding.severity is Severity.ERROR
    }


@pytest.mark.quick(40)
@pytest.mark.parametrize("case", list(_cases()))
def test_a_case_is_mended(case: Case, tmp_path: Path) -> None:
    situation = _situation(case, tmp_path)
    found = plan(situation)
    assert not found.report.internal_errors
    back = [f"{r.finding.code} {r.fix.title}: {r.reason}" for r in found.taken_back]
    assert not back or case.path.name in EXPECTED_BACK, back
    assert not errors(found.report) - errors(found.first) - _uncovered(found)
    _only_edits_changed(found)
    for finding in (*found.first.findings, *found.report.findings):
        safe, unsafe = LISTED[finding.code]
        kinds = {fix.applicability for fix in finding.fixes if fix.edits}
        assert safe or "safe" not in kinds, f"docs/fixes.md names no safe fix of {finding.code}"
        assert unsafe or "unsafe" not in kinds, f"docs/fixes.md: no unsafe fix of {finding.code}"
    if found.changed:
        carry_out(found, situation)
        again = plan(situation)
        assert again.done == ()
        assert errors(again.first) == errors(found.report)


def _situation(case: Case, tmp_path: Path) -> Situation:
    situation = situation_of(built(case, tmp_path / "project"), case.settings, tmp_path)
    environ = {**situation.environ, "XDG_STATE_HOME": str(tmp_path / "state")}
    return replace(situation, environ=environ)


def _uncovered(found: Plan) -> set[tuple[str, str]]:
    """The errors of checks that were blocked by what the fixes mended."""
    checks = {check.code: check for check in found.first.checks}
    return {
        (finding.code, finding.message)
        for finding in found.report.findings
        if finding.severity is Severity.ERROR
        and any(item.blocked_by for item in checks[finding.code].subjects)
    }


def _only_edits_changed(found: Plan) -> None:
    """Every line without an edit is as it was, and no comment is lost."""
    for path in found.changed:
        before, after = found.before[path].content, found.after[path].content
        old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
        same = sum(
            size for _, _, size in SequenceMatcher(None, old, new, False).get_matching_blocks()
        )
        edits = {edit for repair in found.done for edit in repair.fix.edits}
        touched = sum(edit.span.end.line - edit.span.start.line + 1 for edit in edits)
        assert len(old) - same <= touched
        urls = max(0, before.count("://") - after.count("://"))
        comments = before.count("#") + before.count("//") - urls
        assert after.count("#") + after.count("//") >= comments


def test_the_list_of_fixes_names_every_check() -> None:
    assert list(listed()) == [check.code for check in built_in_checks()]
