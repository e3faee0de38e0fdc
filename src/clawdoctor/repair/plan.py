"""Plan the fixes for the files, tried on texts in memory. Nothing is written here.

The fixes that do not overlap are applied together, and the offline checks run on the result. A fix
that does not remove its finding, or that causes a new error at a place that it touched, is left
out, and the others are tried again. This repeats until no fix is left.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping
from dataclasses import field, replace
from pathlib import Path

from clawdoctor.deferred import dataclass
from clawdoctor.finding import Report, ReportedFinding, Severity
from clawdoctor.repair.apply import Taken, apply
from clawdoctor.repair.attempt import (
    Key,
    Repair,
    State,
    guilty_of,
    key_of,
    new_errors,
    useless,
)
from clawdoctor.run.diagnosis import Policy, examine
from clawdoctor.run.exposure import Exposure, redacted
from clawdoctor.run.situation import DEFAULT_TIMEOUT, Situation
from clawdoctor.source.read import planned, read_text
from clawdoctor.source.text import Text

_MOST_ROUNDS = 40


@dataclass(frozen=True, slots=True)
class Plan:
    """The texts before and after the fixes, by real path, and the checks' reports on both.

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
class _Wanted:
    """The options of a plan."""

    situation: Situation
    unsafe: bool
    policy: Policy
    timeout: float
    alike: Counter[Key] = field(default_factory=Counter)
    """The number of findings with each key before the repair."""


def plan(
    situation: Situation,
    *,
    unsafe: bool = False,
    policy: Policy | None = None,
    timeout: float = DEFAULT_TIMEOUT,
) -> Plan:
    """Return the fixes for the files of a situation, applied in memory.

    Notes are fixed only if `policy` counts them (--fail-on info) or selects their checks. With
    `unsafe`, fixes that can change behaviour are made too. `timeout` limits each run of the checks,
    in seconds.
    """
    wanted = _Wanted(situation, unsafe, policy or Policy(), timeout)
    first = _examined(wanted, {})
    wanted = replace(wanted, alike=Counter(map(key_of, first.report.findings)))
    left_out: dict[Key, Repair] = {}
    while True:
        before: dict[str, Text] = {}
        state, done, refuted = _mended(wanted, first, before, left_out)
        if not refuted:
            break
        left_out |= {repair.key: repair for repair in refuted}
    return Plan(
        before,
        {**before, **state.texts},
        tuple(done),
        tuple(left_out.values()),
        first.shown,
        state.shown,
        (first.exposure, state.exposure),
    )


def _mended(
    wanted: _Wanted, state: State, before: dict[str, Text], left_out: dict[Key, Repair]
) -> tuple[State, list[Repair], list[Repair]]:
    """Apply fixes in rounds. Add the files to `before`, and useless fixes to `left_out`.

    A fix may uncover another fault that can be fixed too. The last value holds the fixes that
    uncovered a fault without a fix: they are better left out from the start.
    """
    done: list[Repair] = []
    uncovered: dict[Key, list[Repair]] = {}
    for _ in range(_MOST_ROUNDS):
        chosen = _choose(wanted, state, done, left_out)
        before |= _new_files(chosen, before)
        chosen = [repair for repair in chosen if _fits(repair, state, before)]
        if not chosen:
            break
        texts = {**before, **state.texts}
        applied = apply(texts, (edit for repair in chosen for edit in repair.fix.edits))
        trial = _examined(wanted, applied.texts)
        blamed = useless(chosen, state, trial)
        later: dict[Key, list[Repair]] = {}
        if not blamed:
            fixable = {repair.key for repair in _choose(wanted, trial, [*done, *chosen], left_out)}
            for error in new_errors(state, trial):
                guilty = guilty_of(chosen, error, applied)
                if key_of(error) in fixable:
                    later[key_of(error)] = guilty
                else:
                    blamed += guilty
        if blamed:
            left_out |= {repair.key: repair for repair in blamed}
            continue
        uncovered |= later
        done += chosen
        state = trial
    left = {key_of(finding) for finding in state.report.findings}
    refuted = [repair for key, repairs in uncovered.items() if key in left for repair in repairs]
    return state, done, refuted


def _examined(wanted: _Wanted, texts: Mapping[str, Text]) -> State:
    with planned(texts):
        report, exposure = examine(
            wanted.situation,
            mode="offline",
            policy=wanted.policy,
            timeout=wanted.timeout,
            sends_less="--fix and --diff send no requests",
        )
        return State(texts, report, exposure, redacted(report, exposure))


def _choose(
    wanted: _Wanted, state: State, done: list[Repair], left_out: Mapping[Key, Repair]
) -> list[Repair]:
    """Return this round's fixes: the first of each finding, unless it overlaps an earlier one.

    A finding that a fix has removed does not come back, except those that were like it from the
    start: a section that appears three times has two equal findings.
    """
    allowed = ("safe", "unsafe") if wanted.unsafe else ("safe",)
    again = Counter(repair.key for repair in done)
    chosen: list[Repair] = []
    taken = Taken()
    # A fix that would write a secret is `manual` in the redacted report.
    for finding, shown in zip(state.report.findings, state.shown.findings, strict=True):
        key = key_of(finding)
        if not _counts(finding, wanted.policy) or key in left_out:
            continue
        if again[key] >= max(1, wanted.alike[key]):
            continue
        for fix, shown_fix in zip(finding.fixes, shown.fixes, strict=True):
            if shown_fix.applicability not in allowed or not fix.edits:
                continue
            if taken.take(fix.edits):
                chosen.append(Repair(finding, fix))
            break
    return chosen


def _counts(finding: ReportedFinding, policy: Policy) -> bool:
    """Return whether a finding justifies a change: a note does only on request."""
    return (
        finding.severity is not Severity.INFO
        or policy.fail_on is Severity.INFO
        or (bool(policy.selection.select) and policy.selection.includes(finding.code))
    )


def _new_files(chosen: list[Repair], before: Mapping[str, Text]) -> Mapping[str, Text]:
    """Return the files that are edited for the first time, by real path."""
    paths = {edit.span.path for repair in chosen for edit in repair.fix.edits}
    real = {os.path.realpath(path) for path in paths} - before.keys()
    texts = ((path, read_text(Path(path))) for path in sorted(real))
    return {path: text for path, text in texts if isinstance(text, Text)}


def _fits(repair: Repair, state: State, before: Mapping[str, Text]) -> bool:
    """Return whether the lines to edit are still those that the checks read."""
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
