"""Which bracket of a JSON5 text was never closed, going by how its lines are indented.

A parser only knows that one is missing at the end of the file, and by then it is the outermost.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable

_TAB = 4
_LINE = re.compile(r"^[ \t]*", re.MULTILINE)


def unclosed(content: str, brackets: Iterable[int]) -> int | None:
    """The offset of the bracket that lacks its end, or None where the indentation tells nothing.

    `brackets` are the offsets of those that count, in order. A closing one that begins a line
    further to the left than the line of its opening one was meant for a bracket before that.
    """
    lines = list(_LINE.finditer(content))
    starts = [line.start() for line in lines]
    waiting: list[int] = []
    for offset in brackets:
        if content[offset] in "{[":
            waiting.append(offset)
        elif not waiting:
            return None
        else:
            opening = waiting.pop()
            here = lines[bisect_right(starts, offset) - 1]
            there = lines[bisect_right(starts, opening) - 1]
            if here.end() == offset and _width(here[0]) < _width(there[0]):
                return opening
    return None


def _width(indentation: str) -> int:
    """How many columns an indentation takes."""
    return len(indentation.expandtabs(_TAB))
