"""Facts: requested by type, and loaded at most once.

A loader is a function whose return annotation names the fact that it loads and whose parameters
name the facts that it needs.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import field
from typing import Any, Literal, TypeVar, cast

from clawdoctor.deferred import dataclass
from clawdoctor.run.needs import (
    INTERRUPTED,
    TOO_LATE,
    Absent,
    Hint,
    Lack,
    Need,
    Unavailable,
    decisive_lack,
    needs_of,
)
from clawdoctor.run.refusal import Kind, RefusalKind

Depth = Literal["offline", "free", "live"]
DEPTHS: tuple[Depth, ...] = ("offline", "free", "live")
"""How far a run goes: files only; also free requests; also one small turn per route."""

_GRACE = 2.0  # seconds

_LACKS = (Absent, Unavailable)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Loader:
    """How a type of fact is loaded. `depth` is the least deep run that may load it.

    `refusals` are the kinds of refusal that the function reports. `requires` are facts that must be
    available first, though the function does not read them.
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
        """Whether loading waits for the network, and so runs concurrently."""
        return self.depth != "offline"


@dataclass(frozen=True, slots=True)
class Subjects:
    """A type of subject: a check that needs it runs once per subject of this type.

    `load` is a loader's function that returns a tuple of all subjects. `related` maps a subject of
    another type to the subject that belongs to it (a deployment's resource), or to a lack.
    `requires` has the same meaning as for a `Loader`.
    """

    subject: type
    load: Callable[..., object]
    related: Mapping[type, Callable[[Facts, Any], object]] = field(default_factory=dict)
    requires: tuple[Hint, ...] = ()


@dataclass(slots=True)
class _Slot:
    """A fact that is being loaded. `done` is set once `value` is available."""

    done: threading.Event = field(default_factory=threading.Event)
    value: object = None


