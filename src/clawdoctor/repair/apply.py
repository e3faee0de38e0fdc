"""Apply edits to texts, and report the lines of the result that they touched."""

from __future__ import annotations

import os
from bisect import bisect_left, insort
from collections.abc import Iterable, Mapping

from clawdoctor.deferred import dataclass
from clawdoctor.source.change import Edit
from clawdoctor.source.text import Position, Span, Text


@dataclass(frozen=True, slots=True)
class Applied:
    """The texts after some edits, by real path, and the lines in them that each edit touched."""

    texts: Mapping[str, Text]
    lines: Mapping[Edit, range]


def apply(texts: Mapping[str, Text], edits: Iterable[Edit]) -> Applied:
    """Apply edits that do not overlap. Raises KeyError for an edit of an unknown file."""
    by_path: dict[str, list[Edit]] = {}
    for edit in dict.fromkeys(edits):
        by_path.setdefault(os.path.realpath(edit.span.path), []).append(edit)
    after: dict[str, Text] = dict(texts)
    lines: dict[Edit, range] = {}
    for path, group in by_path.items():
        after[path], touched = _edited(texts[path], group)
        lines |= touched
    return Applied(after, lines)


def _edited(text: Text, edits: list[Edit]) -> tuple[Text, dict[Edit, range]]:
    parts: list[str] = []
    places: list[tuple[Edit, int, int]] = []
    length = done = 0
    for edit in sorted(edits, key=lambda each: (each.span.start, each.span.end)):
        start, end = text.offset(edit.span.start), text.offset(edit.span.end)
        parts += text.content[done:start], edit.text
        length += start - done
        places.append((edit, length, length + len(edit.text)))
        length += len(edit.text)
        done = end
    after = Text(text.path, "".join(parts) + text.content[done:], text.bom)
    touched = {
        edit: range(after.position(start).line, after.position(end).line + 1)
        for edit, start, end in places
    }
    return after, touched


class Taken:
    """The places that edits have taken. Equal edits do not conflict: they count as one."""

    def __init__(self) -> None:
        self._edits: set[Edit] = set()
        self._places: dict[str, list[tuple[Position, Position]]] = {}

    def take(self, edits: Iterable[Edit]) -> bool:
        """Take the places of all these edits, or of none if one of them touches another edit."""
        new = [edit for edit in dict.fromkeys(edits) if edit not in self._edits]
        files = [(os.path.realpath(edit.span.path), edit) for edit in new]
        if any(self._is_taken(path, edit.span) for path, edit in files):
            return False
        for path, edit in files:
            insort(self._places.setdefault(path, []), (edit.span.start, edit.span.end))
        self._edits.update(new)
        return True

    def _is_taken(self, path: str, span: Span) -> bool:
        """Return whether a place overlaps or touches a taken place. Taken places do not touch."""
        places = self._places.get(path, [])
        at = bisect_left(places, (span.start, span.start))
        return any(
            span.start <= end and start <= span.end
            for start, end in places[max(0, at - 1) : at + 1]
        )
