"""The last lines of the report: a short verdict, the first step, and what was checked."""

from __future__ import annotations

from collections.abc import Iterator

from clawdoctor.finding import Outcome, Report, Severity
from clawdoctor.report.answer import mark, uses_fallback
from clawdoctor.report.change_place import FILE_NAMES
from clawdoctor.report.first_step import first_step
from clawdoctor.report.gaps import PROGRAMS, gaps
from clawdoctor.report.groups import Group, found_groups
from clawdoctor.report.routes import duration, routes_in_use
from clawdoctor.run.repeat import with_options
from clawdoctor.terminal.line import Line, Look, counted, shown_path, wrap

_MODES = {"free": "no test message sent"}

_LAST_LINES = 5
"""The number of lines that the first step and the dim lines after it share."""

_ANSWER = {"broken": "Cannot answer", "degraded": "Answers in part", "answers": "Answers"}


def last_lines(report: Report, groups: tuple[Group, ...], look: Look) -> list[Line]:
    """Return the verdict and the counts, the first step, and in dim lines what was checked.

    The first step begins in one of the last five lines.
    """
    found = found_groups(report, groups)
    sign, style = mark(report, found, look)
    counts = _joined([_status(report, found), *_counts(report, groups, look)], look)
    lines = wrap(counts, look.width, ((f"{sign} ", style),), (("  ", ""),), style)
    if report.exit_reason:
        lines += wrap(f"The exit code is 1: {report.exit_reason}.", look.width, (("  ", ""),))
    written = report.repair is not None and report.repair.written
    step: list[Line] = []
    if first := "" if written else first_step(report, groups, look):
        arrow: Line = ((f"{look.glyphs.arrow} ", "bold"),)
        text = with_options(first, report.options)
        step = wrap(text, look.width, arrow, (("  ", ""),), "bold")
    return [*lines, *step, *_footer(report, groups, look, _LAST_LINES - len(step))]


def _footer(report: Report, groups: tuple[Group, ...], look: Look, room: int) -> list[Line]:
    """Return what was checked and what was not, in at most `room` lines unless `look` is verbose.

    If there is no room, costs, versions and files are left out from the end, then the hint.
    """
    about = _about(report, look)
    gap = [sentence.removesuffix(".") for sentence in gaps(report, verbose=look.verbose)]
    more = [_more(groups, look)]
    while True:
        text = _joined([*about, *gap, *more], look)
        lines = wrap(text, look.width, (("  ", ""),), style="dim")
        left_out = about or more
        if look.verbose or len(lines) <= room or not left_out:
            return lines
        left_out.pop()


def _joined(parts: list[str], look: Look) -> list[str]:
    present = [part for part in parts if part]
    return [f"{part} {look.glyphs.dot}" for part in present[:-1]] + present[-1:]


def _status(report: Report, groups: tuple[Group, ...]) -> str:
    if report.verdict == "broken" and not routes_in_use(report.routes):
        return "Does not work"
    problems = {group.severity for group in groups} - {Severity.INFO}
    if report.verdict == "answers" and not problems and not report.internal_errors:
        return "No problems" + (" in these checks" if report.narrowed else "")
    if report.verdict == "degraded" and report.answers_with is None:
        return "Fails in part"  # no test message was answered
    if report.verdict == "degraded" and uses_fallback(report):
        return "Answers only with a fallback"
    if report.verdict != "unknown":
        return _ANSWER[report.verdict]
    if Severity.ERROR in problems:
        return "May not answer"
    if report.internal_errors:
        return "Checked in part"
    if problems:
        return "No errors"
    return "No errors or warnings" + (" in these checks" if report.narrowed else "")


def _counts(report: Report, groups: tuple[Group, ...], look: Look) -> Iterator[str]:
    problems = [_places(groups, severity) for severity in (Severity.ERROR, Severity.WARNING)]
    yield ", ".join(filter(None, problems))
    if report.internal_errors:
        yield counted(len(report.internal_errors), "internal error")
    if look.verbose or not any(problems):
        passed = sum(check.outcome is Outcome.PASSED for check in report.checks)
        yield f"{counted(passed, 'check')} passed"
    notes = sum(group.severity is Severity.INFO for group in groups)
    if notes:
        shown = look.verbose or report.fail_on is Severity.INFO
        yield counted(notes, "note") + ("" if shown else " (-v)")
    if report.suppressed:
        yield f"{len(report.suppressed)} suppressed"


def _places(groups: tuple[Group, ...], severity: Severity) -> str:
    chosen = [group for group in groups if group.severity is severity]
    places = sum(len(group.findings) for group in chosen)
    if not chosen:
        return ""
    where = f" in {places} places" if places > len(chosen) else ""
    return counted(len(chosen), severity.value) + where


def _about(report: Report, look: Look) -> list[str]:
    """Return the files, the proxies or the mode, the versions, the cost and the time."""
    return [
        *_inputs(report, look),
        *(report.proxies or (_MODES.get(report.mode, report.mode),)),
        *_versions(report, look),
        _cost(report),
        duration(report.duration_ms) if report.duration_ms < 100 else _seconds(report),
        f"clawdoctor {report.version}" if look.verbose else "",
    ]


def _inputs(report: Report, look: Look) -> Iterator[str]:
    for item in report.inputs:
        if item.kind == "log" and not _log_is_evidence(report):
            continue
        if item.found:
            yield shown_path(item.path, look)
        elif item.kind in FILE_NAMES:
            yield f"no {FILE_NAMES[item.kind]}"


def _log_is_evidence(report: Report) -> bool:
    """Return whether a finding has evidence from a log. Other logs are not worth mentioning."""
    return any(item.kind == "log" for finding in report.findings for item in finding.evidence)


def _versions(report: Report, look: Look) -> Iterator[str]:
    for program, version in report.versions.items():
        if version is None:
            continue
        text = f"{PROGRAMS.get(program, program)} {version.value}"
        text += " or later" if version.lower_bound else ""
        text += f" ({version.source})" if look.verbose and version.source else ""
        yield text


def _cost(report: Report) -> str:
    cost = report.cost
    if not cost.requests:
        return ""
    if not cost.billable_requests:
        return f"{counted(cost.requests, 'request')}, nothing billed"
    tokens = cost.prompt_tokens + cost.completion_tokens
    return f"{counted(cost.billable_requests, 'test message')}, {counted(tokens, 'token')}"


def _seconds(report: Report) -> str:
    return f"{report.duration_ms / 1000:.1f} s"


def _more(groups: tuple[Group, ...], look: Look) -> str:
    """Return how to learn more about a code."""
    code = next((g.lead.code for g in groups if g.severity is not Severity.INFO), None)
    return "" if code is None or look.verbose else f"More about {code}: `clawdoctor explain {code}`"
