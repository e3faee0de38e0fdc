"""The one place where a report, or any other result, loses its secrets."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import replace
from enum import Enum
from functools import cache
from operator import is_not
from typing import Any, TypeVar, cast

from clawdoctor.finding import (
    Command,
    DiffLine,
    Excerpt,
    Fix,
    Outcome,
    Report,
    ReportedFinding,
    RouteLine,
    Step,
    SubjectOutcome,
)
from clawdoctor.redaction.controls import replace_controls, without_controls
from clawdoctor.redaction.hide import Redactor, redact_text
from clawdoctor.source.change import Edit
from clawdoctor.source.secret import HIDDEN
from clawdoctor.source.text import Position, Span

T = TypeVar("T")

_VOCABULARY = frozenset(
    {"code", "name", "stage", "scope", "severity", "kind", "applicability", "outcome", "mode"}
    | {"verdict", "status", "broken_at", "hop", "hops", "confidence", "text_kind", "caused_by"}
    | {"sender", "receiver", "condition", "via", "by", "speakers"}
)
"""Fields with our own vocabulary only. A secret equal to such a word must not break a format."""
_IDS: dict[type, str] = {ReportedFinding: "id", RouteLine: "findings"}
"""Fields with ids of findings. Other types use the same field names for values of the user."""
_UNTRUSTED = frozenset({"body", "summary", "excerpt", "captures", "justification"})
"""Fields with text from a server, a log or a user."""
_PROGRAMS = frozenset({"openclaw", "litellm"})


_PLAIN = frozenset({int, float, bool, type(None), Position})
"""Types of values without text."""
_Hide = Callable[..., str]
"""Removes the secrets from a string. Equal strings are searched once."""


def redact_report(report: Report, redactor: Redactor) -> Report:
    """Return the report for formats, without secrets, control characters and escape sequences.

    Words of the project's vocabulary (codes, stages, outcomes) stay unchanged.
    """
    return redact(report, redactor)


def redact(value: T, redactor: Redactor) -> T:
    """Return a dataclass of this project without secrets in its strings."""

    @cache
    def hide(
        text: str, *, untrusted: bool = False, keep_crlf: bool = False, settings: bool = False
    ) -> str:
        clean = without_controls(text, keep_crlf=keep_crlf)
        return redact_text(redactor, clean, untrusted=untrusted, settings=settings)

    return cast("T", _redacted(value, hide, untrusted=False))


def _redacted(value: object, hide: _Hide, *, untrusted: bool) -> object:
    if not value or type(value) in _PLAIN or isinstance(value, Enum):
        return value
    match value:
        case str():
            hidden = hide(value, untrusted=untrusted)
            return value if hidden == value else hidden
        case SubjectOutcome(outcome=Outcome.PASSED):  # most of a report, with an id and no more
            return value if hide(value.id) == value.id else replace(value, id=hide(value.id))
        case Excerpt():
            return _redacted_excerpt(value, hide)
        case Fix():
            return _redacted_fix(value, hide)
        case tuple():
            items = tuple(_redacted(item, hide, untrusted=untrusted) for item in value)
            return items if any(map(is_not, items, value)) else value
        case list():
            return [_redacted(item, hide, untrusted=untrusted) for item in value]
        case dict():
            return {
                key if key in _PROGRAMS else _redacted(key, hide, untrusted=untrusted): (
                    _redacted(item, hide, untrusted=untrusted)
                )
                for key, item in value.items()
            }
    return _redacted_fields(value, hide)


def _redacted_excerpt(excerpt: Excerpt, hide: _Hide) -> Excerpt:
    """Return the excerpt unchanged, unless something in it is secret after all."""
    text = replace_controls(excerpt.text)
    if hide(text) == text:
        return replace(excerpt, text=text)
    return Excerpt(excerpt.line, HIDDEN, 1, len(HIDDEN) + 1)


def _redacted_fields(value: object, hide: _Hide) -> object:
    assert dataclasses.is_dataclass(value) and not isinstance(value, type)
    changes: dict[str, Any] = {}
    for name in _redacted_names(type(value)):
        old = getattr(value, name)
        new = _redacted(old, hide, untrusted=name in _UNTRUSTED)
        if new is not old:
            changes[name] = new
    return replace(value, **changes) if changes else value


@cache
def _redacted_names(kind: type) -> tuple[str, ...]:
    """Return the names of the fields whose strings come from elsewhere."""
    return tuple(
        field.name
        for field in dataclasses.fields(kind)
        if field.init and field.name not in _VOCABULARY and field.name != _IDS.get(kind)
    )


def _redacted_fix(fix: Fix, hide: _Hide) -> Fix:
    """Return a fix, as a manual fix if its edits or commands would contain `<hidden>`."""
    edits = tuple(_redacted_edit(edit, hide) for edit in fix.edits)
    lossy = any(edit is None for edit in edits)
    return Fix(
        title=hide(fix.title, settings=True),
        applicability="manual" if lossy else fix.applicability,
        edits=() if lossy else tuple(edit for edit in edits if edit is not None),
        snippet=hide(fix.snippet, settings=True),
        actions=tuple(_redacted_action(action, hide) for action in fix.actions),
        diff=() if lossy else tuple(_redacted_diff_line(line, hide) for line in fix.diff),
    )


def _redacted_diff_line(line: DiffLine, hide: _Hide) -> DiffLine:
    """Return the line unchanged, unless something in it is secret after all."""
    text = replace_controls(line.text)
    return replace(line, text=text if hide(text, settings=True) == text else HIDDEN)


def _redacted_edit(edit: Edit, hide: _Hide) -> Edit | None:
    """Return the edit, or None if redaction would change its text."""
    if hide(edit.text, keep_crlf=True, settings=True) != edit.text:
        return None
    return Edit(cast("Span", _redacted_fields(edit.span, hide)), edit.text)


def _redacted_action(action: Command | Step, hide: _Hide) -> Command | Step:
    text = hide(action.text)
    if isinstance(action, Command) and text != without_controls(action.text):
        return Step(text)
    return replace(action, text=text)
