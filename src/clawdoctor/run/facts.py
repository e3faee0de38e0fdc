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
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypeVar, cast

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


Lack = Absent | Unavailable
"""Why there is no fact."""

Hint = type | types.UnionType
"""What an annotation may be: a fact's type, or a union of it with the lacks it accepts."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Need:
    """A fact that a function needs, and the kinds of lack that it accepts.

    `name` is the parameter; it is empty for a precondition, which is not passed. `or_none`: the
    parameter is None instead of a lack.
    """

    name: str
    fact: type
    accepts: tuple[type, ...] = ()
    or_none: bool = False


def needs_of(function: Callable[..., object], requires: Iterable[Hint] = ()) -> tuple[Need, ...]:
    """Return the facts that a loader or a check needs: its annotations and its preconditions.

    Raises TypeError for a parameter that is not a type or a union of one type with `None`,
    `Absent` or `Unavailable`.
    """
    hints = typing.get_type_hints(function)
    hints.pop("return", None)
    named = [*hints.items(), *(("", hint) for hint in requires)]
    return tuple(_need(name, hint, function.__qualname__) for name, hint in named)


def _need(name: str, hint: object, function: str) -> Need:
    is_union = isinstance(hint, types.UnionType) or typing.get_origin(hint) is typing.Union
    members = typing.get_args(hint) if is_union else (hint,)
    or_none = types.NoneType in members
    accepts = tuple(lack for lack in (Absent, Unavailable) if or_none or lack in members)
    facts = [member for member in members if member not in (Absent, Unavailable, types.NoneType)]
    if len(facts) != 1 or not isinstance(facts[0], type):
        raise TypeError(f"{function}: parameter {name} asks for {hint}")
    return Need(name, facts[0], accepts, or_none)


@dataclass(frozen=True, slots=True)
class Loader:
    """How one type of fact is made. `depth` is the mildest run that may load it.

    `refusals` are the kinds of refusal that the function reports. `requires` are facts that must
    be there first, though the function does not read them.
    """

    fact: type
    function: Callable[..., object]
    depth: Depth = "offline"
    refusals: tuple[RefusalKind, ...] = ()
    requires: tuple[Hint, ...] = ()
    needs: tuple[Need, ...] = field(default=(), init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "needs", needs_of(self.function, self.requires))

    @property
    def network(self) -> bool:
        """Whether loading waits for others, so that it is done beside other loading."""
        return self.depth != "offline"


@dataclass(frozen=True, slots=True)
class Subjects:
    """A type of which there are several: each check that asks for it runs once for each.

    `every` is a loader's function that returns a tuple of them. `of` gives, for a subject of
    another type, the one that belongs to it (a deployment's resource), or a lack. `requires` means
    what it means for a `Loader`.
    """

    subject: type
    every: Callable[..., object]
    of: Mapping[type, Callable[[Facts, Any], object]] = field(default_factory=dict)
    requires: tuple[Hint, ...] = ()


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
        self._every = {each.subject: needs_of(each.every, each.requires) for each in subjects}
        self._depth = DEPTHS.index(depth)
        self._deadline = deadline
        self._clock = clock
        self._excluded_reason = excluded_reason
        self._subjects_behind: dict[type, type | None] = {}
        self._network_facts: dict[type, tuple[type, ...]] = {}
        self._slots: dict[tuple[object, ...], _Slot] = {}
        self._lock = threading.Lock()
        self.failures: list[tuple[str, BaseException]] = []

    @property
    def seconds_left(self) -> float:
        """What remains until the deadline, never negative."""
        return max(0.0, self._deadline - self._clock())

    def subject_type(self, needs: Sequence[Need]) -> type | None:
        """Return the type of subject in these needs, or the one that a fact in them is about.

        Raises TypeError if the needs name more than one.
        """
        subjects = [need.fact for need in needs if need.fact in self._subjects]
        if len(subjects) > 1:
            raise TypeError(f"more than one subject: {subjects}")
        if subjects:
            return subjects[0]
        behind = (self._subject_behind(need.fact) for need in needs)
        return next(filter(None, behind), None)

    def every(self, subject: type[T]) -> tuple[T, ...] | Lack:
        """Return all subjects of a type, or the reason why they are not known."""
        every = self._subjects[subject].every
        made = self._once(
            (subject,), lambda: self._call(every, self._every[subject], None), subject.__name__
        )
        return cast("tuple[T, ...] | Lack", made)

    def get(self, fact: type[T], subject: object = None) -> T | Lack:
        """Return the fact or the reason why it is lacking. `subject` is what the fact is about."""
        return cast("T | Lack", self._get(fact, subject))

    def known(self, fact: type[T], subject: object = None) -> T | None:
        """Return the fact, or None if it is lacking for any reason."""
        value = self.get(fact, subject)
        return None if isinstance(value, Absent | Unavailable) else value

    def loaded(self, fact: type[T], subject: object = None) -> T | None:
        """Return the fact if it has been loaded already, without loading it."""
        value = self._loaded(fact, subject)
        return None if isinstance(value, Absent | Unavailable) else cast("T | None", value)

    def _get(self, fact: type, subject: object) -> object:
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
        if loader.network and not self.seconds_left and self._loaded(fact, about) is None:
            return Unavailable(_TOO_LATE)
        return self._once(
            key, lambda: self._call(loader.function, loader.needs, about), fact.__name__
        )

    def _loaded(self, fact: type, subject: object) -> object:
        """Return the fact or its lack, or None if it is not loaded or still being loaded."""
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
        lacks: list[Lack] = []
        for need in needs:
            value = self if need.fact is Facts else self._get(need.fact, subject)
            if isinstance(value, Absent | Unavailable):
                if type(value) not in need.accepts or _owned_by_another(value, owns):
                    lacks.append(value)
                value = None if need.or_none else value
            if need.name:
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
        wanted = self._subject_behind(fact)
        return None if wanted is None or subject is None else self._related(wanted, subject)

    def _subject_behind(self, fact: type) -> type | None:
        """Return the type of subject that a fact, or a fact behind it, is about."""
        if fact not in self._subjects_behind:
            needs = self._loaders[fact].needs if fact in self._loaders else ()
            self._subjects_behind[fact] = self.subject_type(needs)
        return self._subjects_behind[fact]

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
