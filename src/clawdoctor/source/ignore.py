"""Comments that suppress findings: `# clawdoctor: ignore[LL113] reason`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from clawdoctor.deferred import dataclass, regex
from clawdoctor.source.text import Span, Text

_COMMENT = regex(
    r"(?:#|//|/\*)[ \t]*clawdoctor:[ \t]*ignore\b(?:[ \t]*\[(?P<codes>[^\]\r\n]{0,400})\])?"
    r"(?P<reason>[^\r\n]{0,400})"
)
_BLANK_OR_COMMENT = regex(r"[ \t]*(?:#|//|/\*|\*|$)")
_BLANK = regex(r"[ \t]*$")
_MOST = 1000
"""The maximum number of comments in a file that count."""


@dataclass(frozen=True, slots=True)
class Ignore:
    """A comment that suppresses findings of some codes, and the lines that it applies to.

    These are its own line and, if it is alone there, the next line that is not a comment.
    `at_start` says that it precedes everything else in the file: it then also applies to findings
    about the file as a whole.
    """

    span: Span
    codes: tuple[str, ...]
    reason: str
    lines: tuple[int, ...]
    at_start: bool


def ignores_in(text: Text, scalars: Iterable[tuple[int, int]]) -> list[Ignore]:
    """Return the comments of a parsed file, in order.

    `scalars` are the offsets of its keys and scalars: what looks like a comment there is none.
    """
    if "clawdoctor:" not in text.content:
        return []
    first = _next_line(text, 1)
    found = [_ignore(text, match, first) for match in _outside(text, sorted(scalars))]
    return found[:_MOST]


def _outside(text: Text, scalars: list[tuple[int, int]]) -> Iterator[re.Match[str]]:
    position = 0
    for match in _COMMENT.finditer(text.content):
        while position < len(scalars) and scalars[position][1] <= match.start():
            position += 1
        if position == len(scalars) or match.start() < scalars[position][0]:
            yield match


def _ignore(text: Text, match: re.Match[str], first: int) -> Ignore:
    span = text.span(*match.span())
    line = span.start.line
    alone = _BLANK.fullmatch(text.line(line)[: span.start.column - 1]) is not None
    codes = tuple(filter(None, (code.strip() for code in (match["codes"] or "").split(","))))
    return Ignore(
        span,
        codes,
        match["reason"].strip().removesuffix("*/").strip(" \t:-"),
        (line, _next_line(text, line + 1)) if alone else (line,),
        line < first,
    )


def _next_line(text: Text, line: int) -> int:
    """Return the first line from `line` on that is neither blank nor a comment."""
    while line <= text.line_count and _BLANK_OR_COMMENT.match(text.line(line)):
        line += 1
    return line
