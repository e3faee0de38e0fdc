"""Apply edits to texts, and say which lines of the result they touched."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from clawdoctor.source.change import Edit
from clawdoctor.source.text import Text


@dataclass(frozen=True, slots=True)
class Applied:
    """The texts after some edits, by real path, and the lines of them that the edits touched."""

    texts: Mapping[str, Text]
    lines: Mapping[str, frozenset[int]]


def apply(texts: Mapping[str, Text], edits: Iterable[Edit]) -> Applied:
    """Apply edits that do not overlap. Raises KeyError for an edit of an unknown file."""
    by_path: dict[str, list[Edit]] = {}
    for edit in dict.fromkeys(edits):
        by_path.setdefault(os.path.realpath(edit.span.path), []).append(edit)
    after, lines = dict(texts), {}
    for path, group in by_path.items():
        after[path], lines[path] = _edited(texts[path], group)
    return Applied(after, lines)


def _edited(text: Text, edits: list[Edit]) -> tuple[Text, frozenset[int]]:
    parts: list[str] = []
    places: list[tuple[int, int]] = []
    length = done = 0
    for edit in sorted(edits, key=lambda each: (each.span.start, each.span.end)):
        start, end = text.offset(edit.span.start), text.offset(edit.span.end)
        parts += text.content[done:start], edit.text
        length += start - done
        places.append((length, length + len(edit.text)))
        length += len(edit.text)
        done = end
    after = Text(text.path, "".join(parts) + text.content[done:], text.bom)
    touched: set[int] = set()
    for start, end in places:
        touched.update(range(after.position(start).line, after.position(end).line + 1))
    return after, frozenset(touched)


def overlap(edits: Iterable[Edit], others: Iterable[Edit]) -> bool:
    """Whether two groups of edits touch one place. Equal edits do not conflict: they are one."""
    others = list(others)
    return any(_conflict(edit, other) for edit in edits for other in others)


def _conflict(edit: Edit, other: Edit) -> bool:
    a, b = edit.span, other.span
    if edit == other or os.path.realpath(a.path) != os.path.realpath(b.path):
        return False
    return a.start <= b.end and b.start <= a.end
