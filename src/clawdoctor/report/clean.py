"""The report with harmless strings: text of a file or a server must not steer a terminal."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from enum import Enum
from typing import Any, TypeVar, cast

from clawdoctor.finding import Excerpt
from clawdoctor.redaction.controls import visible_controls

T = TypeVar("T")

_TO_ASCII = str.maketrans(
    {"→": "->", "…": "...", "·": "-", "✓": "ok", "✗": "x", "–": "-", "—": "-"}
    | {"“": '"', "”": '"', "‘": "'", "’": "'", "≥": ">=", "≤": "<="}
)

MULTILINE = frozenset({"snippet", "actions", "detail"})
"""The fields that keep their line ends, at all levels. In other fields they become spaces."""


def clean(
    text: str, *, unicode: bool = True, multiline: bool = False, columns: bool = False
) -> str:
    """`text` with its control characters made visible, so that no terminal obeys them.

    `columns` keeps the number of characters, which the caret of an excerpt needs.
    """
    if multiline:
        text = text.replace("\r\n", "\n")
    safe = visible_controls(text, multiline=multiline)
    if unicode:
        return safe
    return (safe if columns else safe.translate(_TO_ASCII)).encode("ascii", "replace").decode()


def cleaned(value: T, *, unicode: bool) -> T:
    """A report or a trace with every string cleaned, so that no later code needs to clean any."""
    return cast("T", _cleaned(value, unicode, multiline=False, columns=False))


def _cleaned(value: object, unicode: bool, multiline: bool, columns: bool) -> object:
    if isinstance(value, Enum):
        return value
    if isinstance(value, str):
        return clean(value, unicode=unicode, multiline=multiline, columns=columns)
    if isinstance(value, tuple):
        return tuple(_cleaned(item, unicode, multiline, columns) for item in value)
    if isinstance(value, dict):
        return {key: _cleaned(item, unicode, multiline, columns) for key, item in value.items()}
    if is_dataclass(value) and not isinstance(value, type):
        in_excerpt = isinstance(value, Excerpt)
        changes: dict[str, Any] = {
            item.name: _cleaned(
                getattr(value, item.name), unicode, multiline or item.name in MULTILINE, in_excerpt
            )
            for item in fields(value)
        }
        return replace(value, **changes)
    return value
