"""The report as annotations of GitHub Actions, and the verdict as plain lines below them.

GitHub shows ten errors, ten warnings and ten notices of a step and drops the rest, so the errors
and root causes come first.
"""

from __future__ import annotations

from collections.abc import Iterator

from clawdoctor.finding import Report, ReportedFinding, Severity
from clawdoctor.formats.checkout import Checkout
from clawdoctor.formats.prose import codes_of, notes_count, paragraphs, where
from clawdoctor.report.answer import verdict_lines
from clawdoctor.report.groups import found_groups, grouped
from clawdoctor.report.summary import last_lines
from clawdoctor.report.suppressed import suppressed_lines
from clawdoctor.terminal.clean import cleaned
from clawdoctor.terminal.line import Look, paint
from clawdoctor.terminal.output import without_workflow_commands

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}
_UNWRAPPED = 100_000


def to_github(report: Report, checkout: Checkout | None = None, *, verbose: bool = False) -> str:
    """Return one workflow command per finding, then the verdict and what was not checked.

    Notes are annotations only in a verbose report, or if they make the run fail.
    """
    report = cleaned(report, unicode=True)
    commands = list(_annotations(report, checkout or Checkout(), verbose=verbose))
    look = Look(width=_UNWRAPPED, verbose=verbose)
    groups = grouped(report)
    if report.usage_error is None:
        lines = [
            *verdict_lines(report, found_groups(report, groups), look),
            *suppressed_lines(report, look),
            *last_lines(report, groups, look),
        ]
    else:
        lines = []
    return "".join(f"{line}\n" for line in commands) + without_workflow_commands(
        paint(lines, color=False)
    )


def _annotations(report: Report, checkout: Checkout, *, verbose: bool) -> Iterator[str]:
    if report.usage_error is not None:
        yield _command("error", {"title": "clawdoctor"}, report.usage_error)
    for error in report.internal_errors:
        text = f"clawdoctor itself failed in {error.where}: {error.error} ({error.trace})"
        yield _command("error", {"title": "clawdoctor"}, text)
    codes = codes_of(report)
    notes = notes_count(report, verbose=verbose)
    for finding in sorted(report.findings, key=_rank):
        if notes or finding.severity is not Severity.INFO:
            yield _annotation(finding, codes, checkout)


def _rank(finding: ReportedFinding) -> tuple[int, bool]:
    return finding.severity.rank, not finding.root_cause


def _annotation(finding: ReportedFinding, codes: dict[str, str], checkout: Checkout) -> str:
    properties: dict[str, object] = {}
    text = "\n".join(paragraphs(finding, codes))
    place = finding.place
    path = checkout.path(place.path) if place is not None else None
    if path is not None and place is not None:
        properties["file"] = path
        if place.span is not None:
            start, end = place.span.start, place.span.end
            properties |= {"line": start.line, "endLine": end.line}
            if start.line == end.line:  # GitHub ignores columns of several lines
                properties |= {"col": start.column, "endColumn": end.column}
    elif place is not None:  # GitHub links only files of the repository
        text = f"{where(place)}: {text}"
    properties["title"] = f"{finding.code} {finding.name}"
    return _command(_COMMANDS[finding.severity], properties, text)


def _command(name: str, properties: dict[str, object], text: str) -> str:
    given = ",".join(f"{key}={_escaped(str(value), ':,')}" for key, value in properties.items())
    return f"::{name} {given}::{_escaped(text)}"


def _escaped(text: str, more: str = "") -> str:
    """Return a text as the data of a command; `more` are characters that end a property.

    GitHub takes `##[` for a command anywhere in a line and undoes no escape of it.
    """
    text = text.replace("##[", "# #[")
    for char in ("%", "\r", "\n", *more):
        text = text.replace(char, f"%{ord(char):02X}")
    return text
