"""Choose checks, load the facts that they need, and run them.

The result holds the findings and the outcome of each check. Triage weighs and orders the findings.
"""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from clawdoctor.check import Check, Part, owners_of
from clawdoctor.deferred import dataclass
from clawdoctor.finding import (
    CheckOutcome,
    Finding,
    InternalError,
    Outcome,
    SubjectOutcome,
    Unknown,
)
from clawdoctor.run.concurrency import run_concurrently
from clawdoctor.run.facts import Facts
from clawdoctor.run.needs import Absent, Lack, Unavailable
from clawdoctor.run.refusal import Kind

OUT_OF_TIME = "the run's time was up"
"""The reason for a check that the run had no time for."""

CHAIN = "chain"
"""The subject of a check that needs no other subject."""


@dataclass(frozen=True, slots=True)
class Selection:
    """The checks to report, by code or prefix of a code. An empty selection means all."""

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()

    def includes(self, code: str) -> bool:
        """Return whether a code is selected and not ignored. The longer prefix wins."""
        chosen = max((len(p) for p in self.select if code.startswith(p)), default=-1)
        ignored = max((len(p) for p in self.ignore if code.startswith(p)), default=-1)
        if not self.select:
            return ignored < 0
        return chosen >= 0 and chosen > ignored


@dataclass(frozen=True, slots=True)
class Raised:
    """A finding and the check that yielded it. `subjects` is never empty."""

    check: Check
    finding: Finding


@dataclass(frozen=True, slots=True)
class Results:
    """The findings and outcomes of a run's checks, before triage."""

    findings: tuple[Raised, ...]
    checks: tuple[CheckOutcome, ...]
    internal_errors: tuple[InternalError, ...]


@dataclass(frozen=True, slots=True)
class _Task:
    part: Part
    subject: object
    id: str


def run_checks(
    checks: Sequence[Check],
    facts: Facts,
    selection: Selection,
    refused: Callable[[Facts], Iterable[Kind]] = lambda _: (),
) -> Results:
    """Run the selected checks, and the owners of refusals that block any of them.

    `refused` returns the kinds of refusal that the run met but that blocked no check. Their owners
    run too, so that these refusals are reported regardless of the selection.
    """
    by_code = {check.code: check for check in checks}
    owners = owners_of(checks)
    pending = [check for check in checks if selection.includes(check.code)]
    outcomes: dict[str, CheckOutcome] = {}
    findings: list[Raised] = []
    errors: list[InternalError] = []
    while pending:
        _load_network_facts(pending, facts)
        end = facts.time_for_checks()
        for check in pending:
            outcome, found, raised = _run_check(check, facts, owners, end)
            outcomes[check.code] = outcome
            findings += found
            errors += raised
        met = {owners[kind] for kind in refused(facts) if kind in owners}
        blockers = (_blockers(outcomes.values()) | met) - outcomes.keys()
        pending = [by_code[code] for code in sorted(blockers) if code in by_code]
    errors += [internal_error(where, error) for where, error in facts.failures]
    ordered = tuple(outcomes[check.code] for check in checks if check.code in outcomes)
    return Results(tuple(findings), ordered, tuple(errors))


def _blockers(outcomes: Iterable[CheckOutcome]) -> set[str]:
    return {code for outcome in outcomes for code in outcome.blocked_by}


def _tasks(part: Part, facts: Facts) -> list[_Task] | Lack:
    """Return one task per subject, or the reason why the subjects are unknown."""
    subject_type = facts.subject_type(part.needs)
    if subject_type is None:
        return [_Task(part, None, CHAIN)]
    subjects: tuple[Any, ...] | Lack = facts.subjects(subject_type)
    if isinstance(subjects, Absent | Unavailable):
        return subjects
    return [_Task(part, subject, subject.id) for subject in subjects]


def _load_network_facts(checks: Sequence[Check], facts: Facts) -> None:
    """Load all facts that wait for the network concurrently, until the run's deadline."""
    wanted: dict[tuple[type, object], tuple[type, object]] = {}
    for part in (part for check in checks for part in check.parts):
        if not any(facts.network_keys((need,), None) for need in part.needs):
            continue
        tasks = _tasks(part, facts)
        for task in tasks if isinstance(tasks, list) else []:
            for fact, subject in facts.network_keys(part.needs, task.subject):
                wanted.setdefault((fact, getattr(subject, "id", None)), (fact, subject))
    run_concurrently([partial(facts.get, *key) for key in wanted.values()], facts.seconds_left)


