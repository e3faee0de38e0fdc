"""Facts are loaded by type, at most once, and lack travels to what needs them."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass

import pytest

from clawdoctor.run.facts import Facts, Loader, Subjects
from clawdoctor.run.needs import Absent, Need, Unavailable, needs_of
from clawdoctor.run.refusal import Refusal

BROKEN = Refusal("compose-syntax")


@dataclass(frozen=True, slots=True)
class Config:
    text: str


@dataclass(frozen=True, slots=True)
class Meaning:
    words: int


@dataclass(frozen=True, slots=True)
class Host:
    id: str


@dataclass(frozen=True, slots=True)
class Unit:
    id: str
    host: Host


@dataclass(frozen=True, slots=True)
class Answer:
    text: str


def meaning(config: Config) -> Meaning:
    return Meaning(len(config.text.split()))


def test_needs_are_read_from_annotations() -> None:
    def check(config: Config, meaning: Meaning | Absent, answer: Answer | Unavailable) -> None: ...

    assert needs_of(check) == (
        Need("config", Config),
        Need("meaning", Meaning, (Absent,)),
        Need("answer", Answer, (Unavailable,)),
    )


def test_a_parameter_that_is_no_fact_is_refused() -> None:
    def check(config: Config | Meaning) -> None: ...

    with pytest.raises(TypeError, match="config"):
        needs_of(check)


def test_a_fact_is_loaded_once() -> None:
    calls = []

    def load() -> Config:
        calls.append(1)
        return Config("a b")

    facts = Facts((Loader(Config, load), Loader(Meaning, meaning)))
    assert facts.get(Meaning) == Meaning(2)
    assert facts.get(Config) == facts.get(Config)
    assert calls == [1]


@pytest.mark.parametrize(
    "lack", [Absent("no file"), Unavailable("broken", BROKEN), Unavailable("who knows")]
)
def test_lack_travels_to_what_needs_the_fact(lack: Absent | Unavailable) -> None:
    def load() -> Config | Absent | Unavailable:
        return lack

    facts = Facts((Loader(Config, load), Loader(Meaning, meaning)))
    assert facts.get(Meaning) is lack


def test_what_accepts_lack_gets_it() -> None:
    def load() -> Config | Absent:
        return Absent("no file")

    def lenient(config: Config | Absent) -> Meaning:
        return Meaning(0 if isinstance(config, Absent) else 1)

    facts = Facts((Loader(Config, load), Loader(Meaning, lenient)))
    assert facts.get(Meaning) == Meaning(0)


def test_what_another_check_owns_blocks_even_who_accepts_unavailable() -> None:
    def load() -> Config | Unavailable:
        return Unavailable("broken", BROKEN)

    def check(config: Config | Unavailable) -> None: ...

    facts = Facts((Loader(Config, load),))
    needs = needs_of(check)
    assert facts.arguments(needs, None, (BROKEN.kind,)) == {"config": Unavailable("broken", BROKEN)}
    assert facts.arguments(needs, None, ()) == Unavailable("broken", BROKEN)


@pytest.mark.parametrize(
    ("lacks", "decisive"),
    [
        ((Unavailable("a", BROKEN), Absent("b")), Absent("b")),
        ((Unavailable("a"), Unavailable("b", BROKEN)), Unavailable("b", BROKEN)),
        ((Unavailable("a", excluded=True), Unavailable("b")), Unavailable("b")),
    ],
)
def test_the_decisive_lack(
    lacks: tuple[Absent | Unavailable, Absent | Unavailable], decisive: Absent | Unavailable
) -> None:
    def first() -> Config | Absent | Unavailable:
        return lacks[0]

    def second() -> Answer | Absent | Unavailable:
        return lacks[1]

    def check(config: Config, answer: Answer) -> None: ...

    facts = Facts((Loader(Config, first), Loader(Answer, second)))
    assert facts.arguments(needs_of(check), None) == decisive


def test_a_deeper_fact_is_excluded_by_the_mode() -> None:
    def load() -> Answer:
        raise AssertionError("must not be asked")

    facts = Facts((Loader(Answer, load, "free"),), depth="offline", excluded_reason="--offline")
    assert facts.get(Answer) == Unavailable("--offline", excluded=True)


def test_a_loader_that_raises_is_a_defect_and_its_fact_unavailable() -> None:
    def load() -> Config:
        raise ValueError("secret text")

    facts = Facts((Loader(Config, load), Loader(Meaning, meaning)))
    lack = facts.get(Meaning)
    assert isinstance(lack, Unavailable)
    assert "secret" not in lack.reason
    assert [(where, type(error)) for where, error in facts.failures] == [
        ("the loader of Config", ValueError)
    ]


HOSTS = (Host("a"), Host("b"))
UNITS = (Unit("1", HOSTS[0]), Unit("2", HOSTS[0]), Unit("3", HOSTS[1]))


def hosts() -> tuple[Host, ...]:
    return HOSTS


def units() -> tuple[Unit, ...]:
    return UNITS


SUBJECTS = (Subjects(Host, hosts, {Unit: lambda _, unit: unit.host}), Subjects(Unit, units))


def test_a_fact_is_loaded_once_a_subject_also_for_the_subjects_that_belong_to_it() -> None:
    asked = []

    def answer(host: Host) -> Answer:
        asked.append(host.id)
        return Answer(host.id)

    facts = Facts((Loader(Answer, answer),), SUBJECTS)
    assert [facts.get(Answer, unit) for unit in UNITS] == [Answer("a"), Answer("a"), Answer("b")]
    assert asked == ["a", "b"]


def test_more_than_one_subject_is_refused() -> None:
    def check(host: Host, unit: Unit) -> None: ...

    facts = Facts((), SUBJECTS)
    with pytest.raises(TypeError, match="more than one subject"):
        facts.subject_type(needs_of(check))


def test_a_second_asker_waits_for_the_first_and_not_past_the_deadline() -> None:
    entered, release = threading.Event(), threading.Event()

    def load() -> Config:
        entered.set()
        release.wait(10)
        return Config("late")

    facts = Facts((Loader(Config, load),), deadline=time.monotonic() + 0.05)
    thread = threading.Thread(target=lambda: facts.get(Config), daemon=True)
    thread.start()
    assert entered.wait(10)
    lack = facts.get(Config)
    assert isinstance(lack, Unavailable)
    assert lack.refusal is None
    release.set()
    thread.join(10)
    assert facts.get(Config) == Config("late")


def test_nothing_is_asked_once_the_run_is_over() -> None:
    def never() -> Answer:
        raise AssertionError("must not be asked")

    facts = Facts((Loader(Answer, never, "free"),), depth="free", deadline=time.monotonic() - 1)
    lack = facts.get(Answer)
    assert isinstance(lack, Unavailable)
    assert "time was over" in lack.reason
    assert not facts.failures


def test_files_are_read_and_answers_kept_also_once_the_run_is_over() -> None:
    def read() -> Config:
        return Config("a b")

    facts = Facts((Loader(Config, read),), depth="free", deadline=time.monotonic() - 1)
    assert facts.get(Config) == Config("a b")


@pytest.mark.parametrize("lack", [Absent("none"), Unavailable("broken")])
def test_a_parameter_that_may_be_none_is_none_instead_of_a_lack(lack: Absent | Unavailable) -> None:
    def load() -> Config | Absent | Unavailable:
        return lack

    def answer(config: Config | None) -> Answer:
        return Answer(repr(config))

    facts = Facts((Loader(Config, load), Loader(Answer, answer)))
    assert facts.get(Answer) == Answer("None")
    assert facts.known(Config) is None
    assert facts.loaded(Config) is None
    assert facts.get(Config) is lack


@pytest.mark.parametrize(
    ("lack", "met"),
    [(Config("x"), True), (Absent("none"), False), (Unavailable("broken"), False)],
)
def test_a_precondition_is_met_or_lacking_and_not_passed(
    lack: Config | Absent | Unavailable, met: bool
) -> None:
    def load() -> Config | Absent | Unavailable:
        return lack

    def answer() -> Answer:
        return Answer("yes")

    loaders = (Loader(Config, load), Loader(Answer, answer, requires=(Config,)))
    assert Facts(loaders).get(Answer) == (Answer("yes") if met else lack)
    loaders = (Loader(Config, load), Loader(Answer, answer, requires=(Config | Absent,)))
    met = not isinstance(lack, Unavailable)
    assert Facts(loaders).get(Answer) == (Answer("yes") if met else lack)


def test_the_subject_of_a_fact_is_that_of_what_needs_it() -> None:
    def hosts() -> tuple[Host, ...]:
        return (Host("a"), Host("b"))

    def answer(host: Host) -> Answer:
        return Answer(host.id)

    def check(answer: Answer) -> None: ...

    facts = Facts((Loader(Answer, answer),), (Subjects(Host, hosts),))
    assert facts.subject_type(needs_of(check)) is Host
    assert facts.subjects(Host) == (Host("a"), Host("b"))
    assert facts.get(Answer, Host("b")) == Answer("b")


def test_subjects_have_preconditions_too() -> None:
    def load() -> Config | Unavailable:
        return Unavailable("broken")

    def hosts() -> tuple[Host, ...]:
        return (Host("a"),)

    facts = Facts((Loader(Config, load),), (Subjects(Host, hosts, requires=(Config,)),))
    assert facts.subjects(Host) == Unavailable("broken")
