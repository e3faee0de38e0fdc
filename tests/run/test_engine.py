"""The engine, with made-up checks: outcomes, subjects, blocking, time, defects."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

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
RESOURCES = (Resource("one"), Resource("two"))


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


def test_selection_by_prefix_the_longer_wins() -> None:
    assert Selection(("LL1",), ("LL10",)).includes("LL110")
    assert not Selection(("LL1",), ("LL10",)).includes("LL101")
    assert Selection(("LL101",), ("LL1",)).includes("LL101")
    assert not Selection((), ("LL1",)).includes("LL101")
    assert not Selection(("OC",)).includes("LL101")
    assert not Selection(("LL1",), ("LL1",)).includes("LL101")  # a tie is ignored


def test_the_mode_skips_with_its_reason() -> None:
    def load() -> File:
        raise AssertionError("must not be asked")

    facts = Facts((Loader(File, load, "live"),), depth="free", excluded_reason="--free")
    (check,) = run_checks([made("XX001", failing)], facts, Selection()).checks
    assert (check.outcome, check.reason, check.blocked_by) == (Outcome.SKIPPED, "--free", ())


def test_what_a_check_cannot_find_out_is_unknown() -> None:
    def unsure(file: File) -> Iterator[Unknown]:
        yield Unknown("CI says little")

    (check,) = run_checks([made("XX001", unsure)], facts_with(File("x")), Selection()).checks
    assert (check.outcome, check.reason) == (Outcome.UNKNOWN, "CI says little")


def key(resource: Resource) -> Key | Unavailable:
    return Key(True) if resource.id == "two" else Unavailable("refused", REFUSED)


def key_refused(resource: Resource, key: Key | Unavailable) -> Iterator[Finding]:
    if isinstance(key, Unavailable):
        yield Finding(Severity.ERROR, f"{resource.id} refuses")


def after_key(resource: Resource, key: Key) -> Iterator[Finding]:
    yield Finding(Severity.ERROR, f"{resource.id} has no deployment")


def test_blocking_is_per_subject_and_the_outcome_the_worst() -> None:
    facts = Facts((Loader(Key, key),), (Subjects(Resource, resources),))
    checks = [made("XX001", key_refused, owns=(REFUSED.kind,)), made("XX002", after_key)]
    first, second = run_checks(checks, facts, Selection()).checks
    assert [(s.id, s.outcome) for s in first.subjects] == [
        ("one", Outcome.FAILED),
        ("two", Outcome.PASSED),
    ]
    assert [(s.id, s.outcome, s.blocked_by) for s in second.subjects] == [
        ("one", Outcome.SKIPPED, ("XX001",)),
        ("two", Outcome.FAILED, ()),
    ]
    assert second.outcome is Outcome.FAILED
    assert second.blocked_by == ("XX001",)


def test_order_of_outcomes() -> None:
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


def answer_after_all_have_asked(barrier: threading.Barrier) -> Any:
    def answer(resource: Resource) -> Key:
        barrier.wait(10)  # passes only if both are asked at the same time
        return Key(True)

    return answer


def test_network_facts_are_loaded_side_by_side() -> None:
    load = answer_after_all_have_asked(threading.Barrier(len(RESOURCES)))
    facts = Facts((Loader(Key, load, "free"),), (Subjects(Resource, resources),), depth="free")
    results = run_checks([made("XX001", after_key)], facts, Selection())
    assert not results.internal_errors
    assert len(results.findings) == 2


def test_the_run_ends_at_its_deadline_with_the_rest_unknown() -> None:
    release = threading.Event()

    def hang(resource: Resource) -> Key:
        if resource.id == "one":
            release.wait(600)
        return Key(True)

    facts = Facts(
        (Loader(Key, hang, "free"),),
        (Subjects(Resource, resources),),
        depth="free",
        deadline=time.monotonic() + 0.3,
    )
    (check,) = run_checks([made("XX001", after_key)], facts, Selection()).checks
    release.set()
    assert [(s.id, s.outcome) for s in check.subjects] == [
        ("one", Outcome.UNKNOWN),
        ("two", Outcome.FAILED),
    ]
    assert "time was over" in check.subjects[0].reason


def test_a_check_without_subjects_does_not_apply() -> None:
    def none() -> tuple[Resource, ...]:
        return ()

    facts = Facts((Loader(Key, key),), (Subjects(Resource, none),))
    assert outcomes([made("XX001", after_key)], facts) == {"XX001": Outcome.NOT_APPLICABLE}


@dataclass(frozen=True, slots=True)
class Heard:
    """What a deeper look would have seen."""

    good: bool


def with_heard(heard: Heard | Absent | Unavailable, depth: Any = "live") -> Facts:
    def load_heard(resource: Resource) -> Heard | Absent | Unavailable:
        return heard

    made_up = (Loader(Key, key), Loader(Heard, load_heard, "live"))
    return Facts(made_up, (Subjects(Resource, resources),), depth=depth)


def deeper(resource: Resource, heard: Heard) -> Iterator[Finding]:
    if not heard.good:
        yield Finding(Severity.ERROR, f"{resource.id} fails in a turn")


def two_parts() -> Check:
    return made("XX001", key_refused, live=deeper, owns=(REFUSED.kind,))


def told(check: Check, facts: Facts) -> list[tuple[str, Outcome]]:
    (outcome,) = run_checks([check], facts, ALL).checks
    return [(subject.id, subject.outcome) for subject in outcome.subjects]


FIRST_LOOK = [("one", Outcome.FAILED), ("two", Outcome.PASSED)]


def test_both_parts_of_a_check_speak() -> None:
    results = run_checks([two_parts()], with_heard(Heard(False)), ALL)
    assert [raised.finding.message for raised in results.findings] == [
        "one refuses",
        "one fails in a turn",
        "two fails in a turn",
    ]
    (outcome,) = results.checks
    assert outcome.outcome is Outcome.FAILED
    assert len(outcome.subjects) == 4


def test_a_deeper_look_that_the_mode_leaves_out_takes_nothing_back() -> None:
    assert told(two_parts(), with_heard(Heard(True), "free")) == FIRST_LOOK


def test_a_deeper_look_that_another_check_blocks_takes_nothing_back() -> None:
    assert told(two_parts(), with_heard(Unavailable("refused", BROKEN))) == FIRST_LOOK


def test_a_deeper_look_that_is_its_own_finding_says_nothing_twice() -> None:
    assert told(two_parts(), with_heard(Unavailable("refused", REFUSED))) == FIRST_LOOK


def test_a_deeper_look_that_could_not_be_had_is_unknown() -> None:
    late = ("one", Outcome.UNKNOWN), ("two", Outcome.UNKNOWN)
    assert told(two_parts(), with_heard(Unavailable("too late"))) == [*FIRST_LOOK, *late]


def test_what_both_parts_lack_is_said_once() -> None:
    def shallow(resource: Resource, heard: Heard) -> Iterator[Finding]:
        yield from ()

    check = made("XX001", shallow, live=deeper)
    expected = [("one", Outcome.UNKNOWN)]
    assert told(check, with_heard(Unavailable("too late")))[:1] == expected
    assert len(told(check, with_heard(Unavailable("too late")))) == 2


def test_a_check_with_a_deeper_look_alone_is_skipped_with_its_mode() -> None:
    (outcome,) = run_checks([made("XX001", deeper)], with_heard(Heard(True), "free"), ALL).checks
    assert outcome.outcome is Outcome.SKIPPED
    assert outcome.blocked_by == ()
