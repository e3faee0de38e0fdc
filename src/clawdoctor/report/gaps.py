"""Sentences about what a run did not check, and why."""

from __future__ import annotations

from collections import Counter

from clawdoctor.finding import STAGES, CheckOutcome, Outcome, Report, Severity, Stage
from clawdoctor.terminal.line import counted, enumerated

MOST_NAMES = 3

_STAGE_LABELS: dict[Stage, str] = {
    "openclaw": "OpenClaw's config",
    "litellm": "LiteLLM's config",
    "docker": "Docker",
    "proxy": "the proxy",
    "azure": "Azure",
}
PROGRAMS = {"openclaw": "OpenClaw", "litellm": "LiteLLM"}


def gaps(report: Report, *, verbose: bool) -> list[str]:
    """Return what was not checked, and why. A verbose report has a line per check instead."""
    sentences = [*_left_out(report), *_excluded(report), *_other_providers(report)]
    if not verbose:
        sentences = [*_skipped(report), *sentences, *_unknown(report)]
    sentences += _newer(report)
    if verbose and report.knowledge:
        sentences.append(f"clawdoctor's knowledge is dated {report.knowledge}.")
    return sentences


def _left_out(report: Report) -> list[str]:
    left = report.available_checks - len(report.checks)
    if not report.narrowed or left <= 0:
        return []
    configured = any(item.kind == "clawdoctor" for item in report.inputs)
    by = "--select, --ignore" + (" or a config file" if configured else "")
    named = len(report.left_out) <= MOST_NAMES and report.left_out
    what = ", ".join(report.left_out) if named else counted(left, "check")
    return [f"Not checked ({by}): {what}."]


def _other_providers(report: Report) -> list[str]:
    names = report.unchecked_providers
    if not names:
        return []
    return [f"Not checked (other services): models of {', '.join(_few(list(names)))}."]


def _newer(report: Report) -> list[str]:
    """Return the programs whose newest settings these tables do not cover."""
    return [
        f"clawdoctor knows {PROGRAMS.get(program, program)} up to {report.newest[program]}; "
        f"yours is {version.value}."
        for program, version in report.versions.items()
        if version is not None and program in report.newest
    ]


def _skipped(report: Report) -> list[str]:
    codes: dict[str, int] = {}
    for check in report.checks:
        if check.outcome is Outcome.SKIPPED and check.blocked_by:
            codes[check.blocked_by[0]] = codes.get(check.blocked_by[0], 0) + 1
    if not codes:
        return []
    count = sum(codes.values())
    return [f"Skipped because of {enumerated(_few(list(codes)))}: {counted(count, 'check')} (-v)."]


def _few(names: list[str]) -> list[str]:
    left = len(names) - MOST_NAMES
    return [*names[:MOST_NAMES], *([f"{left} more"] if left > 0 else [])]


def _excluded(report: Report) -> list[str]:
    by_reason: dict[str, list[CheckOutcome]] = {}
    for check in report.checks:
        if check.outcome is Outcome.SKIPPED and not check.blocked_by:
            by_reason.setdefault(check.reason, []).append(check)
    if not by_reason and report.mode == "offline":
        proxied = any(stage == "proxy" for route in report.routes for stage, _ in route.hops)
        configured = any(item.kind == "litellm" and item.found for item in report.inputs)
        whole = proxied or configured or not report.routes
        return [f"Not checked: {'the running proxy and ' if whole else ''}Azure."]
    sentences = []
    for reason, checks in by_reason.items():
        stages = {check.stage for check in checks}
        about = enumerated(_STAGE_LABELS[stage] for stage in STAGES if stage in stages)
        why = f" ({reason})" if reason else ""
        sentences.append(f"Not checked{why}: {counted(len(checks), 'check')} of {about}.")
    return sentences


def _unknown(report: Report) -> list[str]:
    """Return the number of unknown checks, and the most common reason if nothing needs a fix."""
    reasons = Counter(check.reason for check in report.checks if check.outcome is Outcome.UNKNOWN)
    if not reasons:
        return []
    healthy = all(finding.severity is Severity.INFO for finding in report.findings)
    first = next((reason for reason, _ in reasons.most_common() if reason and healthy), "")
    more = " (-v: more reasons)" if first and len(reasons) > 1 else "" if first else " (-v)"
    why = f": {first}" if first else ""
    return [f"{counted(reasons.total(), 'check')} gave no result{why}{more}."]
