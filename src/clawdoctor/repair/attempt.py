"""The result of a round of fixes: those that help, and those that cause a new error."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import TypeAlias

from clawdoctor.deferred import dataclass, regex
from clawdoctor.finding import Fix, Outcome, Place, Report, ReportedFinding, Severity
from clawdoctor.repair.apply import Applied
from clawdoctor.run.exposure import Exposure
from clawdoctor.source.text import Text

_NAME = regex(r"[A-Za-z_][A-Za-z0-9_]{2,}")

Key: TypeAlias = tuple[str, str, str, str]
"""The code, file, pointer and message of a finding, whose lines change with every fix."""


@dataclass(frozen=True, slots=True)
class Repair:
    """A fix of a finding. `reason` is why it was reverted, or empty."""

    finding: ReportedFinding
    fix: Fix
    reason: str = ""

    @property
    def key(self) -> Key:
        """The key that identifies the finding in another run."""
        return key_of(self.finding)


@dataclass(frozen=True, slots=True)
class State:
    """The texts, and the report on them with and without secrets."""

    texts: Mapping[str, Text]
    report: Report
    exposure: Exposure
    shown: Report


def key_of(finding: ReportedFinding) -> Key:
    """Return the key that identifies a finding across runs."""
    place = finding.place or Place("", "")
    return finding.code, place.path, place.pointer, finding.message


def useless(chosen: list[Repair], before: State, after: State) -> list[Repair]:
    """Return the fixes that did not remove their findings."""
    counts = Counter(map(key_of, before.report.findings))
    left = Counter(map(key_of, after.report.findings))
    tried = Counter(repair.key for repair in chosen)
    return [
        replace(repair, reason="the fault is still there")
        for repair in chosen
        if left[repair.key] > counts[repair.key] - tried[repair.key]
    ]


def new_errors(before: State, after: State) -> list[ReportedFinding]:
    """Return the errors that are new, although their checks had a result before.

    An error that quotes a changed text is still the same error.
    """
    known = {key_of(finding)[:3] for finding in before.report.findings}
    return [
        finding
        for finding in after.report.findings
        if finding.severity is Severity.ERROR
        and key_of(finding)[:3] not in known
        and _was_checked(finding, before.report)
    ]


def guilty_of(chosen: list[Repair], error: ReportedFinding, applied: Applied) -> list[Repair]:
    """Return the fixes that touched the place of a new error, except those that uncovered it."""
    return [
        replace(repair, reason=f"it causes {error.code}: {error.message}")
        for repair in chosen
        if _touches(repair, error, applied)
        and not _uncovers(repair, error)
        and not _names_its_variable(repair, error)
    ]


def _was_checked(finding: ReportedFinding, report: Report) -> bool:
    """Return whether the check had a result for the subject of an error, so that it is new."""
    check = next((item for item in report.checks if item.code == finding.code), None)
    if check is None:
        return False
    known = (Outcome.PASSED, Outcome.FAILED)
    subjects = [item for item in check.subjects if item.id in finding.subjects]
    if not subjects:  # a check of the whole chain names the failing routes
        return check.outcome in known
    return any(item.outcome in known for item in subjects)


def _touches(repair: Repair, finding: ReportedFinding, applied: Applied) -> bool:
    """Return whether a finding is on a line that this fix changed, or in a file that it broke."""
    touched: dict[str, set[int]] = {}
    for edit in repair.fix.edits:
        touched.setdefault(os.path.realpath(edit.span.path), set()).update(applied.lines[edit])
    for place in (finding.place, *finding.related):
        lines = touched.get(os.path.realpath(place.path)) if place is not None else None
        if place is None or lines is None:
            continue
        if place.span is None or not place.pointer:
            return True
        if lines & set(range(place.span.start.line, place.span.end.line + 1)):
            return True
    return False


def _uncovers(repair: Repair, error: ReportedFinding) -> bool:
    """Return whether a program did not start, so that its requests could not fail yet."""
    fixed = repair.finding
    stopped = fixed.scope == "start" and fixed.severity is Severity.ERROR
    return stopped and error.scope != "start"


def _names_its_variable(repair: Repair, finding: ReportedFinding) -> bool:
    """Return whether an error is about a variable that the fix uses: the user can still set it."""
    names = {name for edit in repair.fix.edits for name in _NAME.findall(edit.text)}
    return any(name.isupper() and name in finding.message for name in names)
