"""Facts, asked for by type and loaded at most once.

A loader is a function whose return annotation names the fact it makes and whose parameters are
the facts it needs; so is a check's function. A parameter of type `T` needs the fact: where it is
`Unavailable` or `Absent`, so is what is made from it. `T | Absent` and `T | Unavailable` accept
that, and are for those who can say something about it.
"""

from __future__ import annotations

import threading
import time
import types
import typing
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from clawdoctor.finding import Place
from clawdoctor.run.refusal import Kind, Refusal, RefusalKind

Depth = Literal["offline", "free", "live"]
DEPTHS: tuple[Depth, ...] = ("offline", "free", "live")
"""How far a run goes: files only; plus what costs nothing; plus one small turn a route."""


_TOO_LATE = "no answer before the run's time was over"


@dataclass(frozen=True, slots=True)
class Absent:
    """There is no such thing here, and that is no fault by itself."""

    reason: str = ""


@dataclass(frozen=True, slots=True)
class Unavailable:
    """The fact exists but could not be had.

    With a refusal, the check that owns its kind reports the reason and blocks what needs the
    fact. Without one it is unknown; `excluded` says that the mode of the run leaves it out.
    `place` is where a file has the fault, for the check that owns the refusal.
    """

    reason: str
    refusal: Refusal | None = None
    excluded: bool = False
    place: Place | None = None

    @property
    def kind(self) -> Kind | None:
        """The kind of the refusal, or None without one."""
        return self.refusal.kind if self.refusal is not None else None


@dataclass(frozen=True, slots=True)
class Need:
    """One parameter: the type asked for, and which kinds of lack it accepts."""

    name: str
    fact: type
    accepts: tuple[type, ...] = ()


def needs_of(function: Callable[..., object]) -> tuple[Need, ...]:
    """The facts a loader or a check asks for, read from its annotations.

    Raises TypeError for a parameter that is not a type or a union of one type with `Absent` or
    `Unavailable`.
    """
    hints = typing.get_type_hints(function)
    hints.pop("return", None)
    needs = []
    for name, hint in hints.items():
        is_union = isinstance(hint, types.UnionType) or typing.get_origin(hint) is typing.Union
        members = typing.get_args(hint) if is_union else (hint,)
        accepts = tuple(m for m in members if m in (Absent, Unavailable))
        wanted = [m for m in members if m not in accepts]
        if len(wanted) != 1 or not isinstance(wanted[0], type):
            raise TypeError(f"{function.__qualname__}: parameter {name} asks for {hint}")
        needs.append(Need(name, wanted[0], accepts))
    return tuple(needs)


@dataclass(frozen=True, slots=True)
class Loader:
    """How one type of fact is made. `depth` is the mildest run that may load it.

    `refusals` are the kinds of refusal that the function reports.
    """

    fact: type
    function: Callable[..., object]
    depth: Depth = "offline"
    refusals: tuple[RefusalKind, ...] = ()
    needs: tuple[Need, ...] = field(default=(), init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "needs", needs_of(self.function))

    @property
    def network(self) -> bool:
        """Whether loading waits for others, so that it is done beside other loading."""
        return self.depth != "offline"


@dataclass(frozen=True, slots=True)
class Subjects:
    """A type of which there are several: each check that asks for it runs once for each.

    `every` is a loader's function that returns a tuple of them. `of` gives, for a subject of
    another type, the one that belongs to it (a deployment's resource), or `Absent`.
    """

    subject: type
    every: Callable[..., object]
    of: Mapping[type, Callable[[Facts, Any], object]] = field(default_factory=dict)


@dataclass(slots=True)
class _Slot:
    """One fact in the making. `done` is set once `value` is there."""

    done: threading.Event = field(default_factory=threading.Event)
    value: object = None


