"""Cut out the part of a line that a caret marks, and hide everything that may be secret.

Only keys, scalars and punctuation are shown. A comment at the end is cut off, because it may
contain an old key. The columns of the caret move with the text. A control character takes one
column.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator

from clawdoctor.deferred import regex
from clawdoctor.finding import Excerpt
from clawdoctor.redaction.controls import replace_controls
from clawdoctor.redaction.hide import Redactor, redact_line
from clawdoctor.redaction.randomness import Range
from clawdoctor.redaction.regions import Regions, Token
from clawdoctor.redaction.unparsed import hidden_in_line
from clawdoctor.source.text import Position, Span

BEFORE, AFTER, LONGEST = 120, 160, 240
"""The number of characters that an excerpt shows before a caret, after it, and under it."""
_CUT = "..."
_GAP = regex(
    r"(?P<structure>[\s{}\[\],:?|>+=\-\"'\\]+|[&*](?!\w*\d\w*\d\w*\d)[A-Za-z][\w\-]{0,30}|<<"
    r"|!!?[a-z]{1,12})"
    r"|(?P<comment>#|//|/\*)|(?P<other>[^\s{}\[\],:\"'#/]+|.)"
)


def excerpt(
    regions: Regions, span: Span, redactor: Redactor, *, hint_at_comment: bool = False
) -> Excerpt | None:
    """Return the line on which a span starts, or None if the text has no such line.

    With `hint_at_comment` a comment at the end becomes "# ...".

    A long line is cut to the part near the caret. A caret that covers part of a hidden text covers
    all of `<hidden>`. A span that ends on a later line is cut at the end of its first line.
    """
    text, number = regions.text, span.start.line
    if span.path != text.path or not 1 <= number <= text.line_count:
        return None
    line_start = text.offset(Position(number, 1))
    line_end = text.line_end(number)
    start = min(text.offset(span.start), line_end)
    end = min(text.offset(span.end), line_end) if span.end.line == number else line_end
    end = min(max(start, end), start + LONGEST)
    first, last = max(line_start, start - BEFORE), min(line_end, end + AFTER)
    if regions.tokens is None:
        hidden = list(hidden_in_line(text.content, first, last, line_start))
        stop = last
    else:
        hidden, stop = _hidden(text.content, regions.tokens, (first, last), end)
    shown = text.content[first:stop]
    if stop < last and not hint_at_comment:
        shown = shown.rstrip()
    # The indentation of a multi-line text stays.
    low = first + (len(shown) - len(shown.lstrip()) if first == line_start else 0)
    ranges = [(max(a, low) - first, min(b, stop) - first) for a, b in hidden if a < stop]
    shown, left, right = redact_line(
        redactor, replace_controls(shown), start - first, max(start, min(end, stop)) - first, ranges
    )
    before = _CUT if first > line_start else ""
    after = _CUT if last < line_end and stop == last else ""
    if hint_at_comment and stop < last:
        after = f"{'#' if text.content[stop] == '#' else '//'} {_CUT}"
    shift = len(before) + 1
    return Excerpt(number, f"{before}{shown}{after}", left + shift, right + shift)


def _hidden(
    content: str, tokens: tuple[Token, ...], window: Range, caret_end: int
) -> tuple[list[Range], int]:
    """Return the hidden ranges of a window, and the offset where a comment ends it."""
    first, last = window
    index = bisect_right(tokens, first, key=lambda token: token.start)
    index = max(0, index - 1)
    hidden: list[Range] = []
    done = first
    for token in _overlapping(tokens, index, first, last):
        if token.start > done:
            gap, comment = _in_gap(content, done, token.start)
            hidden += gap
            if comment is not None:  # between two tokens, so the text after it is needed
                hidden.append((comment, token.start))
        hidden += token.hidden
        done = max(done, token.end)
    if done < last:
        gap, comment = _in_gap(content, done, last)
        hidden += gap
        if comment is not None and comment >= caret_end:
            return hidden, comment
        if comment is not None:
            hidden.append((comment, last))
    return [(a, b) for a, b in hidden if a < last and b > first], last


def _overlapping(tokens: tuple[Token, ...], index: int, first: int, last: int) -> Iterator[Token]:
    while index < len(tokens) and tokens[index].start < last:
        if tokens[index].end > first:
            yield tokens[index]
        index += 1


def _in_gap(content: str, start: int, end: int) -> tuple[list[Range], int | None]:
    """Return the hidden ranges between two tokens, and the offset of the first comment."""
    hidden: list[Range] = []
    for match in _GAP.finditer(content, start, end):
        if match["comment"]:
            return hidden, match.start()
        if match["other"]:
            hidden.append(match.span())
    return hidden, None


def shown_line(regions: Regions, number: int, column: int, redactor: Redactor) -> str:
    """Return a line with all possible secrets hidden, cut to the part near a column."""
    place = Position(number, column)
    span = Span(regions.text.path, place, place)
    found = excerpt(regions, span, redactor, hint_at_comment=True)
    return found.text if found is not None else ""
