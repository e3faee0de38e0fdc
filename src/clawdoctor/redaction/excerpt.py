"""Cut one line of a file with a caret out of its text, without secrets.

At its own place a secret is hidden even if it is short; long secrets are hidden everywhere. The
columns of the caret move with the text. A control character takes one column, as in the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from clawdoctor.finding import Excerpt
from clawdoctor.redaction.controls import replace_controls
from clawdoctor.redaction.hide import Redactor, redact_line
from clawdoctor.redaction.secret import Secret
from clawdoctor.redaction.unparsed import lexical_secrets
from clawdoctor.source.text import Span, Text

_COMMENT = re.compile(r"(?:(?<=[\s,;{\[}\]])|^)(?:#|//|/\*)")


def excerpt(
    text: Text, span: Span, secrets: Sequence[Secret], redactor: Redactor
) -> Excerpt | None:
    """The line on which a span starts, or None if the text has no such line.

    Quotes around a secret stay. A caret that covers a part of a secret covers all of `<redacted>`.
    A span that ends on a later line is cut at the end of its first line.
    """
    number = span.start.line
    if span.path != text.path or not 1 <= number <= text.line_count:
        return None
    line = text.line(number)
    start = min(span.start.column - 1, len(line))
    end = min(span.end.column - 1, len(line)) if span.end.line == number else len(line)
    end = max(start, end)
    hidden = [
        found
        for secret in secrets
        if secret.span is not None
        and secret.span.path == text.path
        and secret.span.start.line <= number <= secret.span.end.line
        and (found := _on_line(text, secret.span, number, line)) is not None
    ]
    # Parsers drop comments, which may contain an old key.
    hidden += _in_comment(line, end)
    shown, start, end = redact_line(redactor, replace_controls(line), start, end, hidden)
    return Excerpt(number, shown, start + 1, end + 1)


def _on_line(text: Text, span: Span, number: int, line: str) -> tuple[int, int] | None:
    """The part of a secret's span on one line, inside its quotes."""
    indent = len(line) - len(line.lstrip())
    start = span.start.column - 1 if span.start.line == number else indent
    end = span.end.column - 1 if span.end.line == number else len(line)
    if span.end.line <= text.line_count and _is_quoted(text.slice(span)):
        start += span.start.line == number
        end -= span.end.line == number
    # A block scalar may end after the indentation of the next line.
    return (start, end) if line[start:end].strip() else None


def _is_quoted(source: str) -> bool:
    return len(source) > 1 and source[0] in "\"'" and source[-1] == source[0]


def _in_comment(line: str, start: int) -> Iterator[tuple[int, int]]:
    comment = _COMMENT.search(line, start)
    if comment:
        for _, left, right in lexical_secrets(line[comment.end() :]):
            yield comment.end() + left, comment.end() + right
