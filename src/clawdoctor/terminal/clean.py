"""Make the strings of a report harmless: text from files or servers must not steer a terminal."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from enum import Enum
from functools import cache
from operator import is_not
from typing import Any, TypeVar, cast

from clawdoctor.finding import Excerpt
from clawdoctor.redaction.controls import visible_controls

T = TypeVar("T")

_TO_ASCII = str.maketrans(
    {"→": "->", "…": "...", "·": "-", "✓": "ok", "✗": "x", "–": "-", "—": "-"}
    | {"“": '"', "”": '"', "‘": "'", "’": "'", "≥": ">=", "≤": "<="}
    | {"─": "-", "▶": ">", "\xa0": " "}
)

MULTILINE = frozenset({"snippet", "actions", "detail"})
"""The fields that keep their line ends, at all levels. In others they become spaces."""


def clean(
    text: str, *, unicode: bool = True, multiline: bool = False, columns: bool = False
) -> str:
    """Return `text` with its control characters made visible, so that no terminal obeys them.

    `columns` keeps the number of characters, which the caret of an excerpt needs.
    """
    if multiline:
        text = text.replace("\r\n", "\n")
    safe = visible_controls(text, multiline=multiline)
    if unicode:
        return safe
    return (safe if columns else safe.translate(_TO_ASCII)).encode("ascii", "replace").decode()


def cleaned(value: T, *, unicode: bool) -> T:
    """Return a report or a trace with every string cleaned, so that no later code has to."""
    return cast("T", _cleaned(value, unicode, multiline=False, columns=False))


def _cleaned(value: object, unicode: bool, multiline: bool, columns: bool) -> object:
    """Return the value with its strings cleaned, or the same object if all of them are clean."""
    if not value:
        return value
    if isinstance(value, str):
        if isinstance(value, Enum):
            return value
        return clean(value, unicode=unicode, multiline=multiline, columns=columns)
    if isinstance(value, tuple):
        items = tuple(_cleaned(item, unicode, multiline, columns) for item in value)
        return items if any(map(is_not, items, value)) else value
    if isinstance(value, dict):
        return {key: _cleaned(item, unicode, multiline, columns) for key, item in value.items()}
    in_excerpt = isinstance(value, Excerpt)
    changes: dict[str, Any] = {}
    kind: type = type(value)
    for name in _field_names(kind):
        old = getattr(value, name)
        new = _cleaned(old, unicode, multiline or name in MULTILINE, in_excerpt)
        if new is not old:
            changes[name] = new
    return replace(cast("Any", value), **changes) if changes else value


@cache
def _field_names(kind: type) -> tuple[str, ...]:
    return tuple(item.name for item in fields(kind)) if is_dataclass(kind) else ()
