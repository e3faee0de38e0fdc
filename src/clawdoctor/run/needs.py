"""The facts that a loader or a check needs, and the reasons why a fact may be missing.

The annotations of a function's parameters name the facts that it needs. A parameter of type `T`
needs the fact: if the fact is `Unavailable` or `Absent`, so is the function's result. A parameter
of type `T | Absent` or `T | Unavailable` accepts that lack, for functions that report on it. A
parameter of type `T | None` is None if the fact is missing for any reason.
"""

from __future__ import annotations

import types
import typing
from collections.abc import Callable, Iterable
from functools import cache
from types import CodeType

from clawdoctor.deferred import dataclass
from clawdoctor.finding import Place
from clawdoctor.run.refusal import Kind, Refusal
from clawdoctor.source.change import Edit

INTERRUPTED = "the run was interrupted"
"""The reason for a fact that the run did not load before Ctrl-C."""
TOO_LATE = "no answer before the run's time was up"
"""The reason for a fact that the run had no time to load."""


@dataclass(frozen=True, slots=True)
class Absent:
    """The thing does not exist here, which in itself is not a fault."""

    reason: str = ""


@dataclass(frozen=True, slots=True)
class Unavailable:
    """The fact exists but could not be loaded.

    With a refusal, the check that owns its kind reports the reason and blocks the checks that need
    the fact. Without a refusal, those checks are unknown. `excluded` means that the mode of the run
    leaves the fact out. `place` is the place of the fault in a file, and `mends` its obvious
    repair, for the check that owns the refusal.
    """

    reason: str
    refusal: Refusal | None = None
    excluded: bool = False
    place: Place | None = None
    mends: tuple[Edit, ...] = ()

    @property
    def kind(self) -> Kind | None:
        """The kind of the refusal, or None if there is no refusal."""
        return self.refusal.kind if self.refusal is not None else None


Lack = Absent | Unavailable
"""The reason why a fact is missing."""

Hint = type | types.UnionType
"""A valid annotation: a fact's type, or a union of it with the lacks that it accepts."""


@dataclass(frozen=True, slots=True)
class Need:
    """A fact that a function needs, and the kinds of lack that it accepts.

    `name` is the parameter. It is empty for a precondition, which is not passed. With `or_none`,
    the parameter is None if the fact is missing.
    """

    name: str
    fact: type
    accepts: tuple[type, ...] = ()
    or_none: bool = False


def needs_of(function: Callable[..., object], requires: Iterable[Hint] = ()) -> tuple[Need, ...]:
    """Return the facts that a loader or a check needs, from its annotations and preconditions.

    Raises TypeError for a parameter that is not a type or a union of one type with `None`, `Absent`
    or `Unavailable`.
    """
    names = function.__globals__
    named: list[tuple[str, object]] = [
        (name, eval(_compiled(hint), names) if isinstance(hint, str) else hint)  # noqa: S307
        for name, hint in function.__annotations__.items()
        if name != "return"
    ]
    named += [("", hint) for hint in requires]
    return tuple(_need(name, hint, function.__qualname__) for name, hint in named)


@cache
def _compiled(annotation: str) -> CodeType:
    """Return the code of an annotation. Hundreds of parameters share a few dozen annotations."""
    return compile(annotation, "<annotation>", "eval")


def _need(name: str, hint: object, function: str) -> Need:
    is_union = isinstance(hint, types.UnionType) or typing.get_origin(hint) is typing.Union
    members = typing.get_args(hint) if is_union else (hint,)
    or_none = types.NoneType in members
    accepts = tuple(lack for lack in (Absent, Unavailable) if or_none or lack in members)
    facts = [member for member in members if member not in (Absent, Unavailable, types.NoneType)]
    if len(facts) != 1 or not isinstance(facts[0], type):
        raise TypeError(f"{function}: parameter {name} asks for {hint}")
    return Need(name, facts[0], accepts, or_none)


def decisive_lack(lacks: Iterable[Lack]) -> Lack:
    """Return the lack that decides the outcome of a check with several lacks.

    Absence comes first: a check of a thing that does not exist is not applicable. Then comes a
    refusal, which a check may own, then an unknown reason, then an exclusion by the mode.
    """
    return min(lacks, key=_lack_rank)


def _lack_rank(lack: Lack) -> int:
    if isinstance(lack, Absent):
        return 0
    if lack.refusal is not None:
        return 1
    return 3 if lack.excluded else 2
