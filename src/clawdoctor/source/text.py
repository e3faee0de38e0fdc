"""Decoded text and the positions in it.

Lines and columns count from 1. A column is a Unicode code point; a tab is one column. As in
editors, a line ends at LF, CR LF or CR. JSON5 and YAML know more line breaks.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from dataclasses import field

from clawdoctor.deferred import dataclass, regex

_LINE_END = regex(r"\r\n|\n|\r")


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """A place between two characters: line and column, both from 1."""

    line: int
    column: int


START = Position(1, 1)


@dataclass(frozen=True, slots=True)
class Span:
    """A range in a file, given by its absolute path. `end` is exclusive."""

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
    _line_starts: array[int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        # An array takes a fifth of a tuple's memory, and a file can contain two million line ends.
        starts = array("L", [0])
        starts.extend(match.end() for match in _LINE_END.finditer(self.content))
        object.__setattr__(self, "_line_starts", starts)

    @property
    def line_count(self) -> int:
        """The number of lines. A final line end starts another, empty line."""
        return len(self._line_starts)

    def position(self, offset: int) -> Position:
        """Return the position of a character offset. An offset past the end counts as the end."""
        if offset > len(self.content):
            offset = len(self.content)
        line = bisect_right(self._line_starts, offset)
        return Position(line, offset - self._line_starts[line - 1] + 1)

    def offset(self, position: Position) -> int:
        """Return the character offset of a position in this text."""
        return self._line_starts[position.line - 1] + position.column - 1

    def span(self, start: int, end: int) -> Span:
        """Return the span between two character offsets; the second is exclusive."""
        return Span(self.path, self.position(start), self.position(end))

    def line(self, number: int) -> str:
        """Return line `number` (from 1) without its line end, or "" past the end."""
        if not 1 <= number <= len(self._line_starts):
            return ""
        return self.content[self._line_starts[number - 1] : self.line_end(number)]

    def line_end(self, number: int) -> int:
        """Return the offset where line `number` ends, before its line end."""
        if number == len(self._line_starts):
            return len(self.content)
        end = self._line_starts[number]
        return end - (2 if self.content.endswith("\r\n", 0, end) else 1)

    def slice(self, span: Span) -> str:
        """Return the text in a span."""
        return self.content[self.offset(span.start) : self.offset(span.end)]


def common_start(text: str, other: str) -> int:
    """Return the length of the common prefix of two strings."""
    pairs = enumerate(zip(text, other, strict=False))
    return next((index for index, (a, b) in pairs if a != b), min(len(text), len(other)))
