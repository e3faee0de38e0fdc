"""The last lines of the report: what was not checked, and the counts."""

from __future__ import annotations

from collections.abc import Iterable

from clawdoctor.finding import (
    STAGES,
    CheckOutcome,
    Outcome,
    Report,
    Severity,
    Stage,
)
from clawdoctor.report.groups import Group
from clawdoctor.report.line import Line, Look, counted, wrap
from clawdoctor.report.routes import duration

MOST_NAMES = 3


_STAGE_LABELS: dict[Stage, str] = {
    "openclaw": "OpenClaw's config",
    "litellm": "LiteLLM's config",
    "docker": "Docker",
    "proxy": "the proxy",
    "azure": "Azure",
}

_PROGRAMS = {"openclaw": "OpenClaw", "litellm": "LiteLLM"}


def gap_lines(report: Report, look: Look) -> list[Line]:
    """What was not checked, and why. A verbose report has a line for each check instead."""
    sentences = [*_left_out(report), *_excluded(report), *_other_providers(report)]
    if not look.verbose:
        sentences = [*_skipped(report), *sentences, *_unknown(report)]
    sentences += _newer(report)
    if look.verbose and report.knowledge:
        sentences.append(f"What clawdoctor knows is of {report.knowledge}.")
    return [line for text in sentences for line in wrap(text, look.width, (), (("  ", ""),))]


def _left_out(report: Report) -> list[str]:
    left = report.available_checks - len(report.checks)
    if not report.narrowed or left <= 0:
        return []
    return [f"Not checked (--select, --ignore): {counted(left, 'check')}."]


def _other_providers(report: Report) -> list[str]:
    names = report.unchecked_providers
    return [f"Not checked (other services): models of {_named(list(names))}."] if names else []


def _newer(report: Report) -> list[str]:
    """The programs of which these tables do not have the newest settings."""
    return [
        f"{_PROGRAMS.get(program, program)} {version.value} is newer than the newest that "
        f"clawdoctor knows ({report.newest[program]})."
        for program, version in report.versions.items()
        if version is not None and program in report.newest
    ]


def _skipped(report: Report) -> list[str]:
    names: dict[str, list[str]] = {}
    for check in report.checks:
        if check.outcome is Outcome.SKIPPED and check.blocked_by:
            names.setdefault(check.blocked_by[0], []).append(check.name)
    return [f"Skipped because of {code}: {_named(found)}." for code, found in names.items()]


def _named(names: list[str], left: int = 0) -> str:
    left += len(names) - MOST_NAMES
    return ", ".join([*names[:MOST_NAMES], *([f"{left} more (-v)"] if left > 0 else [])])


def _excluded(report: Report) -> list[str]:
    by_reason: dict[str, list[CheckOutcome]] = {}
    for check in report.checks:
        if check.outcome is Outcome.SKIPPED and not check.blocked_by:
            by_reason.setdefault(check.reason, []).append(check)
    if not by_reason and report.mode == "offline":
        return ["Not checked: the running proxy and Azure."]
    sentences = []
    for reason, checks in by_reason.items():
        stages = {check.stage for check in checks}
        about = _listed(_STAGE_LABELS[stage] for stage in STAGES if stage in stages)
        why = f" ({reason})" if reason else ""
        sentences.append(f"Not checked{why}: {counted(len(checks), 'check')} of {about}.")
    return sentences


def _listed(items: Iterable[str]) -> str:
    *first, last = items
    return f"{', '.join(first)} and {last}" if first else last


def _unknown(report: Report) -> list[str]:
    unknown = [check for check in report.checks if check.outcome is Outcome.UNKNOWN]
    by_reason: dict[str, list[str]] = {}
    for check in unknown[:MOST_NAMES]:
        by_reason.setdefault(check.reason, []).append(check.name)
    parts = [
        ", ".join(names) + (f" ({reason})" if reason else "") for reason, names in by_reason.items()
    ]
    if left := max(0, len(unknown) - MOST_NAMES):
        parts.append(f"{left} more (-v)")
    return [f"Could not check: {', '.join(parts)}."] if parts else []


def count_lines(report: Report, groups: tuple[Group, ...], look: Look) -> list[Line]:
    """The last line: counts of findings, checks, requests and tokens."""
    parts = [
        _problems(report, groups, look),
        f"{_outcomes(report, Outcome.PASSED)} passed",
        _number(sum(_is_blocked(check) for check in report.checks), "skipped"),
        _number(_outcomes(report, Outcome.UNKNOWN), "unknown"),
        _number(report.suppressed, "suppressed"),
        _safe_fixes(report),
        _cost(report),
        _versions(report, look),
        duration(report.duration_ms) if report.duration_ms < 100 else _seconds(report),
    ]
    present = [part for part in parts if part]
    dot = look.glyphs.dot
    units = [f"{part} {dot}" for part in present[:-1]] + present[-1:]
    reason = f"The exit code is 1: {report.exit_reason}." if report.exit_reason else ""
    return [*(wrap(reason, look.width, style="bold") if reason else []), *wrap(units, look.width)]


def _problems(report: Report, groups: tuple[Group, ...], look: Look) -> str:
    notes = sum(group.severity is Severity.INFO for group in groups)
    parts = [_places(groups, Severity.ERROR), _places(groups, Severity.WARNING)]
    if not any(parts) and not report.internal_errors:
        clear = "No problems" if report.verdict == "answers" else "No errors or warnings"
        parts = [clear + (" in these checks" if report.narrowed else "")]
    if notes:
        shown = look.verbose or report.fail_on is Severity.INFO
        parts.append(counted(notes, "note") + ("" if shown else " (-v)"))
    return ", ".join(part for part in parts if part)


def _places(groups: tuple[Group, ...], severity: Severity) -> str:
    chosen = [group for group in groups if group.severity is severity]
    places = sum(len(group.findings) for group in chosen)
    if not chosen:
        return ""
    where = f" in {places} places" if places > len(chosen) else ""
    return counted(len(chosen), severity.value) + where


def _number(count: int, label: str) -> str:
    return f"{count} {label}" if count else ""


def _outcomes(report: Report, outcome: Outcome) -> int:
    return sum(check.outcome is outcome for check in report.checks)


def _is_blocked(check: CheckOutcome) -> bool:
    return check.outcome is Outcome.SKIPPED and bool(check.blocked_by)


def _safe_fixes(report: Report) -> str:
    safe = sum(
        any(fix.edits and fix.applicability == "safe" for fix in finding.fixes)
        for finding in report.findings
    )
    return f"{safe} safe {'fix' if safe == 1 else 'fixes'}" if safe else ""


def _cost(report: Report) -> str:
    cost = report.cost
    if not cost.requests:
        return ""
    if not cost.billable_requests:
        return f"{counted(cost.requests, 'request')}, nothing billed"
    tokens = cost.prompt_tokens + cost.completion_tokens
    return f"{counted(cost.billable_requests, 'turn')}, {counted(tokens, 'token')}"


def _versions(report: Report, look: Look) -> str:
    found = []
    for program, version in report.versions.items():
        if version is None:
            continue
        text = f"{_PROGRAMS.get(program, program)} {version.value}"
        text += " or later" if version.lower_bound else ""
        text += f" ({version.source})" if look.verbose and version.source else ""
        found.append(text)
    return ", ".join(found)


def _seconds(report: Report) -> str:
    return f"{report.duration_ms / 1000:.1f} s"
