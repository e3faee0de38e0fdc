"""The one place where a report, or any other result, loses its secrets."""

from __future__ import annotations

import dataclasses
from enum import Enum
from typing import TypeVar, cast

from clawdoctor.finding import Command, Edit, Excerpt, Fix, Report, ReportedFinding, RouteLine, Step
from clawdoctor.redaction.controls import replace_controls, without_controls
from clawdoctor.redaction.hide import Redactor, redact_line, redact_text
from clawdoctor.source.text import Span

T = TypeVar("T")

_VOCABULARY = frozenset(
    {"code", "name", "stage", "scope", "severity", "kind", "applicability", "outcome", "mode"}
    | {"verdict", "status", "broken_at", "hop", "hops", "confidence", "text_kind", "caused_by"}
)
"""Fields with our own vocabulary only. A secret equal to such a word must not break a format."""
_IDS: dict[type, str] = {ReportedFinding: "id", RouteLine: "findings"}
"""Fields with ids of findings. Other types use the same field names for values of the user."""
_UNTRUSTED = frozenset({"body", "summary", "excerpt", "captures"})
"""Fields with text of a server, a log or a user."""
_PROGRAMS = frozenset({"openclaw", "litellm"})


def redact_report(report: Report, redactor: Redactor) -> Report:
    """Return the report for formats: without secrets, control characters and escape sequences.

    Words of the project's own vocabulary (codes, stages, outcomes) stay unchanged.
    """
    return redact(report, redactor)


def redact(value: T, redactor: Redactor) -> T:
    """Return a dataclass of this project without secrets in its strings."""
    return cast("T", _redacted(value, redactor, untrusted=False))


def _redacted(value: object, redactor: Redactor, *, untrusted: bool) -> object:
    match value:
        case Enum() | None | int() | float():
            return value
        case str():
            return redact_text(redactor, without_controls(value), untrusted=untrusted)
        case Excerpt():
            return _redacted_excerpt(value, redactor)
        case Fix():
            return _redacted_fix(value, redactor)
        case tuple() | list():
            return type(value)(_redacted(item, redactor, untrusted=untrusted) for item in value)
        case dict():
            return {
                key if key in _PROGRAMS else _redacted(key, redactor, untrusted=untrusted): (
                    _redacted(item, redactor, untrusted=untrusted)
                )
                for key, item in value.items()
            }
    return _redacted_fields(value, redactor)


def _redacted_fields(value: object, redactor: Redactor) -> object:
    assert dataclasses.is_dataclass(value) and not isinstance(value, type)
    changes = {
        field.name: _redacted(
            getattr(value, field.name), redactor, untrusted=field.name in _UNTRUSTED
        )
        for field in dataclasses.fields(value)
        if field.init and field.name not in _VOCABULARY and field.name != _IDS.get(type(value))
    }
    return dataclasses.replace(value, **changes)


def _redacted_excerpt(excerpt: Excerpt, redactor: Redactor) -> Excerpt:
    text = replace_controls(excerpt.text)
    text, start, end = redact_line(redactor, text, excerpt.start - 1, excerpt.end - 1)
    return Excerpt(excerpt.line, text, start + 1, end + 1)


def _redacted_fix(fix: Fix, redactor: Redactor) -> Fix:
    """A fix whose edits or commands would contain `<hidden>` is one for a person to make."""
    edits = tuple(_redacted_edit(edit, redactor) for edit in fix.edits)
    actions = tuple(_redacted_action(action, redactor) for action in fix.actions)
    fields = {name: getattr(fix, name) for name in ("title", "snippet")}
    shown = {
        name: cast("str", _redacted(text, redactor, untrusted=False))
        for name, text in fields.items()
    }
    lossy = any(edit is None for edit in edits)
    return Fix(
        title=shown["title"],
        applicability="manual" if lossy else fix.applicability,
        edits=() if lossy else tuple(edit for edit in edits if edit is not None),
        snippet=shown["snippet"],
        actions=actions,
    )


def _redacted_edit(edit: Edit, redactor: Redactor) -> Edit | None:
    """The edit, or None if its text is not the one to write."""
    text = redact_text(redactor, without_controls(edit.text, keep_crlf=True))
    if text != edit.text:
        return None
    return Edit(cast("Span", _redacted_fields(edit.span, redactor)), text)


def _redacted_action(action: Command | Step, redactor: Redactor) -> Command | Step:
    text = redact_text(redactor, without_controls(action.text))
    if isinstance(action, Command) and text != without_controls(action.text):
        return Step(text)
    return type(action)(text)
