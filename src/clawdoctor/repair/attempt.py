"""What a round of fixes leads to: which of them help, and which are to blame for a new error."""

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
"""The code, file, pointer and message of a finding: its lines change with every fix."""


@dataclass(frozen=True, slots=True)
class Repair:
    """A fix of a finding. `reason` is why it was taken back, or empty."""

    finding: ReportedFinding
    fix: Fix
    reason: str = ""

    @property
    def key(self) -> Key:
        """What identifies the finding in another run."""
        return key_of(self.finding)


@dataclass(frozen=True, slots=True)
class State:
    """The texts, and the report on them with and without secrets."""

    texts: Mapping[str, Text]
    report: Report
    exposure: Exposure
    shown: Report


def key_of(finding: ReportedFinding) -> Key:
    """Return what identifies a finding in several runs."""
    place = finding.place or Place("", "")
    return finding.code, place.path, place.pointer, finding.message


def useless(chosen: list[Repair], before: State, after: State) -> list[Repair]:
    """The fixes after which their finding is still there."""
    counts = Counter(map(key_of, before.report.findings))
    left = Counter(map(key_of, after.report.findings))
    tried = Counter(repair.key for repair in chosen)
    return [
        replace(repair, reason="the fault is still there")
        for repair in chosen
        if left[repair.key] > counts[repair.key] - tried[repair.key]
    ]


def new_errors(before: State, after: State) -> list[ReportedFinding]:
    """Return the errors that were not there before, although their checks had a result then.

    An error that quotes what a fix changed is still the same error.
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
    """The fixes that touched the place of a new error."""
    return [
        replace(repair, reason=f"it causes {error.code}: {error.message}")
        for repair in chosen
        if _touches(repair, error, applied) and not _names_its_variable(repair, error)
    ]


def _was_checked(finding: ReportedFinding, report: Report) -> bool:
    """Whether the check had a result for the subject of a new error: then the error is new."""
    check = next((item for item in report.checks if item.code == finding.code), None)
    if check is None:
        return False
    known = (Outcome.PASSED, Outcome.FAILED)
    subjects = [item for item in check.subjects if item.id in finding.subjects]
    if not subjects:  # a check of the whole chain names the routes that fail
        return check.outcome in known
    return any(item.outcome in known for item in subjects)


def _touches(repair: Repair, finding: ReportedFinding, applied: Applied) -> bool:
    """Whether a finding is at a line that this fix changed, or in a file that no longer parses."""
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


def _names_its_variable(repair: Repair, finding: ReportedFinding) -> bool:
    """Whether an error is about a variable that the fix refers to: the user can still set it."""
    names = {name for edit in repair.fix.edits for name in _NAME.findall(edit.text)}
    return any(name.isupper() and name in finding.message for name in names)