class Facts:
    """The facts of one run. Safe to ask from several threads; each fact is loaded once.

    `failures` collects what loaders raised: a defect of ours, for which the fact is unavailable.
    """

    def __init__(
        self,
        loaders: Sequence[Loader],
        subjects: Sequence[Subjects] = (),
        *,
        depth: Depth = "offline",
        deadline: float = float("inf"),
        excluded_reason: str = "excluded by the mode",
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`deadline` is a time of `clock`, in seconds; loading is not waited for past it."""
        self._loaders = {loader.fact: loader for loader in loaders}
        self._subjects = {subject.subject: subject for subject in subjects}
        self._every = {subject.subject: needs_of(subject.every) for subject in subjects}
        self._depth = DEPTHS.index(depth)
        self._deadline = deadline
        self._clock = clock
        self._excluded_reason = excluded_reason
        self._deep_subjects: dict[type, type | None] = {}
        self._network_facts: dict[type, tuple[type, ...]] = {}
        self._slots: dict[tuple[object, ...], _Slot] = {}
        self._lock = threading.Lock()
        self.failures: list[tuple[str, BaseException]] = []

    @property
    def seconds_left(self) -> float:
        """What remains until the deadline, never negative."""
        return max(0.0, self._deadline - self._clock())

    def subject_type(self, needs: Sequence[Need]) -> type | None:
        """The type of subject that these needs ask for, directly; at most one."""
        asked = [need.fact for need in needs if need.fact in self._subjects]
        if len(asked) > 1:
            raise TypeError(f"more than one subject is asked for: {asked}")
        return asked[0] if asked else None

    def every(self, subject: type) -> object:
        """All subjects of a type: a tuple, or why they cannot be told."""
        every = self._subjects[subject].every
        return self._once(
            (subject,), lambda: self._call(every, self._every[subject], None), f"{subject.__name__}"
        )

    def get(self, fact: type, subject: object = None) -> object:
        """The fact, or `Absent` or `Unavailable`. `subject` is whom it is about, if anyone."""
        if fact in self._subjects:
            return self._related(fact, subject)
        loader = self._loaders.get(fact)
        if loader is None:
            raise LookupError(f"no loader makes {fact.__name__}")
        if DEPTHS.index(loader.depth) > self._depth:
            return Unavailable(self._excluded_reason, excluded=True)
        about = self.about(fact, subject)
        if isinstance(about, Absent | Unavailable):
            return about
        key = (fact, getattr(about, "id", None))
        if loader.network and not self.seconds_left and self.loaded(fact, about) is None:
            return Unavailable(_TOO_LATE)
        return self._once(
            key, lambda: self._call(loader.function, loader.needs, about), fact.__name__
        )

    def loaded(self, fact: type, subject: object = None) -> object:
        """The fact if it has been loaded; None where nobody has asked, or it is on its way."""
        slot = self._slots.get((fact, getattr(subject, "id", None)))
        return slot.value if slot is not None and slot.done.is_set() else None

    def network_keys(self, needs: Sequence[Need], subject: object) -> list[tuple[type, object]]:
        """The facts behind these needs that wait for the network, innermost first."""
        facts = dict.fromkeys(fact for need in needs for fact in self._network(need.fact))
        subjects = {fact: self.about(fact, subject) for fact in facts}
        lacks = (Absent, Unavailable)
        return [pair for pair in subjects.items() if not isinstance(pair[1], lacks)]

    def _network(self, fact: type) -> tuple[type, ...]:
        """The facts that wait for the network to make a fact, innermost first; kept once found."""
        if fact not in self._network_facts:
            loader = self._loaders.get(fact)
            found: dict[type, None] = {}
            if loader is not None and DEPTHS.index(loader.depth) <= self._depth:
                for need in loader.needs:
                    found |= dict.fromkeys(self._network(need.fact))
                found |= {fact: None} if loader.network else {}
            self._network_facts[fact] = tuple(found)
        return self._network_facts[fact]

    def arguments(
        self, needs: Sequence[Need], subject: object, owns: tuple[Kind, ...] | None = None
    ) -> dict[str, object] | Lack:
        """The values for a function's parameters, or the worst lack that it does not accept.

        `owns` are the kinds that the check owns which needs the facts: what another check owns
        blocks it even where it accepts `Unavailable`.
        """
        values: dict[str, object] = {}
        lacks: list[Absent | Unavailable] = []
        for need in needs:
            value = self if need.fact is Facts else self.get(need.fact, subject)
            if isinstance(value, Absent | Unavailable) and (
                type(value) not in need.accepts or _owned_by_another(value, owns)
            ):
                lacks.append(value)
            values[need.name] = value
        return min(lacks, key=_lack_rank) if lacks else values

    def _related(self, wanted: type, subject: object) -> object:
        if subject is None or isinstance(subject, wanted):
            return subject
        step = self._subjects[wanted].of.get(type(subject))
        if step is None:
            raise LookupError(f"no {wanted.__name__} belongs to {type(subject).__name__}")
        return step(self, subject)

    def about(self, fact: type, subject: object) -> object:
        """Whom a fact is about, given whom the asker is about; None for the whole chain."""
        wanted = self._deep_subject(fact)
        return None if wanted is None or subject is None else self._related(wanted, subject)

    def _deep_subject(self, fact: type) -> type | None:
        """The type of subject that a fact, or a fact behind it, is about; kept once found."""
        if fact not in self._deep_subjects:
            needs = self._loaders[fact].needs if fact in self._loaders else ()
            found = self.subject_type(needs)
            behind = (self._deep_subject(need.fact) for need in needs)
            self._deep_subjects[fact] = found or next(filter(None, behind), None)
        return self._deep_subjects[fact]

    def _call(
        self, function: Callable[..., object], needs: Sequence[Need], subject: object
    ) -> object:
        arguments = self.arguments(needs, subject)
        return function(**arguments) if isinstance(arguments, dict) else arguments

    def _once(self, key: tuple[object, ...], make: Callable[[], object], where: str) -> object:
        with self._lock:
            slot = self._slots.get(key)
            mine = slot is None
            if slot is None:
                slot = self._slots[key] = _Slot()
        if mine:
            try:
                slot.value = make()
            except Exception as error:
                self.failures.append((f"the loader of {where}", error))
                slot.value = Unavailable(f"clawdoctor failed while it looked for {where}")
            finally:
                slot.done.set()
        elif not slot.done.wait(min(self.seconds_left, threading.TIMEOUT_MAX)):
            return Unavailable(_TOO_LATE)
        return slot.value


Lack = Absent | Unavailable


def _owned_by_another(lack: Lack, owns: tuple[Kind, ...] | None) -> bool:
    if owns is None or isinstance(lack, Absent) or lack.kind is None:
        return False
    return lack.kind not in owns


def _lack_rank(lack: Lack) -> int:
    """Absence decides first: a check about a thing that is not there does not apply.

    Then what another check owns, then what is unknown, then what the mode leaves out.
    """
    if isinstance(lack, Absent):
        return 0
    if lack.refusal is not None:
        return 1
    return 3 if lack.excluded else 2


def side_by_side(calls: Sequence[Callable[[], object]], seconds: float) -> list[object]:
    """The results of calls that wait for the network; None for one that came too late.

    The threads are daemons: one that hangs in a system call must not keep the process alive.
    """
    results: list[object] = [None] * len(calls)

    def run(index: int) -> None:
        results[index] = calls[index]()

    threads = [threading.Thread(target=run, args=(i,), daemon=True) for i in range(len(calls))]
    until = time.monotonic() + min(seconds, threading.TIMEOUT_MAX / 2)
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(max(0.0, until - time.monotonic()))
    return list(results)
