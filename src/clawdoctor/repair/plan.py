"""Which fixes mend the files, tried on texts in memory: nothing is written here.

The fixes that do not overlap are applied together, and the offline checks run on the result. A fix
that does not remove its finding, or that brings a new error to a place that it touched, is left
out, and the others are tried again. This repeats until no fix is left.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeAlias

from clawdoctor.finding import Fix, Outcome, Place, Report, ReportedFinding, Severity
from clawdoctor.repair.apply import Applied, apply, overlap
from clawdoctor.run.diagnosis import Policy, examine
from clawdoctor.run.exposure import Exposure, redacted
from clawdoctor.run.situation import DEFAULT_TIMEOUT, Situation
from clawdoctor.source.change import Edit
from clawdoctor.source.read import planned, read_text
from clawdoctor.source.text import Text

_MOST_ROUNDS = 40
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{2,}")

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
        return _key(self.finding)


@dataclass(frozen=True, slots=True)
class Plan:
    """The texts before and after the fixes, by real path, and what the checks say of both.

    `done` and `taken_back` are redacted; `exposures` remove the secrets from both texts.
    """

    before: Mapping[str, Text]
    after: Mapping[str, Text]
    done: tuple[Repair, ...]
    taken_back: tuple[Repair, ...]
    first: Report
    report: Report
    exposures: tuple[Exposure, Exposure] = field(repr=False)

    @property
    def changed(self) -> tuple[str, ...]:
        """The real paths of the files that change."""
        return tuple(
            path for path, text in self.after.items() if text.content != self.before[path].content
        )


@dataclass(frozen=True, slots=True)
class _State:
    """The texts, and the report on them with and without secrets."""

    texts: Mapping[str, Text]
    report: Report
    exposure: Exposure
    shown: Report


def plan(
    situation: Situation,
    *,
    unsafe: bool = False,
    policy: Policy | None = None,
    timeout: float = DEFAULT_TIMEOUT,
) -> Plan:
    """Return the fixes for the files of a situation, applied in memory.

    Notes are fixed only if `policy` counts them (--fail-on info) or selects their checks. With
    `unsafe` also the fixes are made that can change behaviour. `timeout` limits each run of the
    checks, in seconds.
    """
    policy = policy or Policy()
    first = state = _examined(situation, {}, policy, timeout)
    before: dict[str, Text] = {}
    done: list[Repair] = []
    left_out: dict[Key, Repair] = {}
    for _ in range(_MOST_ROUNDS):
        chosen = _choose(state, done, left_out, unsafe=unsafe, policy=policy)
        if not chosen:
            break
        before |= _new_files(chosen, before)
        chosen = [repair for repair in chosen if _fits(repair, state, before)]
        texts = {**before, **state.texts}
        applied = apply(texts, (edit for repair in chosen for edit in repair.fix.edits))
        trial = _examined(situation, applied.texts, policy, timeout)
        blamed = _blamed(chosen, state, trial, applied)
        if blamed:
            left_out |= {repair.key: repair for repair in blamed}
            continue
        done += chosen
        state = trial
    return Plan(
        before,
        {**before, **state.texts},
        tuple(done),
        tuple(left_out.values()),
        first.shown,
        state.shown,
        (first.exposure, state.exposure),
    )


def _examined(
    situation: Situation, texts: Mapping[str, Text], policy: Policy, timeout: float
) -> _State:
    with planned(texts):
        report, exposure = examine(situation, mode="offline", policy=policy, timeout=timeout)
        return _State(texts, report, exposure, redacted(report, exposure))


def _choose(
    state: _State,
    done: list[Repair],
    left_out: Mapping[Key, Repair],
    *,
    unsafe: bool,
    policy: Policy,
) -> list[Repair]:
    """The fixes of this round: the first one of each finding, if it overlaps none before it."""
    allowed = ("safe", "unsafe") if unsafe else ("safe",)
    earlier = {repair.key for repair in done} | left_out.keys()
    chosen: list[Repair] = []
    edits: list[Edit] = []
    # A fix that would write a secret is `manual` in the redacted report.
    for finding, shown in zip(state.report.findings, state.shown.findings, strict=True):
        if not _counts(finding, policy) or _key(finding) in earlier:
            continue
        for fix, shown_fix in zip(finding.fixes, shown.fixes, strict=True):
            if shown_fix.applicability not in allowed or not fix.edits:
                continue
            if not overlap(fix.edits, edits):
                chosen.append(Repair(finding, fix))
                edits += fix.edits
            break
    return chosen


def _counts(finding: ReportedFinding, policy: Policy) -> bool:
    """Whether a finding is worth a change of the file: a note only if somebody asked for it."""
    return (
        finding.severity is not Severity.INFO
        or policy.fail_on is Severity.INFO
        or finding.code in policy.selection.select
    )


def _key(finding: ReportedFinding) -> Key:
    place = finding.place or Place("", "")
    return finding.code, place.path, place.pointer, finding.message


def _new_files(chosen: list[Repair], before: Mapping[str, Text]) -> Mapping[str, Text]:
    """The files that are edited for the first time, by real path."""
    paths = {edit.span.path for repair in chosen for edit in repair.fix.edits}
    real = {os.path.realpath(path) for path in paths} - before.keys()
    texts = ((path, read_text(Path(path))) for path in sorted(real))
    return {path: text for path, text in texts if isinstance(text, Text)}


def _fits(repair: Repair, state: _State, before: Mapping[str, Text]) -> bool:
    """Whether the lines to edit are still those that the checks read."""
    for edit in repair.fix.edits:
        regions = state.exposure.regions.get(edit.span.path)
        path = os.path.realpath(edit.span.path)
        text = state.texts.get(path) or before.get(path)
        if regions is None or text is None:
            return False
        for number in (edit.span.start.line, edit.span.end.line):
            if text.line(number).strip() != regions.text.line(number).strip():
                return False
    return True


def _blamed(chosen: list[Repair], before: _State, after: _State, applied: Applied) -> list[Repair]:
    """The fixes that do not help, with the reason."""
    counts = Counter(map(_key, before.report.findings))
    left = Counter(map(_key, after.report.findings))
    tried = Counter(repair.key for repair in chosen)
    blamed = [
        replace(repair, reason="the fault is still there")
        for repair in chosen
        if left[repair.key] > counts[repair.key] - tried[repair.key]
    ]
    if blamed:
        return blamed
    for finding in after.report.findings:
        if counts[_key(finding)] or finding.severity is not Severity.ERROR:
            continue
        if not _was_checked(finding, before.report):
            continue
        reason = f"it leads to {finding.code}: {finding.message}"
        blamed += [
            replace(repair, reason=reason)
            for repair in chosen
            if _touches(repair, finding, applied) and not _names_its_variable(repair, finding)
        ]
    return blamed


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
    paths = {os.path.realpath(edit.span.path) for edit in repair.fix.edits}
    for place in (finding.place, *finding.related):
        if place is None or os.path.realpath(place.path) not in paths:
            continue
        if place.span is None or not place.pointer:
            return True
        lines = range(place.span.start.line, place.span.end.line + 1)
        if applied.lines[os.path.realpath(place.path)] & set(lines):
            return True
    return False


def _names_its_variable(repair: Repair, finding: ReportedFinding) -> bool:
    """Whether an error is about a variable that the fix refers to: the user can still set it."""
    names = {name for edit in repair.fix.edits for name in _NAME.findall(edit.text)}
    return any(name.isupper() and name in finding.message for name in names)
