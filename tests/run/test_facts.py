"""Facts load at most once, and a lack passes on to the facts that need them."""

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
class Summary:
    length: int


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


def summary(config: Config) -> Summary:
    return Summary(len(config.text.split()))


def test_needs_are_read_from_annotations() -> None:
    def check(config: Config, summary: Summary | Absent, answer: Answer | Unavailable) -> None: ...

    assert needs_of(check) == (
        Need("config", Config),
        Need("summary", Summary, (Absent,)),
        Need("answer", Answer, (Unavailable,)),
    )


def test_a_parameter_of_two_facts_raises() -> None:
    def check(config: Config | Summary) -> None: ...

    with pytest.raises(TypeError, match="config"):
        needs_of(check)


def test_a_fact_is_loaded_once() -> None:
    calls = []

    def load() -> Config:
        calls.append(1)
        return Config("a b")

    facts = Facts((Loader(Config, load), Loader(Summary, summary)))
    assert facts.get(Summary) == Summary(2)
    assert facts.get(Config) == facts.get(Config)
    assert calls == [1]


@pytest.mark.parametrize(
    "lack", [Absent("no file"), Unavailable("broken", BROKEN), Unavailable("who knows")]
)
def test_a_lack_passes_on_to_the_fact_that_needs_it(lack: Absent | Unavailable) -> None:
    def load() -> Config | Absent | Unavailable:
        return lack

    facts = Facts((Loader(Config, load), Loader(Summary, summary)))
    assert facts.get(Summary) is lack


def test_a_loader_that_accepts_a_lack_gets_it() -> None:
    def load() -> Config | Absent:
        return Absent("no file")

    def lenient(config: Config | Absent) -> Summary:
        return Summary(0 if isinstance(config, Absent) else 1)

    facts = Facts((Loader(Config, load), Loader(Summary, lenient)))
    assert facts.get(Summary) == Summary(0)


def test_a_refusal_of_another_check_blocks_even_a_check_that_accepts_it() -> None:
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
def test_absence_then_a_refusal_then_an_unknown_reason_decides(
    lacks: tuple[Absent | Unavailable, Absent | Unavailable], decisive: Absent | Unavailable
) -> None:
    def first() -> Config | Absent | Unavailable:
        return lacks[0]

    def second() -> Answer | Absent | Unavailable:
        return lacks[1]

    def check(config: Config, answer: Answer) -> None: ...

    facts = Facts((Loader(Config, first), Loader(Answer, second)))
    assert facts.arguments(needs_of(check), None) == decisive


def test_the_mode_excludes_a_network_fact() -> None:
    def load() -> Answer:
        raise AssertionError("must not be loaded")

    facts = Facts((Loader(Answer, load, "free"),), depth="offline", excluded_reason="--offline")
    assert facts.get(Answer) == Unavailable("--offline", excluded=True)


def test_a_loader_that_raises_is_a_failure_and_its_fact_unavailable() -> None:
    def load() -> Config:
        raise ValueError("secret text")

    facts = Facts((Loader(Config, load), Loader(Summary, summary)))
    lack = facts.get(Summary)
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


def test_a_fact_loads_once_for_a_subject_and_those_that_belong_to_it() -> None:
    loaded = []

    def answer(host: Host) -> Answer:
        loaded.append(host.id)
        return Answer(host.id)

    facts = Facts((Loader(Answer, answer),), SUBJECTS)
    assert [facts.get(Answer, unit) for unit in UNITS] == [Answer("a"), Answer("a"), Answer("b")]
    assert loaded == ["a", "b"]


def test_two_types_of_subject_raise() -> None:
    def check(host: Host, unit: Unit) -> None: ...

    facts = Facts((), SUBJECTS)
    with pytest.raises(TypeError, match="more than one subject"):
        facts.subject_type(needs_of(check))


def test_a_second_thread_waits_for_the_first_until_the_deadline() -> None:
    entered, release = threading.Event(), threading.Event()

    def load() -> Config:
        entered.set()
        release.wait(60)
        return Config("late")

    facts = Facts((Loader(Config, load),), deadline=time.monotonic() + 0.05)
    thread = threading.Thread(target=lambda: facts.get(Config), daemon=True)
    thread.start()
    assert entered.wait(60)
    lack = facts.get(Config)
    assert isinstance(lack, Unavailable)
    assert lack.refusal is None
    release.set()
    thread.join(60)
    assert facts.get(Config) == Config("late")


def test_no_network_fact_loads_after_the_deadline() -> None:
    def never() -> Answer:
        raise AssertionError("must not be loaded")

    facts = Facts((Loader(Answer, never, "free"),), depth="free", deadline=time.monotonic() - 1)
    lack = facts.get(Answer)
    assert isinstance(lack, Unavailable)
    assert "time was up" in lack.reason
    assert not facts.failures


def test_a_fact_of_a_file_loads_after_the_deadline() -> None:
    def read() -> Config:
        return Config("a b")

    facts = Facts((Loader(Config, read),), depth="free", deadline=time.monotonic() - 1)
    assert facts.get(Config) == Config("a b")


@pytest.mark.parametrize("lack", [Absent("none"), Unavailable("broken")])
def test_an_optional_parameter_is_none_instead_of_a_lack(lack: Absent | Unavailable) -> None:
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
def test_a_precondition_is_checked_and_not_passed(
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


def test_a_check_has_the_subject_of_the_fact_that_it_needs() -> None:
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


def test_a_loader_can_accept_what_another_check_owns() -> None:
    def load() -> Config | Unavailable:
        return Unavailable("broken", Refusal("compose-syntax"))

    def answer(config: Config | Unavailable) -> Answer:
        return Answer(config.reason if isinstance(config, Unavailable) else "read")

    assert Facts((Loader(Config, load), Loader(Answer, answer))).get(Answer) == Answer("broken")


def test_a_fact_of_the_whole_chain_is_the_same_for_each_subject() -> None:
    def load() -> Config:
        return Config("x")

    def hosts() -> tuple[Host, ...]:
        return (Host("a"), Host("b"))

    facts = Facts((Loader(Config, load),), (Subjects(Host, hosts),))
    assert facts.get(Config, Host("a")) is facts.get(Config, Host("b"))
    assert facts.get(Config) is facts.get(Config, Host("a"))
    assert facts.network_keys(needs_of(load), Host("a")) == []
