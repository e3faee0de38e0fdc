"""The difference between the files before and after a repair, without their secrets."""

from __future__ import annotations

import os
from collections.abc import Iterator
from difflib import SequenceMatcher

from clawdoctor.finding import DiffLine
from clawdoctor.redaction.excerpt import shown_line
from clawdoctor.redaction.regions import Regions
from clawdoctor.repair.plan import Plan
from clawdoctor.run.exposure import Exposure, short_path
from clawdoctor.source.text import Text, common_start

CONTEXT = 3
"""The number of unchanged lines before and after a change in a hunk, as in diff -u."""


def diff_of(plan: Plan) -> tuple[DiffLine, ...]:
    """Return the unified diff of all files that a plan changes. A comment is shown as "..."."""
    lines: list[DiffLine] = []
    for path in plan.changed:
        before, after = plan.before[path], plan.after[path]
        first, second = (
            _Shown(text, exposure)
            for text, exposure in zip((before, after), plan.exposures, strict=True)
        )
        name = short_path(path, plan.exposures[0].cwd)
        lines += [DiffLine("file", f"--- {name}"), DiffLine("file", f"+++ {name}")]
        lines += _hunks(before, after, first, second)
    return tuple(lines)


class _Shown:
    """The lines of a text in the form that a report may show."""

    def __init__(self, text: Text, exposure: Exposure) -> None:
        found = (
            regions
            for path, regions in exposure.regions.items()
            if os.path.realpath(path) == os.path.realpath(text.path)
        )
        self._regions = next(found, None) or Regions(text, None)
        self._redactor = exposure.redactor

    def line(self, number: int, column: int = 1) -> str:
        return shown_line(self._regions, number, column, self._redactor)


def _hunks(before: Text, after: Text, first: _Shown, second: _Shown) -> Iterator[DiffLine]:
    old, new = _lines(before), _lines(after)
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    for group in matcher.get_grouped_opcodes(CONTEXT):
        start, end = group[0], group[-1]
        yield DiffLine("hunk", f"@@ -{_range(start[1], end[2])} +{_range(start[3], end[4])} @@")
        for tag, a, b, c, d in group:
            if tag == "equal":
                for number in range(a, b):
                    yield DiffLine("same", " " + first.line(number + 1))
                continue
            column = _first_difference("\n".join(old[a:b]), "\n".join(new[c:d]))
            for number in range(a, b):
                yield DiffLine(
                    "removed", "-" + first.line(number + 1, _within(old[number], column))
                )
            for number in range(c, d):
                yield DiffLine("added", "+" + second.line(number + 1, _within(new[number], column)))


def _lines(text: Text) -> list[str]:
    count = text.line_count - (not text.line(text.line_count))
    return [text.line(number) for number in range(1, count + 1)]


def _first_difference(old: str, new: str) -> int:
    """Return the column of the first character that differs, if both are one line; else 1."""
    if not old or not new or "\n" in old or "\n" in new:
        return 1
    return common_start(old, new) + 1


def _within(line: str, column: int) -> int:
    return min(column, len(line) + 1)


def _range(start: int, end: int) -> str:
    length = end - start
    return f"{start + 1 if length else start},{length}"
