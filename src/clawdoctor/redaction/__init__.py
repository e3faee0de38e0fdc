"""Remove secrets from reports. Every report passes here before a format sees it."""

from __future__ import annotations

import dataclasses
from enum import Enum
from typing import TypeVar, cast

from clawdoctor.finding import Edit, Excerpt, Report, ReportedFinding, RouteLine
from clawdoctor.redaction.controls import replace_controls, without_controls
from clawdoctor.redaction.excerpt import excerpt
from clawdoctor.redaction.hide import Redactor, redact_line, redact_text, redactor
from clawdoctor.redaction.secret import Secret, secrets_in, variables_in
from clawdoctor.redaction.secret_name import names_secret
from clawdoctor.redaction.unparsed import secrets_in_unparsed
from clawdoctor.source.text import Span

__all__ = [
    "Redactor",
    "Secret",
    "excerpt",
    "names_secret",
    "redact",
    "redact_report",
    "redact_text",
    "redactor",
    "secrets_in",
    "secrets_in_unparsed",
    "variables_in",
]

T = TypeVar("T")

_VOCABULARY = frozenset(
    {"code", "name", "stage", "scope", "severity", "kind", "applicability", "outcome", "mode"}
    | {"verdict", "status", "broken_at", "hop", "hops", "confidence", "text_kind", "caused_by"}
)
"""Fields with our own vocabulary only. A secret equal to such a word must not break a format."""
_IDS: dict[type, str] = {ReportedFinding: "id", RouteLine: "findings"}
"""Fields with ids of findings. Other types use the same field names for values of the user."""
_PROGRAMS = frozenset({"openclaw", "litellm"})


def redact_report(report: Report, redactor: Redactor) -> Report:
    """The report for formats: without secrets, control characters and escape sequences.

    Words of the project's own vocabulary (codes, stages, outcomes) stay unchanged.
    """
    return redact(report, redactor)


def redact(value: T, redactor: Redactor) -> T:
    """A dataclass of this project, without secrets in the strings that come from elsewhere."""
    return cast("T", _cleaned(value, redactor))


def _cleaned(value: object, redactor: Redactor) -> object:
    match value:
        case Enum() | None | int() | float():
            return value
        case str():
            return redact_text(redactor, without_controls(value))
        case Excerpt():
            return _cleaned_excerpt(value, redactor)
        case Edit():
            text = redact_text(redactor, without_controls(value.text, keep_crlf=True))
            return Edit(cast("Span", _cleaned(value.span, redactor)), text)
        case tuple() | list():
            return type(value)(_cleaned(item, redactor) for item in value)
        case dict():
            return {
                key if key in _PROGRAMS else _cleaned(key, redactor): _cleaned(item, redactor)
                for key, item in value.items()
            }
    assert dataclasses.is_dataclass(value) and not isinstance(value, type)
    changes = {
        field.name: _cleaned(getattr(value, field.name), redactor)
        for field in dataclasses.fields(value)
        if field.init and field.name not in _VOCABULARY and field.name != _IDS.get(type(value))
    }
    return dataclasses.replace(value, **changes)


def _cleaned_excerpt(excerpt: Excerpt, redactor: Redactor) -> Excerpt:
    text = replace_controls(excerpt.text)
    text, start, end = redact_line(redactor, text, excerpt.start - 1, excerpt.end - 1)
    return Excerpt(excerpt.line, text, start + 1, end + 1)
