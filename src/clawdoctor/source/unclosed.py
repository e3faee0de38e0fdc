"""The unclosed bracket of a JSON5 text, located by indentation.

A parser notices only at the end of the file that the outermost bracket is still open.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable

from clawdoctor.deferred import regex

_TAB = 4
_LINE = regex(r"^[ \t]*", re.MULTILINE)


def unclosed_bracket(content: str, brackets: Iterable[int]) -> int | None:
    """Return the offset of the unclosed bracket, or None if it cannot be located.

    `brackets` holds the offsets of the brackets, in order. If a closing bracket starts a line that
    is indented less than the line of its opening bracket, it was meant for an earlier bracket.
    """
    lines = list(_LINE.finditer(content))
    starts = [line.start() for line in lines]
    open_brackets: list[int] = []
    for offset in brackets:
        if content[offset] in "{[":
            open_brackets.append(offset)
        elif not open_brackets:
            return None
        else:
            opening = open_brackets.pop()
            closing_line = lines[bisect_right(starts, offset) - 1]
            opening_line = lines[bisect_right(starts, opening) - 1]
            if closing_line.end() == offset and _columns(closing_line[0]) < _columns(
                opening_line[0]
            ):
                return opening
    return None


def _columns(indentation: str) -> int:
    """Return the number of columns of an indentation."""
    return len(indentation.expandtabs(_TAB))
