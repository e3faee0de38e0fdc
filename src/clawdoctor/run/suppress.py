"""Findings that the user suppresses or weighs differently.

The verdict and the routes are those of the findings as triage weighs them: this changes what makes
a run fail, not what is true.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from clawdoctor.check import Check, find_check
from clawdoctor.finding import (
    Note,
    Place,
    Report,
    ReportedFinding,
    Severity,
    Suppression,
)
from clawdoctor.redaction.prose import shown_prose
from clawdoctor.redaction.regions import Regions
from clawdoctor.source.ignore import Ignore, ignores_in
from clawdoctor.source.text import Span

_SYNTAX = "`clawdoctor: ignore[CODE] reason`"
_Lines = dict[tuple[str, str], list[tuple[int, Ignore]]]
"""The lines that the comments apply to, sorted, by file and code."""
_ARTICLES = {
    Severity.ERROR: "an error otherwise",
    Severity.WARNING: "a warning otherwise",
    Severity.INFO: "a note otherwise",
}
_WHOLE_FILE = 0
"""The line of findings about a whole file."""


def with_ignores(report: Report, regions: Mapping[str, Regions], checks: Sequence[Check]) -> Report:
    """Return the report without the findings that comments suppress, and with notes on these."""
    ignores = [
        ignore
        for region in regions.values()
        for ignore in ignores_in(region.text, ((t.start, t.end) for t in region.tokens or ()))
    ]
    if not ignores:
        return report
    lines = _lines(ignores, checks)
    used: set[tuple[Span, str]] = set()
    findings: list[ReportedFinding] = []
    suppressed = list(report.suppressed)
    for finding in report.findings:
        found = _matching(finding, lines)
        used |= {(ignore.span, finding.code) for ignore in found}
        if found:
            place = Place(found[0].span.path, "", found[0].span)
            reason = Suppression("inline", shown_prose(found[0].reason), place)
            suppressed.append(replace(finding, suppression=reason))
        else:
            findings.append(finding)
    notes = (note for ignore in ignores for note in _notes(ignore, used, report, checks))
    return replace(
        report,
        findings=tuple(findings),
        suppressed=tuple(suppressed),
        notes=(*report.notes, *notes),
    )


def with_severities(report: Report, severities: Mapping[str, Severity]) -> Report:
    """Return the report with other severities, given by code or prefix of a code."""
    if not severities:
        return report
    findings = [_with_severity(finding, severities) for finding in report.findings]
    findings.sort(key=lambda finding: (not finding.root_cause, finding.severity.rank))
    return replace(report, findings=tuple(findings))


def _with_severity(finding: ReportedFinding, severities: Mapping[str, Severity]) -> ReportedFinding:
    prefix = max((code for code in severities if finding.code.startswith(code)), default="")
    wanted = severities.get(prefix, finding.severity)
    if wanted is finding.severity:
        return finding
    reason = f"A config file of clawdoctor sets this severity; it is {_ARTICLES[finding.severity]}."
    return replace(
        finding,
        severity=wanted,
        found_severity=finding.severity,
        detail=f"{finding.detail} {reason}".strip(),
    )


def _lines(ignores: Iterable[Ignore], checks: Sequence[Check]) -> _Lines:
    lines: _Lines = {}
    for ignore in ignores:
        for code in _codes(ignore, checks):
            numbers = (*ignore.lines, *((_WHOLE_FILE,) if ignore.at_start else ()))
            for number in numbers:
                lines.setdefault((ignore.span.path, code), []).append((number, ignore))
    for found in lines.values():
        found.sort(key=lambda item: item[0])
    return lines


def _codes(ignore: Ignore, checks: Sequence[Check]) -> Iterator[str]:
    for written in ignore.codes:
        check = find_check(written, checks)
        if check is not None:
            yield check.code


def _matching(finding: ReportedFinding, lines: _Lines) -> list[Ignore]:
    """Return the comments that apply to a line of the finding."""
    place = finding.place
    found = lines.get((place.path, finding.code), []) if place is not None else []
    if not found or place is None:
        return []
    first = last = _WHOLE_FILE
    if place.span is not None:
        start, end = place.span.start, place.span.end
        first, last = start.line, end.line - (end.column == 1 and end.line > start.line)
    index = bisect_left(found, first, key=lambda item: item[0])
    matching = []
    while index < len(found) and found[index][0] <= last:
        matching.append(found[index][1])
        index += 1
    return matching


def _notes(
    ignore: Ignore, used: set[tuple[Span, str]], report: Report, checks: Sequence[Check]
) -> Iterator[Note]:
    """Yield what is wrong with a comment. Its own words are not quoted: they may be anything."""
    place = Place(ignore.span.path, "", ignore.span)
    if not ignore.codes:
        yield Note(f"This comment names no code. Write {_SYNTAX}.", place)
    elif not ignore.reason:
        yield Note(f"This comment gives no reason. Write {_SYNTAX}.", place)
    # Only a check that looked at everything shows that there is nothing to suppress.
    complete = {check.code for check in report.checks if check.is_complete}
    for written in ignore.codes:
        if find_check(written, checks) is None:
            hint = _hint(written, checks)
            yield Note(f"This comment names a code that no check has.{hint}", place)
    for code in _codes(ignore, checks):
        if (ignore.span, code) not in used and code in complete:
            yield Note(f"This comment suppresses no finding of {code}. Remove it.", place)


def _hint(written: str, checks: Sequence[Check]) -> str:
    from clawdoctor.knowledge.did_you_mean import nearest

    known = [check.code for check in checks] + [check.name for check in checks]
    near = nearest(written, known)
    return f" Did you mean {near[0]}?" if near else ""
