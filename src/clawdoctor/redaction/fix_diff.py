"""The lines of a file that a fix changes, before and after, with secrets hidden."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import groupby

from clawdoctor.deferred import regex
from clawdoctor.finding import DiffLine
from clawdoctor.redaction.excerpt import LONGEST, excerpt, shown_line
from clawdoctor.redaction.hide import Redactor
from clawdoctor.redaction.regions import Regions
from clawdoctor.source.change import Edit
from clawdoctor.source.secret import HIDDEN
from clawdoctor.source.text import Span

MOST_LINES = 12
"""The maximum number of changed lines to show here: `run --diff` shows all."""
_SHORTEST_HIDDEN = 3
"""Shorter values are not secrets, and occur in many words."""
_WORD = regex(r"\w{3}")
_COMMENT = regex(r"(?:(?:^|[ \t]+)\#|[ \t]*(?<!:)//)[^\r\n]*", re.MULTILINE)
_BLOCK_COMMENT = "/*"


def fix_diff(
    edits: Iterable[Edit], regions: Mapping[str, Regions], redactor: Redactor
) -> tuple[DiffLine, ...]:
    """Return the lines that edits remove and add, or () if they cannot be shown.

    Moved text may contain a hidden value. Such a fix has no diff. Its comments are cut off. If
    lines move unchanged, each is below the line that it is nested in.
    """
    lines: list[DiffLine] = []
    nested: list[DiffLine] = []
    seen: set[tuple[str, int]] = set()
    shown = (replace(edit, text=_COMMENT.sub("", edit.text)) for edit in edits)
    for group in _on_same_line(shown):
        file = regions.get(group[0].span.path)
        if file is None or any(_copies_hidden(edit.text, file) for edit in group):
            return ()
        edit = _joined(group, file, redactor)
        if edit is None or _is_long(edit):
            return ()
        span = edit.span
        numbers = {(span.path, number) for number in range(span.start.line, span.end.line + 1)}
        changed = () if numbers & seen else tuple(_changed(edit, file, redactor))
        if not changed or len(lines) + len(changed) > MOST_LINES:
            return ()
        seen |= numbers
        lines += changed
        nested += (*_parent(changed[0], span.start.line, file, redactor), *changed)
    removed, added = (
        sorted(line.text for line in lines if line.kind == kind) for kind in ("removed", "added")
    )
    return tuple(nested if removed == added else lines)


def _parent(line: DiffLine, number: int, file: Regions, redactor: Redactor) -> Iterator[DiffLine]:
    """Yield the last line up to `number` that is indented less than a changed line."""
    depth = _indentation(line.text)
    for above in range(number, 0, -1):
        text = file.text.line(above)
        if text.strip() and _indentation(text) < depth:
            yield DiffLine("same", shown_line(file, above, 1, redactor).rstrip())
            return


def _indentation(text: str) -> int:
    return len(text) - len(text.lstrip())


def _on_same_line(edits: Iterable[Edit]) -> Iterator[list[Edit]]:
    """Yield the edits in order, grouped by line."""
    ordered = sorted(edits, key=lambda each: (each.span.path, each.span.start, each.span.end))
    groups = groupby(ordered, key=lambda each: (each.span.path, each.span.start.line))
    return (list(group) for _, group in groups)


def _joined(edits: list[Edit], file: Regions, redactor: Redactor) -> Edit | None:
    """Return one edit for those of a line, or None if the text between them is hidden."""
    first, last = edits[0].span, edits[-1].span
    if len(edits) == 1:
        return edits[0]
    span = Span(first.path, first.start, last.end)
    shown = excerpt(file, span, redactor)
    text = file.text
    start, end = text.offset(span.start), text.offset(span.end)
    if shown is None or shown.text[shown.start - 1 : shown.end - 1] != text.content[start:end]:
        return None
    parts: list[str] = []
    for edit in edits:
        parts += text.content[start : text.offset(edit.span.start)], edit.text
        start = text.offset(edit.span.end)
    return Edit(span, "".join(parts))


def _is_long(edit: Edit) -> bool:
    """Return whether an excerpt is too short for all that an edit removes from a line."""
    start, end = edit.span.start, edit.span.end
    return start.line == end.line and end.column - start.column > LONGEST


def _copies_hidden(text: str, file: Regions) -> bool:
    """Return whether a text may contain a block comment or a hidden value of the file."""
    if _BLOCK_COMMENT in text:
        return True
    if file.tokens is None:  # nothing in the file is known to be harmless
        return _WORD.search(text) is not None
    content = file.text.content
    hidden = (content[start:end].strip() for token in file.tokens for start, end in token.hidden)
    return any(len(value) >= _SHORTEST_HIDDEN and value in text for value in hidden)


def _changed(edit: Edit, file: Regions, redactor: Redactor) -> Iterator[DiffLine]:
    """Yield the lines of an edit, without unchanged lines at its ends."""
    span = edit.span
    first = excerpt(file, span, redactor)
    on_one_line = span.start.line == span.end.line
    last = first if on_one_line else excerpt(file, Span(span.path, span.end, span.end), redactor)
    if first is None or last is None:
        return
    old = [first.text]
    if not on_one_line:
        between = range(span.start.line + 1, span.end.line)
        old += [*(shown_line(file, number, 1, redactor) for number in between), last.text]
    text = edit.text.replace("\r\n", "\n")
    new = f"{first.text[: first.start - 1]}{text}{last.text[last.end - 1 :]}".split("\n")
    if any(line.strip() == HIDDEN for line in (*old, *new)):
        return
    while old and new and old[0].rstrip() == new[0].rstrip():
        del old[0], new[0]
    while old and new and old[-1].rstrip() == new[-1].rstrip():
        del old[-1], new[-1]
    if old and old[0] == first.text and first.text.endswith(HIDDEN):  # possibly a comment
        old[0] = shown_line(file, span.start.line, span.start.column, redactor)
    yield from (DiffLine("removed", line.rstrip()) for line in old if line.strip())
    yield from (DiffLine("added", line.rstrip()) for line in new if line.strip())
