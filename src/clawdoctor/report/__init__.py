"""The report as text: the verdict, the routes, each root cause once, and what was not checked."""

from __future__ import annotations

from clawdoctor.finding import STAGES, CheckOutcome, Report, Severity
from clawdoctor.report.answer import verdict
from clawdoctor.report.blocks import block_lines, short_lines
from clawdoctor.report.clean import clean, cleaned
from clawdoctor.report.groups import Group, grouped
from clawdoctor.report.line import (
    ASCII,
    MARK_STYLES,
    Glyphs,
    Line,
    Look,
    cells,
    counted,
    paint,
    shown_path,
    wrap,
)
from clawdoctor.report.routes import STAGE_NAMES, duration, route_lines
from clawdoctor.report.summary import count_lines, gap_lines

LEAST_WIDTH = 30
MOST_INTERNAL_ERRORS = 5

_FILE_NAMES = {"openclaw": "openclaw.json", "litellm": "litellm_config.yaml"}


def render(
    report: Report,
    *,
    width: int = 88,
    color: bool = False,
    unicode: bool = True,
    verbose: bool = False,
    quiet: bool = False,
    home: str | None = None,
    cwd: str | None = None,
) -> str:
    """The report as text. Lines are at most `width` cells wide, except for text to copy.

    `color` adds ANSI escapes; without `unicode` all characters are ASCII. Paths below `cwd` or
    `home` are shortened. `quiet` shows only the verdict, a line for each root cause and the
    counts.
    """
    report = cleaned(report, unicode=unicode)
    look = Look(
        width=max(width, LEAST_WIDTH),
        glyphs=Glyphs() if unicode else ASCII,
        verbose=verbose,
        home=home and clean(home, unicode=unicode),
        cwd=cwd and clean(cwd, unicode=unicode),
    )
    groups = grouped(report)
    if report.usage_error is not None:
        error = wrap(report.usage_error, look.width, (("error: ", "bold red"),), style="bold")
        sections = [] if quiet else [_header(report, look)]
        sections.append(error)
    elif quiet:
        sections = [
            _repair(report, look)[:1],
            _quiet(report, groups, look),
        ]
    else:
        sections = [
            _repair(report, look),
            _header(report, look),
            wrap(verdict(report, groups, look), look.width, style="bold"),
            route_lines(report.routes, look),
            block_lines(groups, look, notes=verbose or report.fail_on is Severity.INFO),
            _checks(report, look) if verbose else [],
            [
                *gap_lines(report, look),
                *_internal_errors(report, look),
                *count_lines(report, groups, look),
            ],
            _after_repair(report, look),
        ]
    return paint(_spaced(sections), color)


def _spaced(sections: list[list[Line]]) -> list[Line]:
    """The lines of the sections that are not empty, with an empty line between sections."""
    lines: list[Line] = []
    for section in sections:
        while section and not section[-1]:
            section = section[:-1]
        if section:
            lines += [(), *section] if lines else section
    return lines


def _quiet(report: Report, groups: tuple[Group, ...], look: Look) -> list[Line]:
    lines = wrap(verdict(report, groups, look), look.width, style="bold")
    for group in groups:
        if group.severity.rank < 2:
            lines += short_lines(group, look)
    return [*lines, *_internal_errors(report, look), *count_lines(report, groups, look)]


def _header(report: Report, look: Look) -> list[Line]:
    """The head of the report: clawdoctor's version, the files, and the proxies or the mode."""
    name = f"clawdoctor {report.version}"
    parts = [
        shown_path(item.path, look) if item.found else f"no {_FILE_NAMES[item.kind]}"
        for item in report.inputs
        if (item.found or item.kind in _FILE_NAMES)
        and (item.kind != "log" or _log_is_evidence(report))
    ]
    parts.append(", ".join(report.proxies) or report.mode)
    whole = "   ".join([name, *parts])
    if cells(whole) <= look.width:
        return [((name, "bold"), (whole[len(name) :], ""))]
    lines: list[Line] = [((name, "bold"),)]
    for part in parts:
        lines += wrap(part, look.width, (("  ", ""),), (("    ", ""),))
    return lines


def _repair(report: Report, look: Look) -> list[Line]:
    if report.repair is None:
        return []
    from clawdoctor.report.repair import repair_lines

    return repair_lines(report.repair, look)


def _after_repair(report: Report, look: Look) -> list[Line]:
    if report.repair is None:
        return []
    from clawdoctor.report.repair import next_lines

    return next_lines(report.repair, look)


def _log_is_evidence(report: Report) -> bool:
    """True if a finding has evidence from a log. Other logs are not worth a mention."""
    return any(item.kind == "log" for finding in report.findings for item in finding.evidence)


def _checks(report: Report, look: Look) -> list[Line]:
    """The outcome of each check, by stage."""
    lines: list[Line] = []
    for stage in STAGES:
        checks = [check for check in report.checks if check.stage == stage]
        if checks:
            lines.append(((STAGE_NAMES[stage], "bold"),))
        names = max((cells(check.name) for check in checks), default=0)
        for check in checks:
            lines += _check(check, names if names * 2 < look.width else 0, look)
    return lines


def _check(check: CheckOutcome, names: int, look: Look) -> list[Line]:
    start: Line = (
        (f"  {look.glyphs.mark(check.outcome)} ", MARK_STYLES[check.outcome]),
        (f"{check.code} ", "bold"),
        (check.name + " " * (names - cells(check.name)) + "  ", ""),
    )
    reasons = [
        check.reason,
        f"because of {', '.join(check.blocked_by)}" if check.blocked_by else "",
    ]
    why = ", ".join(reason for reason in reasons if reason)
    text = f"{check.outcome}" + (f": {why}" if why else "")
    rest: Line = (("      ", ""),)
    took = f", {duration(check.duration_ms)}" if check.duration_ms else ""
    return wrap(text + took, look.width, start, rest)


def _internal_errors(report: Report, look: Look) -> list[Line]:
    errors = report.internal_errors
    if not errors:
        return []
    text = f"clawdoctor itself failed in {counted(len(errors), 'place')}; please report:"
    lines = wrap(text, look.width, style="bold red")
    for error in errors if look.verbose else errors[:MOST_INTERNAL_ERRORS]:
        trace = f" ({error.trace})" if error.trace and look.verbose else ""
        lines += wrap(f"{error.where}: {error.error}{trace}", look.width, (("  ", ""),))
    if not look.verbose and (left := len(errors) - MOST_INTERNAL_ERRORS) > 0:
        lines.append(((f"  {left} more, -v", ""),))
    return lines
