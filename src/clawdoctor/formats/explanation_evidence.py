"""The evidence of an explanation: from the text, from the user's files, and from a log."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain

from clawdoctor.errors.explain import Explanation
from clawdoctor.errors.matching import Match, Occurrences
from clawdoctor.errors.readings import one_line
from clawdoctor.terminal.line import Line, Look, location, wrap
from clawdoctor.terminal.remedy import remedy_lines

_FAILURES = 12
"""The maximum number of failures to list from a log."""
_PLACES = 4
"""The maximum number of places to list from the user's files."""
_LABEL = 15
"""The columns of a label and the space after it."""
MARGIN: Line = (("  ", ""),)


def log_summary(explanation: Explanation, look: Look) -> list[Line]:
    """Return the failures of a log with number and times, each above those that it causes."""
    log, matches = explanation.log, explanation.matches
    assert log is not None
    sure = [match for match in matches if match.confidence != "possible"]
    what = "1 failure" if len(sure) == 1 else f"{len(sure)} failures"
    when = f", {time_range(log.first, log.last)}" if log.first else ""
    order = ", causes first" if len(sure) > 1 else ""
    entries = _counted(log.entries, "entry", "entries")
    lines = [*wrap(f"{what} in {entries}{when}{order}", look.width, style="bold"), ()]
    tree = list(_tree(sure, None, 0))
    for match, depth in tree[:_FAILURES]:
        indent = "  " + "   " * max(0, depth - 1)
        branch = f"{look.glyphs.branch} " if depth else ""
        start: Line = ((indent + branch, "dim"), (f"{match.code} ", "bold"))
        rest: Line = ((" " * (len(indent + branch) + 6), ""),)
        lines += wrap(match.title, look.width, start, rest)
        if match.occurrences is not None:
            lines += wrap(occurrences_text(match.occurrences), look.width, rest, style="dim")
    if len(tree) > _FAILURES:
        lines.append(((f"  and {len(tree) - _FAILURES} more: --json has them all", "dim"),))
    return lines


def _tree(matches: Sequence[Match], above: str | None, depth: int) -> Iterator[tuple[Match, int]]:
    codes = {match.code for match in matches}
    for match in matches:
        cause = match.caused_by if match.caused_by in codes else None
        if cause == above:
            yield match, depth
            yield from _tree(matches, match.code, depth + 1)


def occurrences_text(occurrences: Occurrences) -> str:
    """Return how often, when and on which lines of a log a failure occurs."""
    often = "once" if occurrences.count == 1 else f"{occurrences.count:,} times"
    when = f", {time_range(occurrences.first, occurrences.last)}" if occurrences.first else ""
    same_line = occurrences.first_line == occurrences.last_line
    lines = (
        f"line {occurrences.first_line}"
        if same_line
        else f"lines {occurrences.first_line} to {occurrences.last_line}"
    )
    by = f", {one_line(occurrences.program)}" if occurrences.program else ""
    return f"{often}{when} ({lines}{by})"


def time_range(first: str, last: str) -> str:
    """Return two times as a range. If both are on the same day, the second has no date."""
    day, _, clock = last.rpartition(" ")
    if first == last:
        return one_line(first)
    return f"{one_line(first)} to {one_line(clock if day and first.startswith(day) else last)}"


def _counted(count: int, singular: str, plural: str) -> str:
    return f"{count:,} {singular if count == 1 else plural}"


def evidence_in_text(match: Match, look: Look) -> list[Line]:
    """Return the values that a text names, or its recognised part."""
    values = [f"{n.replace('_', ' ')} {one_line(value)}" for n, value in match.captures.items()]
    evidence = ", ".join(values) or f'"{one_line(match.excerpt)}"'
    return _labelled("In your text", evidence, look)


def evidence_in_files(matches: Sequence[Match], look: Look) -> Iterator[Line]:
    """Yield the places in the user's files, and the fix for the first of them."""
    label = "In your files"
    places = tuple(dict.fromkeys(chain.from_iterable(match.places for match in matches)))
    for place in places[:_PLACES]:
        where = location(place, look) if place.span is not None else place.path
        yield from _labelled(label, one_line(place.label), look, where=one_line(where))
        label = ""
    if len(places) > _PLACES:
        more = f"and {len(places) - _PLACES} more: clawdoctor run --offline"
        yield from _labelled("", more, look)
    fixes = next((match.fixes for match in matches if match.fixes), ())
    if fixes:
        yield ()
    for number, fix in enumerate(fixes):
        yield from remedy_lines(fix, "or" if number else "", MARGIN, set(), look)


def _labelled(label: str, text: str, look: Look, *, where: str = "") -> list[Line]:
    start: Line = ((f"  {label:{_LABEL}}", "bold" if label else ""),)
    if where:
        start = (*start, (f"{where}  ", ""))
    return wrap(text, look.width, start, ((" " * (_LABEL + 4), ""),))
