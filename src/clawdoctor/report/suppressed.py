"""The findings that do not count, and what is wrong with the comments that suppress them."""

from __future__ import annotations

from dataclasses import replace

from clawdoctor.finding import Report, ReportedFinding, Severity
from clawdoctor.report.blocks import short_lines
from clawdoctor.report.groups import Group
from clawdoctor.terminal.line import Line, Look, location, wrap

_MOST = 5


def suppressed_lines(report: Report, look: Look) -> list[Line]:
    """Return one line per suppressed finding, with the reason, and the notes on suppressions.

    Suppressed findings that are notes appear only with `verbose`.
    """
    shown = sorted(report.suppressed, key=lambda finding: finding.severity.rank)
    if not look.verbose:
        shown = [finding for finding in shown if finding.severity is not Severity.INFO][:_MOST]
    left = len(report.suppressed) - len(shown)
    lines = [line for finding in shown for line in _lines(finding, look)]
    if lines and left:
        lines.append(((f"  {left} more, -v", "dim"),))
    head: list[Line] = [(("Suppressed, so not counted:", "bold"),)] if lines else []
    return [*head, *lines, *_note_lines(report, look)]


def _lines(finding: ReportedFinding, look: Look) -> list[Line]:
    text = f"{finding.message} ({reason_of(finding)})"
    return short_lines(Group((replace(finding, message=text),)), look)


def reason_of(finding: ReportedFinding) -> str:
    """Return what suppresses a finding, and the reason that it gives."""
    suppression = finding.suppression
    if suppression is None:
        return ""
    by = "a comment" if suppression.kind == "inline" else "the baseline"
    return f"{by}: {suppression.justification}" if suppression.justification else by


def _note_lines(report: Report, look: Look) -> list[Line]:
    """Return the notes of a report, each with its place."""
    lines: list[Line] = []
    for note in report.notes if look.verbose else report.notes[:_MOST]:
        where = f"{location(note.place, look)} " if note.place is not None else ""
        lines += wrap(f"{where}{note.text}", look.width, (("  ", ""),), style="dim")
    if left := 0 if look.verbose else len(report.notes[_MOST:]):
        lines.append(((f"  {left} more, -v", "dim"),))
    return lines
