"""The report as Markdown: a bug report to paste into an issue.

Everything that may come from a file or a server is in a code block whose fence is longer than any
row of backticks in it. There, Markdown, HTML, mentions and links have no effect.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from clawdoctor.finding import Outcome, Report
from clawdoctor.formats.trace_text import to_text as trace_to_text
from clawdoctor.report.answer import verdict_lines
from clawdoctor.report.blocks import block_lines
from clawdoctor.report.gaps import PROGRAMS
from clawdoctor.report.groups import found_groups, grouped
from clawdoctor.report.routes import route_lines
from clawdoctor.report.summary import last_lines
from clawdoctor.report.suppressed import suppressed_lines
from clawdoctor.terminal.clean import clean, cleaned
from clawdoctor.terminal.line import Line, Look, paint
from clawdoctor.traced import Trace

_WIDTH = 88
_LABELS = {
    Outcome.FAILED: "with findings",
    Outcome.UNKNOWN: "unknown",
    Outcome.SKIPPED: "skipped",
    Outcome.PASSED: "passed",
    Outcome.NOT_APPLICABLE: "not applicable",
}


def to_markdown(report: Report, trace: Trace | None = None, *, home: str | None = None) -> str:
    """Return the report and the requests of a trace. Paths below `home` are shortened."""
    report = cleaned(report, unicode=True)
    look = Look(width=_WIDTH, verbose=True, home=home and clean(home))
    sections = [
        (title, text) for title, text in _sections(report, trace, look, home) if text.strip()
    ]
    head = f"## clawdoctor {report.version}: exit code {report.exit_code}, {report.mode}\n"
    return head + "".join(f"\n### {title}\n\n{fenced(text)}\n" for title, text in sections)


def _sections(
    report: Report, trace: Trace | None, look: Look, home: str | None
) -> Iterator[tuple[str, str]]:
    if report.usage_error is not None:
        yield "Wrong usage", report.usage_error
        return
    groups = grouped(report)
    yield "Verdict", _text(verdict_lines(report, found_groups(report, groups), look))
    yield "Versions", "".join(_versions(report))
    yield "Chain", _text(route_lines(report.routes, look))
    yield "Findings", _text(block_lines(groups, look, notes=True))
    yield "Suppressed", _text(suppressed_lines(report, look))
    yield "Checks", "".join(_outcomes(report))
    yield "clawdoctor failed", "".join(_internal_errors(report))
    if trace is not None:
        yield "Requests (predicted)", trace_to_text(trace, width=_WIDTH, home=home)
    yield "Summary", _text(last_lines(report, groups, look))


def _text(lines: list[Line]) -> str:
    return paint(lines, color=False)


def _versions(report: Report) -> Iterator[str]:
    for program, version in report.versions.items():
        if version is None:
            yield f"{PROGRAMS.get(program, program)}: unknown\n"
        else:
            later = " or later" if version.lower_bound else ""
            name = PROGRAMS.get(program, program)
            yield f"{name} {version.value}{later} ({version.source})\n"
    knowledge = f", with knowledge of {report.knowledge}" if report.knowledge else ""
    yield f"clawdoctor {report.version}{knowledge}\n"


def _outcomes(report: Report) -> Iterator[str]:
    """Yield the codes of each outcome, and the reasons of the checks that are unknown."""
    for outcome, label in _LABELS.items():
        checks = [check for check in report.checks if check.outcome is outcome]
        if checks:
            yield f"{len(checks)} {label}: {' '.join(check.code for check in checks)}\n"
        if outcome is Outcome.UNKNOWN:
            yield from (f"  {check.code} {check.reason}\n" for check in checks)


def _internal_errors(report: Report) -> Iterator[str]:
    for error in report.internal_errors:
        yield f"{error.where}: {error.error} ({error.trace})\n"


def fenced(text: str) -> str:
    """Return a text as a code block that no line of the text can end."""
    longest = max((len(row) for row in re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}text\n{text.rstrip()}\n{fence}"
