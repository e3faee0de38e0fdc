"""The report as text: the verdict, the routes, each root cause once, and the first step."""

from __future__ import annotations

from clawdoctor.finding import STAGES, CheckOutcome, Report, Severity
from clawdoctor.report.answer import verdict_lines
from clawdoctor.report.blocks import block_lines, short_lines
from clawdoctor.report.groups import Group, found_groups, grouped
from clawdoctor.report.routes import STAGE_NAMES, duration, route_lines
from clawdoctor.report.summary import last_lines
from clawdoctor.report.suppressed import suppressed_lines
from clawdoctor.terminal.clean import clean, cleaned
from clawdoctor.terminal.layout import padded, widest
from clawdoctor.terminal.line import (
    ASCII,
    MARK_STYLES,
    Glyphs,
    Line,
    Look,
    counted,
    paint,
    wrap,
)

LEAST_WIDTH = 30
MOST_INTERNAL_ERRORS = 5


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
    """Return the report as text. Lines have at most `width` cells, except for text to copy.

    `color` adds ANSI escapes; without `unicode` all characters are ASCII. Paths below `cwd` or
    `home` are shortened. `quiet` shows only the verdict, a line for each root cause and the counts.
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
        sections = [wrap(report.usage_error, look.width, (("error: ", "bold red"),), style="bold")]
    elif quiet:
        sections = [_repair(report, look)[:1], _quiet(report, groups, look)]
    else:
        sections = [
            _repair(report, look),
            verdict_lines(report, found_groups(report, groups), look),
            route_lines(report.routes, look),
            block_lines(groups, look, notes=verbose or report.fail_on is Severity.INFO),
            suppressed_lines(report, look),
            _checks(report, look) if verbose else [],
            [*_internal_errors(report, look), *last_lines(report, groups, look)],
            _after_repair(report, look),
        ]
    return paint(_spaced(sections), color)


def _spaced(sections: list[list[Line]]) -> list[Line]:
    """Return the lines of the non-empty sections, with an empty line between sections."""
    lines: list[Line] = []
    for section in sections:
        while section and not section[-1]:
            section = section[:-1]
        if section:
            lines += [(), *section] if lines else section
    return lines


def _quiet(report: Report, groups: tuple[Group, ...], look: Look) -> list[Line]:
    lines = verdict_lines(report, found_groups(report, groups), look)
    for group in groups:
        if group.severity is not Severity.INFO:
            lines += short_lines(group, look)
    return [*lines, *_internal_errors(report, look), *last_lines(report, groups, look)[:1]]


def _repair(report: Report, look: Look) -> list[Line]:
    if report.repair is None:
        return []
    from clawdoctor.report.repair import repair_lines

    return repair_lines(report.repair, report.options, look)


def _after_repair(report: Report, look: Look) -> list[Line]:
    if report.repair is None:
        return []
    from clawdoctor.report.repair import next_lines

    return next_lines(report.repair, report.options, look)


def _checks(report: Report, look: Look) -> list[Line]:
    """Return the outcome of each check, by stage."""
    lines: list[Line] = []
    for stage in STAGES:
        checks = [check for check in report.checks if check.stage == stage]
        if checks:
            lines.append(((STAGE_NAMES[stage], "bold"),))
        names = widest(check.name for check in checks)
        for check in checks:
            lines += _check(check, names if names * 2 < look.width else 0, look)
    return lines


def _check(check: CheckOutcome, names: int, look: Look) -> list[Line]:
    start: Line = (
        (f"  {look.glyphs.mark(check.outcome)} ", MARK_STYLES[check.outcome]),
        (f"{check.code} ", "bold"),
        (f"{padded(check.name, names)}  ", ""),
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
