"""Insert and remove parts of a bracketed container, in JSON5 and in YAML's flow style."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TypeAlias

from clawdoctor.deferred import regex
from clawdoctor.source.change import Edit
from clawdoctor.source.layout import (
    ends_line,
    indentation,
    line_end,
    line_prefix,
    newline,
    next_line,
    unit,
)
from clawdoctor.source.text import Span, Text

Part: TypeAlias = tuple[int, int]
"""The offsets of a key with its value, or of an item."""

Write: TypeAlias = Callable[[str | None], str]
"""Write a part with the indentation of its line, or on the same line if it is None."""

JSON5_GAP = regex(r"(?:\s++|//[^\n\r\u2028\u2029]*+|/\*(?s:.*?)\*/|\ufeff)*+")
YAML_GAP = regex(r"(?:\s++|(?<=\s)\#[^\n\r]*+)*+")
_LINE_COMMENTS = regex(r"(?:[ \t]*(?:/\*[^\n\r]*?\*/|//[^\n\r]*|(?<=[ \t])#[^\n\r]*))*[ \t]*")
_BLANKS = regex(r"[ \t]*")
_COMMENT = regex(r"[ \t]*//[^\n\r]*")


def insert(
    text: Text,
    container: Span,
    last: Part | None,
    write: Write,
    gap: re.Pattern[str],
    comment: str = "",
) -> tuple[Edit, ...]:
    """Return the edits that insert a part after the last one.

    The part gets a line of its own, and a comma after it, if the last one has them. Only then the
    comment follows.
    """
    content = text.content
    opening, closing = text.offset(container.start), text.offset(container.end) - 1
    if last is None:
        blank = " " if content[opening] == "{" and gap is JSON5_GAP else ""
        return (_first(text, opening, closing, write, blank),)
    start, end = last
    comma = _gap_end(gap, content, end)
    has_comma = content[comma] == ","
    after = comma + 1 if has_comma else end
    prefix = line_prefix(text, start)
    if not has_own_line(text, container, last, gap):
        if has_comma:
            return (_insertion(text, after, f" {write(None)},"),)
        blank = "" if content[start - 1 : start] == "," else " "
        return (_insertion(text, end, f",{blank}{write(None)}"),)
    line = f"{newline(text)}{prefix}{write(prefix)}{',' if has_comma else ''}{comment}"
    comments = _LINE_COMMENTS.match(content, after)
    at = comments.end() if comments and ends_line(text, comments.end()) else after
    if has_comma:
        return (_insertion(text, at, line),)
    if at == end or not content[end:at].strip():
        return (_insertion(text, end, f",{line}"),)
    return _insertion(text, end, ","), _insertion(text, at, line)


def replaced(text: Text, span: Span, written: str) -> tuple[Edit, ...]:
    """Return the edits that replace a value. A value that the new one contains is not rewritten."""
    old = text.slice(span)
    before, found, after = written.partition(old)
    if not old or not found or written == old:
        return (Edit(span, written),)
    start, end = text.offset(span.start), text.offset(span.end)
    parts = ((text.span(start, start), before), (text.span(end, end), after))
    return tuple(Edit(place, added) for place, added in parts if added)


def has_own_line(text: Text, container: Span, last: Part | None, gap: re.Pattern[str]) -> bool:
    """Return whether the last part of a container has a line of its own, as one after it gets."""
    if last is None or line_prefix(text, last[0]).strip():
        return False
    comma = _gap_end(gap, text.content, last[1])
    after = comma + 1 if text.content[comma] == "," else last[1]
    return line_end(text, after) < text.offset(container.end) - 1


def comment_after(text: Text, end: int) -> str:
    """Return the comment after a part of JSON5 and its comma, including blanks before it, or ""."""
    comma = _BLANKS.match(text.content, end)
    after = comma.end() if comma else end
    found = _COMMENT.match(text.content, after + 1 if text.content[after] == "," else end)
    return found[0] if found else ""


def _first(text: Text, opening: int, closing: int, write: Write, blank: str) -> Edit:
    """Insert the first part of an empty container, before any comments in it."""
    inner = text.content[opening + 1 : closing]
    outer = indentation(text, opening)
    if "\n" in inner or "\r" in inner:
        indent = outer + unit(text)
        return _insertion(text, opening + 1, f"{newline(text)}{indent}{write(indent)}")
    if inner.strip():
        return _insertion(text, opening + 1, f"{blank}{write(None)}")
    own_line = ends_line(text, closing + 1) or text.content[closing + 1] == ","
    written = write(outer if own_line else None)
    return Edit(text.span(opening + 1, closing), f"{blank}{written}{blank}")


def remove(
    text: Text, parts: Sequence[Part], index: int, gap: re.Pattern[str], comment: str = ""
) -> tuple[Edit, ...]:
    """Return the edits that remove a part of a container. All comments but a given one stay.

    If the last part has no comma after it, the comma before it is removed too.
    """
    content = text.content
    start, end = parts[index]
    comma = _gap_end(gap, content, end)
    edits = []
    if content[comma] != ",":
        before = _gap_end(gap, content, parts[index - 1][1]) if index else None
        if before is not None and content[before + 1 : start].strip(" \t"):
            edits.append(Edit(text.span(before, before + 1), ""))  # before a line end or a comment
        elif before is not None:
            start = before
    elif content[end:comma].strip():
        edits.append(Edit(text.span(comma, comma + 1), ""))
    else:
        end = comma + 1
    end += len(comment) if content.startswith(comment, end) else 0
    prefix = line_prefix(text, start)
    blanks = _BLANKS.match(content, end)
    after = blanks.end() if blanks else end
    if not prefix.strip() and ends_line(text, end):
        after = next_line(text, end)
        start -= len(prefix)
    elif index and prefix.strip() and content[comma] != ",":
        after = end
    edits.append(Edit(text.span(start, after), ""))
    return tuple(sorted(edits, key=lambda edit: edit.span.start))


def _gap_end(gap: re.Pattern[str], content: str, start: int) -> int:
    match = gap.match(content, start)
    return match.end() if match else start


def _insertion(text: Text, offset: int, written: str) -> Edit:
    return Edit(text.span(offset, offset), written)
