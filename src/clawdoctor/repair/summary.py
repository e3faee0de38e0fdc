"""The summary of what a repair did to the files, or would do, for a report."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from clawdoctor.chain.advice import without_weaker
from clawdoctor.deferred import dataclass
from clawdoctor.finding import Action, Applicability, DiffLine, Place, Severity
from clawdoctor.redaction.report import redact
from clawdoctor.repair.attempt import Repair
from clawdoctor.repair.diff import diff_of
from clawdoctor.repair.plan import Plan
from clawdoctor.run.exposure import short_action, short_path


@dataclass(frozen=True, slots=True)
class RepairLine:
    """A fix. `place` is its finding's place before the repair; `reason` is why it was left out.

    `actions` are the actions that remain after the edits.
    """

    code: str
    title: str
    applicability: Applicability
    place: Place | None
    actions: tuple[Action, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class RepairSummary:
    """The fixes of a repair. `written` is False if the files are unchanged.

    `unsafe` counts the findings that only --unsafe-fixes fixes, `notes` the notes with a safe fix.
    """

    done: tuple[RepairLine, ...]
    left_out: tuple[RepairLine, ...]
    files: tuple[str, ...]
    diff: tuple[DiffLine, ...]
    unsafe: int = 0
    notes: int = 0
    written: bool = False


def summary_of(plan: Plan) -> RepairSummary:
    """Return the effects of a plan, without secrets."""
    exposure = plan.exposures[0]
    summary = RepairSummary(
        done=tuple(_line(repair, exposure.cwd) for repair in plan.done),
        left_out=tuple(_line(repair, exposure.cwd) for repair in plan.taken_back),
        files=tuple(short_path(path, exposure.cwd) for path in plan.changed),
        diff=(),
        unsafe=_unsafe(plan),
        notes=_notes(plan),
    )
    for exposure in plan.exposures:
        summary = redact(summary, exposure.redactor)
    return replace(summary, diff=diff_of(plan))


def _line(repair: Repair, cwd: str) -> RepairLine:
    place = repair.finding.place
    return RepairLine(
        repair.finding.code,
        repair.fix.title,
        repair.fix.applicability,
        None if place is None else replace(place, path=short_path(place.path, cwd)),
        tuple(short_action(action, cwd) for action in repair.fix.actions),
        repair.reason,
    )


def _unsafe(plan: Plan) -> int:
    """Return the number of remaining errors and warnings whose fix is a guess."""
    left_out = {repair.finding.code for repair in plan.taken_back}
    return sum(
        any(fix.edits and fix.applicability == "unsafe" for fix in finding.fixes)
        for finding in plan.report.findings
        if finding.severity is not Severity.INFO and finding.code not in left_out
    )


def _notes(plan: Plan) -> int:
    """Return the number of notes with a safe fix, which only a request for notes applies."""
    return sum(
        any(fix.edits and fix.applicability == "safe" for fix in finding.fixes)
        for finding in plan.report.findings
        if finding.severity is Severity.INFO
    )


def remaining_actions(lines: Iterable[RepairLine]) -> tuple[Action, ...]:
    """Return what to do after the edits of all fixes: each action once, in order."""
    return without_weaker(action for line in lines for action in line.actions)
