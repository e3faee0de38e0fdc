"""The report's strings made harmless: what a file or a server said must not steer a terminal."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from enum import Enum
from typing import Any, cast

from clawdoctor.finding import Excerpt, Report
from clawdoctor.redaction.controls import visible_controls

_TO_ASCII = str.maketrans(
    {"→": "->", "…": "...", "·": "-", "✓": "ok", "✗": "x", "–": "-", "—": "-"}
    | {"“": '"', "”": '"', "‘": "'", "’": "'", "≥": ">=", "≤": "<="}
)

MULTILINE = frozenset({"snippet", "actions", "detail"})
"""The fields whose line ends mean something, with all below them; elsewhere they become spaces."""


def clean(
    text: str, *, unicode: bool = True, multiline: bool = False, columns: bool = False
) -> str:
    """`text` without anything that a terminal obeys: control characters become visible.

    `columns` keeps one character for one character, as an excerpt's caret needs.
    """
    if multiline:
        text = text.replace("\r\n", "\n")
    safe = visible_controls(text, multiline=multiline)
    if unicode:
        return safe
    return (safe if columns else safe.translate(_TO_ASCII)).encode("ascii", "replace").decode()


def clean_report(report: Report, *, unicode: bool) -> Report:
    """The report with every string in it cleaned, so that nothing after has to remember to."""
    return cast("Report", _cleaned(report, unicode, multiline=False, columns=False))


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
