"""Lines of styled text: measuring, wrapping and painting.

A line is a row of pieces, each a text and the name of a style. No text is treated as markup.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable

from clawdoctor.deferred import dataclass
from clawdoctor.finding import Outcome, Place, Severity

Piece = tuple[str, str]
"""A text and the name of its style; an empty name means plain."""

Line = tuple[Piece, ...]

SEVERITY_STYLES = {
    Severity.ERROR: "bold red",
    Severity.WARNING: "bold yellow",
    Severity.INFO: "bold blue",
}

MARK_STYLES = {
    Outcome.PASSED: "green",
    Outcome.FAILED: "bold red",
    Outcome.UNKNOWN: "yellow",
    Outcome.SKIPPED: "dim",
    Outcome.NOT_APPLICABLE: "dim",
}


@dataclass(frozen=True, slots=True)
class Glyphs:
    """The characters that the report draws with."""

    passed: str = "✓"
    failed: str = "✗"
    unknown: str = "?"
    idle: str = "·"
    link: str = "──"
    corner: str = "┌─"
    tee: str = "├─"
    bar: str = "│"
    arrow: str = "→"
    dot: str = "·"
    cut: str = "…"
    head: str = "▶"
    branch: str = "└─"

    def mark(self, outcome: Outcome) -> str:
        """Return the sign of an outcome. All signs have the same width."""
        signs = {
            Outcome.PASSED: self.passed,
            Outcome.FAILED: self.failed,
            Outcome.UNKNOWN: self.unknown,
        }
        return signs.get(outcome, self.idle)


ASCII = Glyphs("ok", "x ", "? ", ". ", "--", "-->", "-->", "|", "->", "-", "...", ">", "`-")


@dataclass(frozen=True, slots=True)
class Look:
    """How to draw: width in cells, characters, amount of detail, and the folders of paths."""

    width: int = 88
    glyphs: Glyphs = Glyphs()
    verbose: bool = False
    home: str | None = None
    cwd: str | None = None


def cells(text: str) -> int:
    """Return the number of terminal columns of a text."""
    if text.isascii():
        return len(text)
    from rich.cells import cell_len

    return cell_len(text)


def width_of(line: Line) -> int:
    """Return the number of columns of a line."""
    return sum(cells(text) for text, _ in line)


def fit(text: str, limit: int) -> int:
    """Return the number of characters at the start of `text` that fit in `limit` cells."""
    taken = 0
    for index, char in enumerate(text):
        taken += cells(char)
        if taken > limit:
            return index
    return len(text)


def _fits(text: str, limit: int) -> bool:
    """Return whether a text fits in `limit` cells, reading no further than that."""
    return len(text) <= limit if text.isascii() else fit(text, limit) == len(text)


def keep_end(text: str, limit: int, glyphs: Glyphs) -> str:
    """Return `text`, or a sign that it was cut and as much of its end as fits in `limit` cells."""
    if cells(text) <= limit:
        return text
    kept = fit(text[::-1], limit - cells(glyphs.cut))
    return glyphs.cut + text[len(text) - kept :]


def counted(number: int, noun: str) -> str:
    """Return a number with its noun: `1 error`, `2 errors`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def enumerated(items: Iterable[object]) -> str:
    """Return items as in `3, 8 and 13`. There must be at least one."""
    *first, last = map(str, items)
    return f"{', '.join(first)} and {last}" if first else last


def shown_path(path: str, look: Look) -> str:
    """Return a path relative to the current folder, else to `~`, else the whole path."""
    for root, sign in ((look.cwd, ""), (look.home, "~")):
        if not root or len(root) < 2 or (not sign and root == look.home):
            continue
        base = root.rstrip("/\\")
        if path.startswith((base + "/", base + "\\")):
            return sign + path[len(base) :] if sign else path[len(base) + 1 :]
    return path


def location(place: Place, look: Look) -> str:
    """Return `path:line:column`. The root of a file is 1:1."""
    start = place.span.start if place.span else None
    line, column = (start.line, start.column) if start else (1, 1)
    return f"{shown_path(place.path, look)}:{line}:{column}"


def wrap(
    text: str | Iterable[str],
    width: int,
    first: Line = (),
    rest: Line | None = None,
    style: str = "",
) -> list[Line]:
    """Wrap prose at `width` cells. `first` begins the first line, `rest` the other lines.

    Without `rest`, the other lines are indented by the width of `first`. If `text` is several
    strings, lines break between them where possible. Text in backticks and URLs stay whole, but a
    URL that is too long breaks before its query.
    """
    units = deque(re.findall(r"[^\s`]*`[^`\n]+`\S*|\S+", text) if isinstance(text, str) else text)
    rest = ((" " * width_of(first), ""),) if rest is None else rest
    lines: list[Line] = []
    prefix, current = first, ""
    while units:
        unit = units.popleft()
        room = max(width - width_of(prefix), 8)
        joined = f"{current} {unit}" if current else unit
        if _fits(joined, room):
            current = joined
        elif " " in unit and not _fits(unit, width - width_of(rest)):
            units.extendleft(reversed(unit.split()))
        elif current:
            address, sign, query = unit.partition("?") if "://" in unit else (unit, "", "")
            whole = _fits(unit, width - width_of(rest))
            if query and not whole and _fits(f"{current} {address}", room):
                current, unit = f"{current} {address}", sign + query
            lines.append((*prefix, (current, style)))
            prefix, current = rest, ""
            units.appendleft(unit)
        elif prefix is first and first and _fits(unit, width - width_of(rest)):
            lines.append(prefix)
            prefix = rest
            units.appendleft(unit)
        elif "://" in unit:
            address, sign, query = unit.partition("?")
            current = unit
            if query and _fits(address, room):
                lines.append((*prefix, (address, style)))
                prefix, current = rest, ""
                units.appendleft(sign + query)
        else:
            end = max(1, fit(unit, room))
            current = unit[:end]
            units.appendleft(unit[end:])
    if current or first:
        lines.append((*prefix, (current, style)))
    return lines


def paint(lines: Iterable[Line], color: bool) -> str:
    """Return lines as text. Each ends in a newline, without trailing spaces."""
    return "".join(_painted(_stripped(line), color) + "\n" for line in lines)


def _stripped(line: Line) -> Line:
    kept = list(line)
    while kept:
        text, style = kept.pop()
        if text.rstrip():
            return (*kept, (text.rstrip(), style))
    return ()


def _painted(line: Line, color: bool) -> str:
    if not color:
        return "".join(text for text, _ in line)
    from rich.color import ColorSystem
    from rich.style import Style

    # Every terminal has these sixteen colours, and they follow the user's palette.
    return "".join(
        Style.parse(style).render(text, color_system=ColorSystem.STANDARD) if style else text
        for text, style in line
    )
