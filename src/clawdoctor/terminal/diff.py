"""A coloured diff: of a fix in a block, and of all files for `run --diff`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from textwrap import dedent

from clawdoctor.finding import DiffLine, Excerpt
from clawdoctor.source.text import common_start
from clawdoctor.terminal.clean import clean
from clawdoctor.terminal.frame import cut_around
from clawdoctor.terminal.line import Line, Look, paint

_STYLES = {"file": "bold", "hunk": "cyan", "same": "", "removed": "red", "added": "green"}
_SIGNS = {"removed": "- ", "added": "+ "}


def diff_lines(diff: Sequence[DiffLine], room: int, look: Look) -> list[Line]:
    """Return the lines that a fix changes, with signs and without common indentation.

    A line of more than `room` cells is cut to the part that differs, if another line replaces it.
    """
    texts = dedent("\n".join(line.text for line in diff)).split("\n") if diff else []
    pairs = _pairs(diff)
    lines: list[Line] = []
    for number, (line, text) in enumerate(zip(diff, texts, strict=True)):
        sign = _SIGNS.get(line.kind, "  ")
        if number in pairs:
            text = _cut(text, texts[pairs[number]], room - len(sign), look)
        lines.append(((f"{sign}{text}", _STYLES[line.kind]),))
    return lines


def _pairs(diff: Sequence[DiffLine]) -> dict[int, int]:
    """Return, by number, the line that replaces each removed line, and the reverse."""
    removed, added = (
        [number for number, line in enumerate(diff) if line.kind == kind]
        for kind in ("removed", "added")
    )
    if len(removed) != len(added):
        return {}
    pairs = dict(zip(removed, added, strict=True))
    return pairs | {new: old for old, new in pairs.items()}


def _cut(text: str, other: str, room: int, look: Look) -> str:
    """Return a line cut to the area of the part that differs from another line."""
    start = common_start(text, other)
    same = common_start(text[start:][::-1], other[start:][::-1])
    excerpt = Excerpt(0, text, start + 1, len(text) - same + 1)
    return cut_around(excerpt, room, look)[0]


def diff_text(diff: Iterable[DiffLine], *, color: bool, unicode: bool) -> str:
    """Return a unified diff as text. Lines are not wrapped."""
    lines: list[Line] = [
        ((clean(line.text, unicode=unicode), _STYLES[line.kind]),) for line in diff
    ]
    return paint(lines, color)