class Facts:
    """The facts of one run. Safe to use from several threads; each fact is loaded once.

    `failures` collects the exceptions of loaders. They are bugs in clawdoctor, and their facts are
    unavailable.
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
        """Create the facts. `deadline` is a time of `clock` in seconds; no call waits past it."""
        self._loaders = {loader.fact: loader for loader in loaders}
        self._subjects = {subject.subject: subject for subject in subjects}
        self._subject_needs = {
            each.subject: needs_of(each.load, each.requires) for each in subjects
        }
        self._depth = DEPTHS.index(depth)
        self._deadline = deadline
        self._clock = clock
        self._late_reason = TOO_LATE
        self._excluded_reason = excluded_reason
        self._subject_types: dict[type, type | None] = {}
        self._network_facts: dict[type, tuple[type, ...]] = {}
        self._slots: dict[tuple[object, ...], _Slot] = {}
        self._lock = threading.Lock()
        self.failures: list[tuple[str, BaseException]] = []

    @property
    def seconds_left(self) -> float:
        """The seconds until the deadline, at least 0."""
        return max(0.0, self._deadline - self._clock())

    def stop(self, reason: str) -> None:
        """Load nothing more from the network. `reason` is why these facts are unavailable."""
        self._deadline, self._late_reason = float("-inf"), reason

    def time_for_checks(self) -> float:
        """Return when the checks must end: at the deadline, or shortly after the network's end.

        A server that uses up the time must not keep the run from reporting on the files.
        """
        return max(self._deadline, self._clock() + _GRACE)

    def is_past(self, end: float) -> bool:
        """Return whether a time of this run's clock has passed."""
        return self._clock() >= end

    def subject_type(self, needs: Sequence[Need]) -> type | None:
        """Return the type of subject in these needs, or the type that a fact in them is about.

        Raises TypeError if the needs name several.
        """
        subjects = [need.fact for need in needs if need.fact in self._subjects]
        if len(subjects) > 1:
            raise TypeError(f"more than one subject: {subjects}")
        if subjects:
            return subjects[0]
        indirect = (self._subject_type_of(need.fact) for need in needs)
        return next(filter(None, indirect), None)

    def subjects(self, subject: type[T]) -> tuple[T, ...] | Lack:
        """Return all subjects of a type, or the reason why they are unknown."""
        load, needs = self._subjects[subject].load, self._subject_needs[subject]
        loaded = self._load_once(
            (subject,), lambda: self._call(load, needs, None), subject.__name__
        )
        return cast("tuple[T, ...] | Lack", loaded)

    def get(self, fact: type[T], subject: object = None) -> T | Lack:
        """Return the fact, or the reason why it is missing. `subject` is what the fact is about."""
        return cast("T | Lack", self._get(fact, subject))

    def known(self, fact: type[T], subject: object = None) -> T | None:
        """Return the fact, or None if it is missing for any reason."""
        value = self.get(fact, subject)
        return None if isinstance(value, _LACKS) else value

    def loaded(self, fact: type[T], subject: object = None) -> T | None:
        """Return the fact if it is already loaded, without loading it."""
        value = self._loaded(fact, subject)
        return None if isinstance(value, _LACKS) else cast("T | None", value)

    def excludes(self, fact: type) -> bool:
        """Return whether the mode of the run excludes the source of a fact."""
        loader = self._loaders.get(fact)
        return loader is not None and DEPTHS.index(loader.depth) > self._depth

    def _get(self, fact: type, subject: object) -> object:
        if fact in self._subjects:
            return self._related(fact, subject)
        about = self.subject_for(fact, subject)
        if isinstance(about, _LACKS):
            return about
        key = (fact, getattr(about, "id", None))
        slot = self._slots.get(key)
        if slot is not None and slot.done.is_set():
            return slot.value
        loader = self._loaders.get(fact)
        if loader is None:
            raise LookupError(f"no loader makes {fact.__name__}")
        if self.excludes(fact):
            return Unavailable(self._excluded_reason, excluded=True)
        if loader.network and not self.seconds_left:
            return Unavailable(self._late_reason)
        return self._load_once(
            key, lambda: self._call(loader.function, loader.needs, about), fact.__name__
        )

    def _loaded(self, fact: type, subject: object) -> object:
        """Return the fact or its lack, or None if it is not loaded or still loading."""
        slot = self._slots.get((fact, getattr(subject, "id", None)))
        return slot.value if slot is not None and slot.done.is_set() else None

    def network_keys(self, needs: Sequence[Need], subject: object) -> list[tuple[type, object]]:
        """Return the network facts that these needs depend on, dependencies first."""
        facts = dict.fromkeys(fact for need in needs for fact in self._network_facts_for(need.fact))
        subjects = {fact: self.subject_for(fact, subject) for fact in facts}
        return [pair for pair in subjects.items() if not isinstance(pair[1], _LACKS)]

    def _network_facts_for(self, fact: type) -> tuple[type, ...]:
        """Return the network facts that a fact depends on, dependencies first; cached."""
        if fact not in self._network_facts:
            loader = self._loaders.get(fact)
            found: dict[type, None] = {}
            if loader is not None and DEPTHS.index(loader.depth) <= self._depth:
                for need in loader.needs:
                    found |= dict.fromkeys(self._network_facts_for(need.fact))
                found |= {fact: None} if loader.network else {}
            self._network_facts[fact] = tuple(found)
        return self._network_facts[fact]

    def arguments(
        self, needs: Sequence[Need], subject: object, owns: tuple[Kind, ...] | None = None
    ) -> dict[str, object] | Lack:
        """Return the values of a function's parameters, or the decisive lack that it rejects.

        `owns` are the kinds of refusal that the check itself owns. A refusal that another check
        owns blocks this check even if it accepts `Unavailable`.
        """
        return self.bind(needs, owns)(subject)

    def bind(
        self, needs: Sequence[Need], owns: tuple[Kind, ...] | None = None
    ) -> Callable[[object], dict[str, object] | Lack]:
        """Return `arguments` as a function of the subject. It loads the chain's facts once."""
        varying = [need for need in needs if self._varies(need.fact)]
        constant = [need for need in needs if not self._varies(need.fact)]
        shared: tuple[dict[str, object], list[Lack]] | None = None

        def arguments(subject: object) -> dict[str, object] | Lack:
            nonlocal shared
            if shared is None:
                shared = self._values(constant, None, owns)
            values, lacks = self._values(varying, subject, owns)
            if lacks or shared[1]:
                return decisive_lack([*shared[1], *lacks])
            return shared[0] | values

        return arguments

    def _varies(self, fact: type) -> bool:
        """Return whether a fact is a subject, or is about one."""
        return fact in self._subjects or self._subject_type_of(fact) is not None

    def _values(
        self, needs: Iterable[Need], subject: object, owns: tuple[Kind, ...] | None
    ) -> tuple[dict[str, object], list[Lack]]:
        """Return the values of parameters by name, and the lacks that these do not accept."""
        values: dict[str, object] = {}
        lacks: list[Lack] = []
        for need in needs:
            value = self if need.fact is Facts else self._get(need.fact, subject)
            if isinstance(value, _LACKS):
                if type(value) not in need.accepts or _owned_by_another(value, owns):
                    lacks.append(value)
                value = None if need.or_none else value
            if need.name:
                values[need.name] = value
        return values, lacks

    def _related(self, wanted: type, subject: object) -> object:
        if subject is None or isinstance(subject, wanted):
            return subject
        related = self._subjects[wanted].related.get(type(subject))
        if related is None:
            raise LookupError(f"no {wanted.__name__} belongs to {type(subject).__name__}")
        return related(self, subject)

    def subject_for(self, fact: type, subject: object) -> object:
        """Return the subject of a fact that a check of `subject` needs, or None for the chain."""
        wanted = self._subject_type_of(fact)
        return None if wanted is None or subject is None else self._related(wanted, subject)

    def _subject_type_of(self, fact: type) -> type | None:
        """Return the type of subject that a fact, or one of its dependencies, is about."""
        if fact not in self._subject_types:
            needs = self._loaders[fact].needs if fact in self._loaders else ()
            self._subject_types[fact] = self.subject_type(needs)
        return self._subject_types[fact]

    def _call(
        self, function: Callable[..., object], needs: Sequence[Need], subject: object
    ) -> object:
        arguments = self.arguments(needs, subject)
        return function(**arguments) if isinstance(arguments, dict) else arguments

    def _load_once(self, key: tuple[object, ...], make: Callable[[], object], where: str) -> object:
        with self._lock:
            slot = self._slots.get(key)
            is_first = slot is None
            if slot is None:
                slot = self._slots[key] = _Slot()
        if is_first:
            try:
                slot.value = make()
            except Exception as error:
                self.failures.append((f"the loader of {where}", error))
                slot.value = Unavailable(f"clawdoctor failed while it looked for {where}")
            except BaseException:  # Ctrl-C: the next call loads the fact again
                slot.value = Unavailable(INTERRUPTED)
                self._slots.pop(key, None)
                raise
            finally:
                slot.done.set()
        elif not slot.done.is_set() and not slot.done.wait(
            min(self.seconds_left, threading.TIMEOUT_MAX)
        ):
            return Unavailable(self._late_reason)
        return slot.value


def _owned_by_another(lack: Lack, owns: tuple[Kind, ...] | None) -> bool:
    if owns is None or isinstance(lack, Absent) or lack.kind is None:
        return False
    return lack.kind not in owns
