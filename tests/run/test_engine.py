"""The engine with made-up checks: outcomes, subjects, blocking, deadline, defects."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from more_time import with_more_time

from clawdoctor.check import Check
from clawdoctor.finding import Finding, Outcome, Severity, Unknown
from clawdoctor.run.engine import Selection, run_checks
from clawdoctor.run.facts import Facts, Loader, Subjects
from clawdoctor.run.needs import Absent, Unavailable
from clawdoctor.run.refusal import Refusal

PAGE = "A made-up check.\n"
BROKEN, REFUSED = Refusal("compose-syntax"), Refusal("key-rejected")


@dataclass(frozen=True, slots=True)
class File:
    text: str


@dataclass(frozen=True, slots=True)
class Key:
    good: bool


@dataclass(frozen=True, slots=True)
class Resource:
    id: str


ALL = Selection()
RESOURCES = (Resource("first"), Resource("second"))


def resources() -> tuple[Resource, ...]:
    return RESOURCES


def made(code: str, run: Any, **more: Any) -> Check:
    return Check(code, code.lower(), "litellm", "route", run, PAGE, **more)


def passing(file: File) -> Iterator[Finding]:
    yield from ()


def failing(file: File) -> Iterator[Finding]:
    yield Finding(Severity.ERROR, f"bad {file.text}")


def owning(file: File | Unavailable) -> Iterator[Finding]:
    if isinstance(file, Unavailable):
        yield Finding(Severity.ERROR, file.reason)


def facts_with(file: File | Absent | Unavailable, **more: Any) -> Facts:
    def load() -> File | Absent | Unavailable:
        return file

    return Facts((Loader(File, load),), **more)


def outcomes(checks: list[Check], facts: Facts, selection: Selection = ALL) -> dict[str, Outcome]:
    return {c.code: c.outcome for c in run_checks(checks, facts, selection).checks}


def test_passed_and_failed() -> None:
    checks = [made("XX001", passing), made("XX002", failing)]
    results = run_checks(checks, facts_with(File("x")), Selection())
    assert [c.outcome for c in results.checks] == [Outcome.PASSED, Outcome.FAILED]
    (raised,) = results.findings
    assert raised.check is checks[1]
    assert raised.finding.subjects == ("chain",)


def test_absent_means_not_applicable() -> None:
    assert outcomes([made("XX001", failing)], facts_with(Absent("none"))) == {
        "XX001": Outcome.NOT_APPLICABLE
    }


def test_unavailable_without_a_refusal_means_unknown_with_its_reason() -> None:
    results = run_checks([made("XX001", failing)], facts_with(Unavailable("asleep")), Selection())
    (check,) = results.checks
    assert (check.outcome, check.reason) == (Outcome.UNKNOWN, "asleep")


def test_a_refusal_that_no_check_owns_means_unknown_with_its_reason() -> None:
    facts = facts_with(Unavailable("broken", BROKEN))
    (check,) = run_checks([made("XX001", failing)], facts, Selection()).checks
    assert (check.outcome, check.reason, check.blocked_by) == (Outcome.UNKNOWN, "broken", ())


def test_a_refusal_means_skipped_because_of_the_check_that_owns_it() -> None:
    checks = [made("XX001", owning, owns=(BROKEN.kind,)), made("XX002", failing)]
    results = run_checks(checks, facts_with(Unavailable("broken", BROKEN)), Selection())
    first, second = results.checks
    assert first.outcome is Outcome.FAILED
    assert (second.outcome, second.blocked_by) == (Outcome.SKIPPED, ("XX001",))


def test_the_first_of_several_owners_blocks() -> None:
    owners = [made(f"XX00{n}", owning, owns=(BROKEN.kind,)) for n in (1, 2)]
    facts = facts_with(Unavailable("broken", BROKEN))
    last = run_checks([*owners, made("XX003", failing)], facts, Selection()).checks[-1]
    assert last.blocked_by == ("XX001",)


def test_a_blocker_of_a_selected_check_runs_and_counts() -> None:
    checks = [
        made("XX001", owning, owns=(BROKEN.kind,)),
        made("XX002", failing),
        made("XX003", passing),
    ]
    facts = facts_with(Unavailable("broken", BROKEN))
    results = run_checks(checks, facts, Selection(select=("XX002",)))
    assert [c.code for c in results.checks] == ["XX001", "XX002"]
    assert [raised.check.code for raised in results.findings] == ["XX001"]


def test_the_longer_prefix_decides_a_selection() -> None:
    assert Selection(("LL1",), ("LL10",)).includes("LL110")
    assert not Selection(("LL1",), ("LL10",)).includes("LL101")
    assert Selection(("LL101",), ("LL1",)).includes("LL101")
    assert not Selection((), ("LL1",)).includes("LL101")
    assert not Selection(("OC",)).includes("LL101")
    assert not Selection(("LL1",), ("LL1",)).includes("LL101")  # a tie is ignored


def test_a_check_that_the_mode_excludes_is_skipped_with_its_reason() -> None:
    def load() -> File:
        raise AssertionError("must not be loaded")

    facts = Facts((Loader(File, load, "live"),), depth="free", excluded_reason="--free")
    (check,) = run_checks([made("XX001", failing)], facts, Selection()).checks
    assert (check.outcome, check.reason, check.blocked_by) == (Outcome.SKIPPED, "--free", ())


def test_a_check_that_cannot_find_out_is_unknown() -> None:
    def unsure(file: File) -> Iterator[Unknown]:
        yield Unknown("CI says little")

    (check,) = run_checks([made("XX001", unsure)], facts_with(File("x")), Selection()).checks
    assert (check.outcome, check.reason) == (Outcome.UNKNOWN, "CI says little")


def key(resource: Resource) -> Key | Unavailable:
    return Key(True) if resource.id == "second" else Unavailable("refused", REFUSED)


def key_refused(resource: Resource, key: Key | Unavailable) -> Iterator[Finding]:
    if isinstance(key, Unavailable):
        yield Finding(Severity.ERROR, f"{resource.id} refuses")


def after_key(resource: Resource, key: Key) -> Iterator[Finding]:
    yield Finding(Severity.ERROR, f"{resource.id} has no deployment")


def test_a_refusal_blocks_single_subjects_and_the_worst_outcome_counts() -> None:
    facts = Facts((Loader(Key, key),), (Subjects(Resource, resources),))
    checks = [made("XX001", key_refused, owns=(REFUSED.kind,)), made("XX002", after_key)]
    first, second = run_checks(checks, facts, Selection()).checks
    assert [(s.id, s.outcome) for s in first.subjects] == [
        ("first", Outcome.FAILED),
        ("second", Outcome.PASSED),
    ]
    assert [(s.id, s.outcome, s.blocked_by) for s in second.subjects] == [
        ("first", Outcome.SKIPPED, ("XX001",)),
        ("second", Outcome.FAILED, ()),
    ]
    assert second.outcome is Outcome.FAILED
    assert second.blocked_by == ("XX001",)


def test_outcomes_rank_from_failed_to_not_applicable() -> None:
    ranked = sorted(Outcome, key=lambda outcome: outcome.rank)
    assert [o.value for o in ranked] == ["failed", "unknown", "skipped", "passed", "not-applicable"]


def test_a_check_that_raises_is_an_internal_error_and_the_others_run() -> None:
    def broken(file: File) -> Iterator[Finding]:
        if file.text:
            raise ValueError("sk-secret-secret-secret")
        yield Finding(Severity.ERROR, "never")

    checks = [made("XX001", broken), made("XX002", failing)]
    results = run_checks(checks, facts_with(File("x")), Selection())
    assert [c.outcome for c in results.checks] == [Outcome.UNKNOWN, Outcome.FAILED]
    (error,) = results.internal_errors
    assert (error.where, error.error) == ("the check XX001", "ValueError")
    assert "broken" in error.trace
    assert "sk-secret" not in str(error)


def test_a_loader_that_raises_is_an_internal_error() -> None:
    def load() -> File:
        raise ValueError

    results = run_checks([made("XX001", passing)], Facts((Loader(File, load),)), Selection())
    assert [c.outcome for c in results.checks] == [Outcome.UNKNOWN]
    assert [e.where for e in results.internal_errors] == ["the loader of File"]


def load_when_all_threads_wait(barrier: threading.Barrier) -> Any:
    def load(resource: Resource) -> Key:
        barrier.wait(60)  # passes only if the keys of both resources load at the same time
        return Key(True)

    return load


def test_network_facts_load_at_the_same_time() -> None:
    load = load_when_all_threads_wait(threading.Barrier(len(RESOURCES)))
    facts = Facts((Loader(Key, load, "free"),), (Subjects(Resource, resources),), depth="free")
    results = run_checks([made("XX001", after_key)], facts, Selection())
    assert not results.internal_errors
    assert len(results.findings) == 2


def test_facts_that_miss_the_deadline_are_unknown() -> None:
    release = threading.Event()

    def hang(resource: Resource) -> Key:
        if resource.id == "first":
            release.wait(600)
        return Key(True)

    def attempt(seconds: float) -> None:
        facts = Facts(
            (Loader(Key, hang, "free"),),
            (Subjects(Resource, resources),),
            depth="free",
            deadline=time.monotonic() + seconds,
        )
        (check,) = run_checks([made("XX001", after_key)], facts, Selection()).checks
        assert [(s.id, s.outcome) for s in check.subjects] == [
            ("first", Outcome.UNKNOWN),
            ("second", Outcome.FAILED),
        ]
        assert "time was up" in check.subjects[0].reason

    with_more_time(attempt, 0.3)
    release.set()


def test_a_check_without_subjects_does_not_apply() -> None:
    def none() -> tuple[Resource, ...]:
        return ()

    facts = Facts((Loader(Key, key),), (Subjects(Resource, none),))
    assert outcomes([made("XX001", after_key)], facts) == {"XX001": Outcome.NOT_APPLICABLE}


@dataclass(frozen=True, slots=True)
class LiveAnswer:
    """The fact that the second part of a check needs."""

    good: bool


def with_answer(answer: LiveAnswer | Absent | Unavailable, depth: Any = "live") -> Facts:
    def load_answer(resource: Resource) -> LiveAnswer | Absent | Unavailable:
        return answer

    made_up = (Loader(Key, key), Loader(LiveAnswer, load_answer, "live"))
    return Facts(made_up, (Subjects(Resource, resources),), depth=depth)


def live(resource: Resource, answer: LiveAnswer) -> Iterator[Finding]:
    if not answer.good:
        yield Finding(Severity.ERROR, f"{resource.id} fails in a turn")


def two_parts() -> Check:
    return made("XX001", key_refused, live=live, owns=(REFUSED.kind,))


def subject_outcomes(check: Check, facts: Facts) -> list[tuple[str, Outcome]]:
    (outcome,) = run_checks([check], facts, ALL).checks
    return [(subject.id, subject.outcome) for subject in outcome.subjects]


FIRST_PART = [("first", Outcome.FAILED), ("second", Outcome.PASSED)]


def test_both_parts_of_a_check_yield_findings() -> None:
    results = run_checks([two_parts()], with_answer(LiveAnswer(False)), ALL)
    assert [raised.finding.message for raised in results.findings] == [
        "first refuses",
        "first fails in a turn",
        "second fails in a turn",
    ]
    (outcome,) = results.checks
    assert outcome.outcome is Outcome.FAILED
    assert len(outcome.subjects) == 4


def test_outcomes_stand_if_the_mode_excludes_the_live_part() -> None:
    assert subject_outcomes(two_parts(), with_answer(LiveAnswer(True), "free")) == FIRST_PART


def test_outcomes_stand_if_another_check_blocks_the_live_part() -> None:
    assert subject_outcomes(two_parts(), with_answer(Unavailable("refused", BROKEN))) == FIRST_PART


def test_a_refusal_that_the_check_owns_adds_no_second_outcome() -> None:
    assert subject_outcomes(two_parts(), with_answer(Unavailable("refused", REFUSED))) == FIRST_PART


def test_a_live_part_that_lacks_its_fact_is_unknown() -> None:
    late = ("first", Outcome.UNKNOWN), ("second", Outcome.UNKNOWN)
    assert subject_outcomes(two_parts(), with_answer(Unavailable("too late"))) == [
        *FIRST_PART,
        *late,
    ]


def test_a_lack_of_both_parts_is_reported_once() -> None:
    def shallow(resource: Resource, answer: LiveAnswer) -> Iterator[Finding]:
        yield from ()

    check = made("XX001", shallow, live=live)
    expected = [("first", Outcome.UNKNOWN)]
    assert subject_outcomes(check, with_answer(Unavailable("too late")))[:1] == expected
    assert len(subject_outcomes(check, with_answer(Unavailable("too late")))) == 2


def test_a_check_with_only_a_live_part_is_skipped_if_the_mode_excludes_it() -> None:
    (outcome,) = run_checks(
        [made("XX001", live)], with_answer(LiveAnswer(True), "free"), ALL
    ).checks
    assert outcome.outcome is Outcome.SKIPPED
    assert outcome.blocked_by == ()


def outcomes_of_parts(first: Key | Unavailable, second: LiveAnswer | Unavailable) -> list[Outcome]:
    """Return the outcomes of a check with two parts for one subject, by what each part gets."""

    def one_resource() -> tuple[Resource, ...]:
        return (Resource("only"),)

    def load_key(resource: Resource) -> Key | Unavailable:
        return first

    def load_answer(resource: Resource) -> LiveAnswer | Unavailable:
        return second

    def report_bad_key(resource: Resource, key: Key) -> Iterator[Finding]:
        if not key.good:
            yield Finding(Severity.ERROR, "bad key")

    loaders = (Loader(Key, load_key), Loader(LiveAnswer, load_answer, "live"))
    facts = Facts(loaders, (Subjects(Resource, one_resource),), depth="live")
    other = made("XX000", lambda: iter(()), owns=(BROKEN.kind,))
    check = made("XX001", report_bad_key, live=live, owns=(REFUSED.kind,))
    results = run_checks([other, check], facts, Selection(select=("XX001",)))
    outcomes = {outcome.code: outcome for outcome in results.checks}
    return [subject.outcome for subject in outcomes["XX001"].subjects]


@pytest.mark.parametrize(
    ("first", "second", "outcomes"),
    [
        (Key(False), Unavailable("x", BROKEN), [Outcome.FAILED]),
        (Key(True), Unavailable("x", BROKEN), [Outcome.PASSED]),
        (Unavailable("y"), Unavailable("x", BROKEN), [Outcome.UNKNOWN, Outcome.SKIPPED]),
        (Unavailable("x"), Unavailable("x"), [Outcome.UNKNOWN]),
        (Unavailable("x"), Unavailable("y"), [Outcome.UNKNOWN, Outcome.UNKNOWN]),
        (Unavailable("x", REFUSED), LiveAnswer(True), [Outcome.PASSED]),
        (Unavailable("x", BROKEN), LiveAnswer(True), [Outcome.SKIPPED, Outcome.PASSED]),
    ],
)
def test_the_first_part_decides_where_the_second_is_blocked(
    first: Key | Unavailable, second: LiveAnswer | Unavailable, outcomes: list[Outcome]
) -> None:
    assert outcomes_of_parts(first, second) == outcomes


def test_checks_end_at_the_deadline_and_say_so() -> None:
    now = [0.0]

    def slow(resource: Resource) -> Iterator[Finding]:
        now[0] += 6
        yield Finding(Severity.ERROR, f"bad {resource.id}")

    facts = Facts((), (Subjects(Resource, resources),), deadline=5.0, clock=lambda: now[0])
    results = run_checks([made("XX001", slow), made("XX002", slow)], facts, ALL)
    assert [raised.finding.message for raised in results.findings] == ["bad first"]
    first, second = results.checks
    assert (first.outcome, second.outcome) == (Outcome.FAILED, Outcome.UNKNOWN)
    assert first.subjects[-1].reason == second.reason == "the run's time was up"


def test_a_network_that_took_all_of_the_time_leaves_a_moment_for_the_files() -> None:
    facts = facts_with(File("x"), deadline=5.0, clock=lambda: 60.0)
    assert outcomes([made("XX001", failing)], facts) == {"XX001": Outcome.FAILED}
