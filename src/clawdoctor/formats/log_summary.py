"""The evidence of an explanation: from the text, from the user's files, and from a log."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import chain

from clawdoctor.errors.explain import Explanation
from clawdoctor.errors.matching import Match, Occurrences
from clawdoctor.errors.readings import one_line
from clawdoctor.finding import Command, Fix, Place, Step
from clawdoctor.formats.layout import cut, wrapped

Paint = Callable[[str, str], str]
"""A function that gives a text a style (`bold`, `dim`, `red`) or leaves it unchanged."""

_FAILURES = 12
"""The most failures of a log to list."""
_PLACES = 4
"""The most places in the user's files to list."""


def log_summary(explanation: Explanation, width: int, paint: Paint) -> str:
    """The failures of a log with how often and when, each above the failures that it causes."""
    log, matches = explanation.log, explanation.matches
    assert log is not None
    sure = [match for match in matches if match.confidence != "possible"]
    what = "1 failure" if len(sure) == 1 else f"{len(sure)} failures"
    when = f", {time_range(log.first, log.last)}" if log.first else ""
    order = ", causes first" if len(sure) > 1 else ""
    lines = [
        paint(f"{what} in {_counted(log.entries, 'entry', 'entries')}{when}{order}", "bold"),
        "",
    ]
    tree = list(_tree(sure, None, 0))
    for match, depth in tree[:_FAILURES]:
        indent = "  " + "   " * max(0, depth - 1) + ("└─ " if depth else "")
        lines.append(cut(f"{indent}{match.code} {match.title}", width))
        if match.occurrences is not None:
            lines.append(
                wrapped(occurrences_text(match.occurrences), width, " " * (len(indent) + 6))
            )
    if len(tree) > _FAILURES:
        lines.append(f"  and {len(tree) - _FAILURES} more: --json has them all")
    return "\n".join(lines)


def _tree(matches: Sequence[Match], above: str | None, depth: int) -> Iterator[tuple[Match, int]]:
    codes = {match.code for match in matches}
    for match in matches:
        cause = match.caused_by if match.caused_by in codes else None
        if cause == above:
            yield match, depth
            yield from _tree(matches, match.code, depth + 1)


def occurrences_text(occurrences: Occurrences) -> str:
    """How often, when and on which lines of a log a failure occurs."""
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
    """Two times as a range. If both are on the same day, the second has no date."""
    day, _, clock = last.rpartition(" ")
    if first == last:
        return one_line(first)
    return f"{one_line(first)} to {one_line(clock if day and first.startswith(day) else last)}"


def _counted(count: int, singular: str, plural: str) -> str:
    return f"{count:,} {singular if count == 1 else plural}"


def evidence_in_text(match: Match, width: int) -> Iterator[str]:
    """The values that a text names, or its recognised part."""
    values = [f"{n.replace('_', ' ')} {one_line(value)}" for n, value in match.captures.items()]
    evidence = ", ".join(values) or f'"{one_line(match.excerpt)}"'
    yield wrapped(f"In your text: {evidence}", width, "  ", hang=14)


def evidence_in_files(matches: Sequence[Match], width: int, paint: Paint) -> Iterator[str]:
    """The places in the user's files, and the fix for the first of them."""
    label = "In your files:"
    places = tuple(dict.fromkeys(chain.from_iterable(match.places for match in matches)))
    for place in places[:_PLACES]:
        yield wrapped(f"{label:14} {_location_text(place)}", width, "  ", hang=17)
        label = ""
    if len(places) > _PLACES:
        yield f"  {label:14} and {len(places) - _PLACES} more: clawdoctor run --offline"
    for fix in next((match.fixes for match in matches if match.fixes), ()):
        yield from _fix(fix, width, paint)


def _location_text(place: Place) -> str:
    at = f":{place.span.start.line}:{place.span.start.column}" if place.span else ""
    return f"{one_line(place.path)}{at}  {one_line(place.label)}".strip()


def _fix(fix: Fix, width: int, paint: Paint) -> Iterator[str]:
    """What to write and to run, as it stands: it is there to be copied."""
    if not fix.snippet and not fix.actions:
        yield wrapped(f"{'Do':14} {one_line(fix.title)}", width, "  ", hang=15)
    label = "Write"
    for text in fix.snippet.splitlines():
        yield _copied(label, text, paint)
        label = ""
    label = "Run"
    for action in fix.actions:
        match action:
            case Step(text):
                yield wrapped(f"{label:14} {one_line(text)}", width, "  ", hang=15)
            case Command(text):
                yield _copied(label, text, paint)
        label = ""


def _copied(label: str, text: str, paint: Paint) -> str:
    return f"  {paint(f'{label:14}', 'bold')} {text}".rstrip()
