"""The layout of a text around a place: lines, indentation and line ends."""

from __future__ import annotations

import re

from clawdoctor.deferred import regex
from clawdoctor.source.text import Position, Text

_LINE_END = regex(r"\r\n|\n|\r")
_BLANK_TO_END = regex(r"[ \t]*(?=\r|\n|\Z)")
_DEEPER = regex(r"(?m)^([ \t]*)(?:[^\s#/*][^\r\n]*)?[:{\[][ \t]*\r?\n([ \t]+)[^\s#/*]")
_OPENS = regex(r"(?P<outer>[ ]*(?:-[ ]+)*)[^\s#-].*:[ \t]*(?:#.*)?$")
_ITEM = regex(r"(?P<inner>[ ]*)-[ ]")
_NO_VALUE = regex(r"[ \t]*(?:#.*)?$")
_UNIT = "  "


def newline(text: Text) -> str:
    """Return the line end of a text, taken from its first line."""
    found = _LINE_END.search(text.content)
    return found[0] if found else "\n"


def line_prefix(text: Text, offset: int) -> str:
    """Return the part of a line before an offset."""
    place = text.position(offset)
    return text.content[offset - place.column + 1 : offset]


def line_end(text: Text, offset: int) -> int:
    """Return the offset where the line of an offset ends."""
    return text.line_end(text.position(offset).line)


def next_line(text: Text, offset: int) -> int:
    """Return the offset where the next line starts, or the end of the text."""
    number = text.position(offset).line
    last = number == text.line_count
    return len(text.content) if last else text.offset(Position(number + 1, 1))


def indentation(text: Text, offset: int) -> str:
    """Return the indentation of the line of an offset."""
    line = text.line(text.position(offset).line)
    return line[: len(line) - len(line.lstrip(" \t"))]


def lines_above(text: Text, offset: int, comment: re.Pattern[str]) -> range:
    """Return the numbers of the comment lines directly above a line that starts at an offset.

    They are as far indented as the line. A comment in the first line is about the file.
    """
    place, prefix = text.position(offset), line_prefix(text, offset)
    first = place.line
    while first > 1 and not prefix.strip():
        line = text.line(first - 1)
        if not line.startswith(prefix) or not comment.fullmatch(line[len(prefix) :]):
            return range(first, place.line)
        first -= 1
    return range(0)


def unit(text: Text) -> str:
    """Return the indentation of one nesting level: that of the first indented line."""
    for match in _DEEPER.finditer(text.content):
        outer, inner = match.groups()
        if inner.startswith(outer) and inner != outer:
            return inner[len(outer) :]
    return _UNIT


def item_indentation(text: Text) -> str:
    """Return the blanks before the dashes of a list under its key, as in most lists of a text."""
    deeper, lists, outer = 0, 0, None
    for number in range(1, text.line_count + 1):
        line = text.line(number)
        if _NO_VALUE.match(line):
            continue
        if outer is not None and (item := _ITEM.match(line)):
            lists += 1
            deeper += item.end("inner") > outer
        opens = _OPENS.match(line)
        outer = opens.end("outer") if opens else None
    return "" if deeper * 2 < lists else unit(text)


def ends_line(text: Text, offset: int) -> bool:
    """Return whether only blanks follow on the line of an offset."""
    return _BLANK_TO_END.match(text.content, offset) is not None
