"""The parts of JavaScript that `js_parser` reads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Value:
    """A string, a number or a boolean."""

    value: str | float | bool | None


@dataclass(frozen=True, slots=True)
class Regex:
    """A regular expression, without its slashes."""

    source: str


@dataclass(frozen=True, slots=True)
class Name:
    """An identifier."""

    name: str


@dataclass(frozen=True, slots=True)
class Member:
    """A property of an object: `owner.name`."""

    owner: Expression
    name: str


@dataclass(frozen=True, slots=True)
class Call:
    """A call, with or without `new`."""

    function: Expression
    arguments: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Spread:
    """The elements of another list or mapping: `...inner`."""

    inner: Expression


@dataclass(frozen=True, slots=True)
class Array:
    """A list."""

    items: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Mapping:
    """An object's entries in order; the name of a spread is empty."""

    entries: tuple[tuple[str, Expression], ...]


@dataclass(frozen=True, slots=True)
class Function:
    """A function that returns an expression: `() => result`."""

    parameters: tuple[str, ...]
    result: Expression


@dataclass(frozen=True, slots=True)
class Unread:
    """Anything else."""


Expression: TypeAlias = (
    Value | Regex | Name | Member | Call | Spread | Array | Mapping | Function | Unread
)
