"""A finding as plain text, for the formats of other tools."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from clawdoctor.finding import (
    Command,
    Fix,
    Place,
    Report,
    ReportedFinding,
    Severity,
    in_terminals,
    prose_of,
)
from clawdoctor.source.text import START


def notes_count(report: Report, *, verbose: bool) -> bool:
    """Return whether a format for people shows notes, as the text report does."""
    return verbose or report.fail_on is Severity.INFO


def where(place: Place) -> str:
    """Return `path:line:column`. The root of a file is 1:1."""
    start = place.span.start if place.span is not None else START
    return f"{place.path}:{start.line}:{start.column}"


def paragraphs(finding: ReportedFinding, codes: Mapping[str, str]) -> Iterator[str]:
    """Yield what is wrong, why, and what to do. `codes` are the codes of findings by id."""
    yield sentence(finding.message)
    if finding.detail:
        yield finding.detail
    cause = codes.get(finding.caused_by or "")
    if cause is not None:
        yield f"{cause} causes this: fix it first."
    if finding.fixes:
        yield from _remedy(finding.fixes[0])


def _remedy(fix: Fix) -> Iterator[str]:
    yield f"Fix: {sentence(fix.title)}"
    if fix.snippet:
        yield fix.snippet
    for action in in_terminals(fix.actions):
        if prose := prose_of(action):
            yield sentence(prose)
        if isinstance(action, Command):
            yield f"Run: {action.text}"


def sentence(text: str) -> str:
    """Return a text with a full stop, unless it ends in punctuation."""
    return text if text.endswith((".", "!", "?", ":")) else f"{text}."


def codes_of(report: Report) -> dict[str, str]:
    """Return the codes of a report's findings, by id."""
    return {finding.id: finding.code for finding in report.findings}