def _run_check(
    check: Check, facts: Facts, owners: Mapping[Kind, str], end: float
) -> tuple[CheckOutcome, list[Raised], list[InternalError]]:
    started = time.perf_counter()
    findings: list[Raised] = []
    errors: list[InternalError] = []
    subjects: list[SubjectOutcome] = []
    for part in check.parts:
        if facts.is_past(end):
            subjects.append(SubjectOutcome(CHAIN, Outcome.UNKNOWN, OUT_OF_TIME))
            break
        earlier = tuple(subjects)
        tasks = _tasks(part, facts)
        if isinstance(tasks, Absent | Unavailable):
            if part is check.parts[0]:
                subjects.append(_outcome_of_lack(CHAIN, tasks, owners))
            continue
        arguments = facts.bind(part.needs, check.owns)
        for task in tasks:
            if facts.is_past(end):
                subjects.append(SubjectOutcome(task.id, Outcome.UNKNOWN, OUT_OF_TIME))
                break
            given = arguments(task.subject)
            outcome, found, raised = _run_task(check, task, given, earlier, owners)
            subjects += [] if outcome is None else [outcome]
            findings += found
            errors += raised
    return _outcome(check, subjects, started), findings, errors


def _run_task(
    check: Check,
    task: _Task,
    arguments: dict[str, object] | Lack,
    earlier: tuple[SubjectOutcome, ...],
    owners: Mapping[Kind, str],
) -> tuple[SubjectOutcome | None, list[Raised], list[InternalError]]:
    """Return the results of a part for a subject, without an outcome if an earlier part has one."""
    if isinstance(arguments, Absent | Unavailable):
        if _is_reported_by_another_part(check, task, arguments, earlier):
            return None, [], []
        return _outcome_of_lack(task.id, arguments, owners), [], []
    try:
        results = list(task.part.run(**arguments))
    except Exception as error:
        reason = "clawdoctor failed in this check"
        outcome = SubjectOutcome(task.id, Outcome.UNKNOWN, reason)
        return outcome, [], [internal_error(f"the check {check.code}", error)]
    found = [
        Raised(check, replace(result, subjects=result.subjects or (task.id,)))
        for result in results
        if isinstance(result, Finding)
    ]
    unknown = next((result for result in results if isinstance(result, Unknown)), None)
    return _task_outcome(task.id, bool(found), unknown), found, []


def _is_reported_by_another_part(
    check: Check, task: _Task, lack: Lack, earlier: tuple[SubjectOutcome, ...]
) -> bool:
    """Return whether the lack is the check's own finding, or affects only its second part.

    The mode may exclude the second part, a refusal may block it, or it may lack the same fact as
    the first. The conclusion of the first part then stands.
    """
    if isinstance(lack, Absent):
        return False
    is_second = task.part is not check.parts[0]
    concluded = any(outcome.outcome in (Outcome.PASSED, Outcome.FAILED) for outcome in earlier)
    blocked = lack.refusal is not None and concluded
    repeated = any(outcome.reason == lack.reason for outcome in earlier)
    return lack.kind in check.owns or (is_second and (lack.excluded or blocked or repeated))


def _task_outcome(name: str, failed: bool, unknown: Unknown | None) -> SubjectOutcome:
    if failed:
        return SubjectOutcome(name, Outcome.FAILED)
    if unknown is not None:
        return SubjectOutcome(name, Outcome.UNKNOWN, unknown.reason)
    return SubjectOutcome(name, Outcome.PASSED)


def _outcome_of_lack(name: str, lack: Lack, owners: Mapping[Kind, str]) -> SubjectOutcome:
    """Return the outcome of a task that lacks a fact: unknown if no check owns the refusal."""
    if isinstance(lack, Absent):
        return SubjectOutcome(name, Outcome.NOT_APPLICABLE, lack.reason)
    owner = owners.get(lack.kind) if lack.kind is not None else None
    if owner is not None:
        return SubjectOutcome(name, Outcome.SKIPPED, lack.reason, (owner,))
    outcome = Outcome.SKIPPED if lack.excluded else Outcome.UNKNOWN
    return SubjectOutcome(name, outcome, lack.reason)


def _outcome(check: Check, subjects: list[SubjectOutcome], started: float) -> CheckOutcome:
    """Return the worst outcome of the subjects, or "not applicable" without subjects."""
    nothing = SubjectOutcome(CHAIN, Outcome.NOT_APPLICABLE, "there is nothing to check")
    worst = min(subjects, key=lambda subject: subject.outcome.rank, default=nothing)
    blocked = dict.fromkeys(code for subject in subjects for code in subject.blocked_by)
    return CheckOutcome(
        code=check.code,
        name=check.name,
        stage=check.stage,
        outcome=worst.outcome,
        reason=worst.reason,
        blocked_by=tuple(blocked),
        duration_ms=round((time.perf_counter() - started) * 1000),
        subjects=tuple(subjects),
    )


def internal_error(where: str, error: BaseException) -> InternalError:
    """Return what a bug report needs, without the error text, which may contain a user's value."""
    frames = traceback.extract_tb(error.__traceback__)
    trace = " < ".join(f"{frame.name}:{frame.lineno}" for frame in reversed(frames))
    return InternalError(where, type(error).__name__, trace)
