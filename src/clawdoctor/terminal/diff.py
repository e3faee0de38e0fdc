"""A diff in colour: of a fix in a block, and of all files for `run --diff`."""

from __future__ import annotations

from collections.abc import Iterable
from textwrap import dedent

from clawdoctor.finding import DiffLine
from clawdoctor.terminal.clean import clean
from clawdoctor.terminal.line import Line, paint

_STYLES = {"file": "bold", "hunk": "cyan", "same": "", "removed": "red", "added": "green"}
_SIGNS = {"removed": "- ", "added": "+ "}


def diff_lines(diff: Iterable[DiffLine]) -> list[Line]:
    """The lines that a fix changes, with their signs and without their common indentation."""
    diff = tuple(diff)
    texts = dedent("\n".join(line.text for line in diff)).split("\n")
    return [
        ((f"{_SIGNS.get(line.kind, '  ')}{text}", _STYLES[line.kind]),)
        for line, text in zip(diff, texts, strict=True)
    ]


def diff_text(diff: Iterable[DiffLine], *, color: bool, unicode: bool) -> str:
    """A unified diff as text. Lines are not wrapped."""
    lines: list[Line] = [
        ((clean(line.text, unicode=unicode), _STYLES[line.kind]),) for line in diff
    ]
    return paint(lines, color)
