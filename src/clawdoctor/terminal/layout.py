"""Put texts side by side, in columns or below each other, by the width that they have."""

from __future__ import annotations

from collections.abc import Iterable

from clawdoctor.terminal.line import Line, cells, width_of


def fits(width: int, *texts: str) -> bool:
    """Return whether the texts fit beside each other in `width` cells."""
    return sum(map(cells, texts)) <= width


def widest(texts: Iterable[str]) -> int:
    """Return the width of the column that has room for each text."""
    return max(map(cells, texts), default=0)


def padded(text: str, column: int) -> str:
    """Return the text with as many spaces after it as its column needs."""
    return text + " " * (column - cells(text))


def joined(left: Line, right: Line, width: int, *, gap: int = 0, column: int = 0) -> Line | None:
    """Return two parts on one line, or None if they do not fit in `width` cells.

    The right part begins `gap` cells after the left one, but not before `column`.
    """
    space = max(gap, column - width_of(left))
    if width_of(left) + space + width_of(right) > width:
        return None
    return (*left, *(((" " * space, ""),) if space else ()), *right)


def packed(parts: list[Line], width: int, indent: int) -> list[Line]:
    """Return the parts side by side, on as many lines as they need."""
    start: Line = ((" " * indent, ""),)
    lines: list[Line] = []
    current = start
    for part in parts:
        gap: Line = ((" ", ""),) if current is not start else ()
        if gap and width_of(current) + 1 + width_of(part) > width:
            lines.append(current)
            current, gap = start, ()
            part = ((part[0][0].lstrip(), part[0][1]), *part[1:])
        current = (*current, *gap, *part)
    return [*lines, current]


def broken_before_query(text: str, indent: str, width: int, style: str = "") -> list[Line]:
    """Return a text that is broken only before its query, so that it can be copied."""
    path, mark, query = text.partition("?")
    if not mark or fits(width, indent, text):
        return [((indent, ""), (text, style))]
    return [((indent, ""), (path, style)), ((f"{indent}  ", ""), (f"?{query}", style))]
