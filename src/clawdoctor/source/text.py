"""Decoded text and the positions in it.

Lines and columns count from 1, columns in Unicode code points, a tab is one column. A line ends
at LF, CR LF or CR: what editors count, whatever else JSON5 or YAML take for a line break.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field

_LINE_END = re.compile(r"\r\n|\n|\r")


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """A place between two characters: line and column, both from 1."""

    line: int
    column: int


START = Position(1, 1)


@dataclass(frozen=True, slots=True)
class Span:
    """Where something stands: the file's absolute path, and the end exclusive."""

    path: str
    start: Position
    end: Position


@dataclass(frozen=True, slots=True)
class Text:
    """One file's text, without its byte order mark.

    `bom` says whether the file had one, so that an edited file can keep it.
    """

    path: str
    content: str
    bom: bool = False
    _line_starts: tuple[int, ...] = field(default=(), repr=False, compare=False)

    def __post_init__(self) -> None:
        starts = (0, *(match.end() for match in _LINE_END.finditer(self.content)))
        object.__setattr__(self, "_line_starts", starts)

    @property
    def line_count(self) -> int:
        """How many lines there are; a last line end starts one more, which is empty."""
        return len(self._line_starts)

    def position(self, offset: int) -> Position:
        """The position of a character offset; offsets past the end mean the end."""
        if offset > len(self.content):
            offset = len(self.content)
        line = bisect_right(self._line_starts, offset)
        return Position(line, offset - self._line_starts[line - 1] + 1)

    def offset(self, position: Position) -> int:
        """The character offset of a position of this text."""
        return self._line_starts[position.line - 1] + position.column - 1

    def span(self, start: int, end: int) -> Span:
        """The span between two character offsets, the second exclusive."""
        return Span(self.path, self.position(start), self.position(end))

    def line(self, number: int) -> str:
        """Line `number` (from 1) without its line end; empty past the end."""
        if not 1 <= number <= len(self._line_starts):
            return ""
        start = self._line_starts[number - 1]
        end = self._line_starts[number] if number < len(self._line_starts) else len(self.content)
        return self.content[start:end].rstrip("\r\n")

    def slice(self, span: Span) -> str:
        """The text as it is written between the two ends of a span."""
        return self.content[self.offset(span.start) : self.offset(span.end)]
