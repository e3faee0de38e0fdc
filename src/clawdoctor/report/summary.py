"""The sentences of the report: the verdict, what was not checked, the counts."""

from __future__ import annotations

from collections.abc import Iterable

from clawdoctor.finding import (
    STAGES,
    CheckOutcome,
    Outcome,
    Report,
    RouteLine,
    Severity,
    Stage,
)
from clawdoctor.report.groups import Group
from clawdoctor.report.line import Line, Look, counted, wrap
from clawdoctor.report.routes import duration, roles, routes_in_use

MOST_NAMES = 3
MOST_CLAUSES = 2

_STAGE_WORDS: dict[Stage, str] = {
    "openclaw": "OpenClaw's config",
    "litellm": "LiteLLM's config",
    "docker": "Docker",
    "proxy": "the proxy",
    "azure": "Azure",
}

_NOTHING_FOUND = {
    "offline": "Nothing in these files stops your agent; the proxy and Azure were not asked.",
    "free": "Nothing found that stops your agent; no turn was sent.",
    "live": "Nothing found that stops your agent, but no turn could be completed.",
}

_PROGRAMS = {"openclaw": "OpenClaw", "litellm": "LiteLLM"}


def verdict(report: Report, groups: tuple[Group, ...]) -> str:
    """Whether the agent answers and what stands in the way, in a sentence."""
    clauses = ", and ".join(_consequences(groups))
    if clauses and not routes_in_use(report.routes):
        return f"This will not work: {clauses}."
    because = f": {clauses}." if clauses else "."
    match report.verdict:
        case "broken":
            return f"Your agent cannot answer{because}"
        case "degraded":
            return _degraded(report, clauses)
        case "answers":
            return "Your agent answers."
    if clauses:
        return f"Your agent may not answer{because}"
    if report.answers_with:
        return f"{_short(report.answers_with, report)} answers; {_wanted(report)} is not known to."
    warnings = sum(group.severity is Severity.WARNING for group in groups)
    if warnings:
        need = "needs" if warnings == 1 else "need"
        return (
            "Nothing found that stops your agent for certain, "
            f"but {counted(warnings, 'warning')} {need} a look."
        )
    if report.internal_errors:
        return "clawdoctor failed in part; what it could check does not stop your agent."
    return _NOTHING_FOUND[report.mode]


def _consequences(groups: tuple[Group, ...]) -> list[str]:
    clauses = [
        finding.consequence or group.headline
        for group in groups
        for finding in group.findings
        if finding.severity is Severity.ERROR
    ]
    return list(dict.fromkeys(clause.rstrip(". ") for clause in clauses))[:MOST_CLAUSES]


def _degraded(report: Report, clauses: str) -> str:
    because = f": {clauses}." if clauses else "."
    answers = report.answers_with
    used = routes_in_use(report.routes)
    wanted = _primary(report) or answers
    if answers != wanted and answers and wanted:
        instead = f"{_short(answers, report)} instead of {_short(wanted, report)}"
        return f"Your agent answers, but with {instead}{because}"
    lost = [route for route in used if route.status in ("broken", "degraded")]
    if answers is None and lost:
        return _untried(lost, report, because)
    broken = [route.model for route in lost if route.status == "broken"]
    if lost and not broken:
        model = _short(lost[0].model, report)
        return f"Your agent answers, but not all that stands behind {model} does."
    if not broken:
        return f"Your agent answers, but not every model could be tried{because}"
    more = f" and {len(broken) - 1} more" if len(broken) > 1 else ""
    return f"Your agent answers, but not with {_short(broken[0], report)}{more}{because}"


def _primary(report: Report) -> str | None:
    used = routes_in_use(report.routes)
    return next((route.model for route in used if "primary" in roles(route)), None)


def _wanted(report: Report) -> str:
    """The model that was meant to answer, as a sentence names it."""
    primary = _primary(report)
    return f"your agent's primary {_short(primary, report)}" if primary else "another model"


def _untried(lost: list[RouteLine], report: Report, because: str) -> str:
    """Some of the models cannot answer, and no turn has shown that another one does."""
    first = lost[0]
    more = f" and {len(lost) - 1} more" if len(lost) > 1 else ""
    if "primary" in roles(first):
        said = f"Your agent cannot answer with its primary {_short(first.model, report)}{more}"
        return f"{said}{because} A fallback may carry it, and nobody will notice."
    return f"Your agent cannot fall back to {_short(first.model, report)}{more}{because}"


def _short(model: str, report: Report) -> str:
    """A model without its provider, unless two providers have one of that name."""
    names = [route.model.partition("/")[2] for route in report.routes]
    name = model.partition("/")[2]
    return name if name and names.count(name) < 2 else model


def gap_lines(report: Report, look: Look) -> list[Line]:
    """What was not checked, and why; a verbose report has every check's own line for it."""
    sentences = _excluded(report)
    if not look.verbose:
        sentences = [*_skipped(report), *sentences, *_unknown(report)]
    return [line for text in sentences for line in wrap(text, look.width, (), (("  ", ""),))]


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
        about = _listed(_STAGE_WORDS[stage] for stage in STAGES if stage in stages)
        why = f" ({reason})" if reason else ""
        sentences.append(f"Not checked{why}: {counted(len(checks), 'check')} of {about}.")
    return sentences


def _listed(words: Iterable[str]) -> str:
    *first, last = words
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
    """The last line: how much was found, checked, spent."""
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
    return wrap(units, look.width)


def _problems(report: Report, groups: tuple[Group, ...], look: Look) -> str:
    notes = sum(group.severity is Severity.INFO for group in groups)
    parts = [_places(groups, Severity.ERROR), _places(groups, Severity.WARNING)]
    if not any(parts) and not report.internal_errors:
        parts = ["No problems"]
    if notes:
        parts.append(counted(notes, "note") + ("" if look.verbose else " (-v)"))
    return ", ".join(part for part in parts if part)


def _places(groups: tuple[Group, ...], severity: Severity) -> str:
    chosen = [group for group in groups if group.severity is severity]
    places = sum(len(group.findings) for group in chosen)
    if not chosen:
        return ""
    where = f" in {places} places" if places > len(chosen) else ""
    return counted(len(chosen), severity.value) + where


def _number(count: int, word: str) -> str:
    return f"{count} {word}" if count else ""


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
