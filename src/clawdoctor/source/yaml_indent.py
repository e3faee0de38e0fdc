"""Repair of a line, or of adjacent lines, with the wrong indentation in a YAML text."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import takewhile

import yaml

from clawdoctor.deferred import regex
from clawdoctor.source.change import Edit
from clawdoctor.source.layout import unit
from clawdoctor.source.node import Node, Source, SyntaxFault
from clawdoctor.source.text import Position, Span, Text
from clawdoctor.source.yaml import FAST, parse_yaml

_LONGEST = 20_000
_LINES_BEFORE, _LINES_AFTER = 6, 3
"""The limits that keep the total below a second."""
_CONTENT = regex(r"(?P<blanks>[ ]*)(?P<dashes>(?:-[ ]+)*)[^\s#]")

_Shift = tuple[int, int, int]
"""The first line, the last line, and the blanks to add before each of them, or to remove."""


def reindented(
    text: Text, fault: SyntaxFault, is_plausible: Callable[[Node], bool]
) -> tuple[Edit, ...]:
    """Return the edits that indent adjacent lines in the only plausible way, or nothing.

    `is_plausible` says whether the keys below a root are in their places.
    """
    if len(text.content) > _LONGEST:
        return ()
    found: dict[str, _Shift] = {}
    for shift in _shifts(text, fault.span.start.line):
        content = _shifted(text, shift)
        source = parse_yaml(Text(text.path, content)) if _is_valid(content) else None
        if isinstance(source, Source) and is_plausible(source.root):
            found.setdefault(repr(source.root.python()), shift)
    return tuple(_edits(text, *found.values())) if len(found) == 1 else ()


def _is_valid(content: str) -> bool:
    try:
        for _ in yaml.parse(content, Loader=FAST):
            pass
    except (yaml.YAMLError, ValueError):
        return False
    return True


def _shifts(text: Text, fault: int) -> list[_Shift]:
    """Return changes of indentation near the line of a fault.

    First come those to whole levels of the text, then small blocks, then those to low levels.
    """
    first, last = max(1, fault - 50), min(text.line_count, fault + 50)
    indents = {
        number: (len(found["blanks"]), len(found["dashes"]))
        for number in range(first, last + 1)
        if (found := _CONTENT.match(text.line(number)))
    }
    lines = [number for number in indents if number <= fault][-_LINES_BEFORE - 1 :]
    blocks = {(start, end) for start in lines for end in _ends(start, fault, indents)}
    after = [number for number in indents if number > fault][:_LINES_AFTER]
    levels = {0}.union(
        *({indents[line][0], sum(indents[line])} for line in (*lines, *after)),
    )
    step, ranked = len(unit(text)), []
    for start, end in blocks:
        blanks, dashes = indents[start]
        own = {*levels, *(level - dashes for level in levels)} - {blanks}
        ranked += [
            (level % step, end - start, level, (start, end, level - blanks))
            for level in own
            if level >= 0
        ]
    return [shift for *_, shift in sorted(ranked)]


def _ends(start: int, fault: int, indents: dict[int, tuple[int, int]]) -> set[int]:
    """Return the last line of each block to shift: one line, with its children, or with a run."""
    own = indents[start][0]
    below = [line for line in indents if line > start]
    children = list(takewhile(lambda line: indents[line][0] > own, below))
    run = list(takewhile(lambda line: indents[line][0] >= own, below))
    before = [line for line in run if line < fault]
    return {block[-1] for block in ([start], children, run, before) if block}


def _shifted(text: Text, shift: _Shift) -> str:
    content = text.content
    for edit in reversed(tuple(_edits(text, shift))):
        start, end = text.offset(edit.span.start), text.offset(edit.span.end)
        content = content[:start] + edit.text + content[end:]
    return content


def _edits(text: Text, shift: _Shift) -> Iterator[Edit]:
    first, last, added = shift
    for number in range(first, last + 1):
        line, start = text.line(number), Position(number, 1)
        removed = min(max(-added, 0), len(line) - len(line.lstrip(" ")))
        if line.strip():
            span = Span(text.path, start, Position(number, 1 + removed))
            yield Edit(span, " " * max(added, 0))
