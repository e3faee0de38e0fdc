"""The first lines of the report: whether the agent answers, and if not, why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from clawdoctor.finding import (
    INTERRUPTED,
    InputKind,
    Outcome,
    Report,
    ReportedFinding,
    RouteLine,
    Severity,
    Verdict,
)
from clawdoctor.report.groups import Group
from clawdoctor.report.routes import roles, routes_in_use
from clawdoctor.terminal.line import Line, Look, counted, shown_path, wrap

_OWNERS: dict[InputKind, str] = {"openclaw": "OpenClaw's", "litellm": "LiteLLM's"}

_NOTHING_FOUND = {
    "offline": "Nothing in these files stops your agent. The proxy and Azure were not checked.",
    "free": "Nothing found that stops your agent. No test message was sent.",
    "live": "Nothing found that stops your agent, but no test message was answered.",
}


def verdict_lines(report: Report, groups: tuple[Group, ...], look: Look) -> list[Line]:
    """Return the verdict with its mark: whether the agent answers, or the first cause."""
    main, *more = verdict(report, groups, look)
    sign, style = mark(report, groups, look)
    lines = wrap(main, look.width, ((f"{sign} ", style),), (("  ", ""),), style)
    return [*lines, *(wrap(" ".join(more), look.width, (("  ", ""),)) if more else [])]


def mark(report: Report, groups: tuple[Group, ...], look: Look) -> tuple[str, str]:
    """Return the sign of the verdict and its style. Colour never carries meaning alone."""
    glyphs = look.glyphs
    if report.usage_error is not None:
        return glyphs.failed.strip(), "bold red"
    signs = {
        "broken": (glyphs.failed.strip(), "bold red"),
        "degraded": ("!", "bold yellow"),
        "answers": (glyphs.passed.strip(), "bold green"),
        "unknown": (glyphs.unknown.strip(), "bold"),
    }
    doubtful = report.internal_errors or any(
        group.severity is not Severity.INFO for group in groups
    )
    if report.verdict == "unknown" and doubtful:
        return signs["degraded"]
    return signs[report.verdict]


def verdict(report: Report, groups: tuple[Group, ...], look: Look) -> list[str]:
    """Return sentences on whether the agent answers, why not, and what else matters.

    The first begins with "Interrupted." if the run was interrupted.
    """
    main = _verdict(report, groups)
    more = [_memory_search(report, groups), _unused_proxy(report, groups)]
    if report.half is not None and report.answers_with is None:
        more.append(_other_half(report, groups, look))
    sentences = [sentence for sentence in (main, *more) if sentence]
    if report.exit_code == INTERRUPTED:
        sentences[:1] = [f"Interrupted. {sentence}" for sentence in sentences[:1]]
    return sentences or ["Interrupted."]


def _verdict(report: Report, groups: tuple[Group, ...]) -> str:
    clause = _consequence(report, groups, searches=False)
    if clause and not _chat_routes(report):
        return f"This will not work: {clause}."
    because = f": {clause}." if clause else "."
    match _verdict_of_answers(report):
        case "broken":
            return f"Your agent cannot answer{because}"
        case "degraded":
            return _degraded(report, clause)
        case "answers":
            return "Your agent answers."
    if clause:
        return f"Your agent may not answer{because}"
    if report.answers_with:
        answering = _short_name(report.answers_with, report)
        return f"{answering} answers. {_primary_name(report)} is unconfirmed."
    if report.narrowed:
        return _of_selection(report)
    if warned := _warnings(groups):
        return f"Your agent may answer{warned}."
    if report.internal_errors:
        return "clawdoctor failed in part. Nothing that it could check stops your agent."
    if report.half is not None:
        return f"Nothing found in {_OWNERS[report.half]} config."
    return _NOTHING_FOUND[report.mode]


def _warnings(groups: tuple[Group, ...]) -> str:
    """Return the first warning that counts and how many there are, or "" without warnings."""
    warnings = [group for group in groups if group.severity is Severity.WARNING]
    counting = [f for group in warnings for f in group.findings[:1] if f.suppression is None]
    if not counting:
        count = len(warnings)
        verb = "is" if count == 1 else "are"
        return f", but {counted(count, 'warning')} {verb} suppressed" if count else ""
    first = counting[0].message.partition("; did you mean")[0].rstrip(".?")
    which = f"First of {len(counting)} warnings" if len(counting) > 1 else "Warning"
    return f". {which}: {first}"


def _of_selection(report: Report) -> str:
    """Return what the selected checks found, which does not show whether the agent answers."""
    outcomes = Counter(check.outcome for check in report.checks)
    ran = sum(outcomes.values()) - outcomes[Outcome.SKIPPED]
    found = outcomes[Outcome.FAILED], outcomes[Outcome.UNKNOWN]
    labels = ("with findings", "unknown")
    parts = [f"{count} {label}" for count, label in zip(found, labels, strict=True) if count]
    if not parts:
        result = "passed" if ran else ""
    else:
        passed = ran - sum(found)
        result = ", ".join([*([f"{passed} passed"] if passed else []), *parts])
    count = f"{ran} of {report.available_checks} checks ran"
    return f"{count}: {result}. The rest was not looked at." if result else f"{count}."


def _other_half(report: Report, groups: tuple[Group, ...], look: Look) -> str:
    """Return which config was not checked, and where it was looked for.

    The user knows this if an option names the other config, so an error omits it.
    """
    other = next(kind for kind in _OWNERS if kind != report.half)
    looked = next((item.path for item in report.inputs if item.kind == other), "")
    if not looked and any(group.severity is Severity.ERROR for group in groups):
        return ""
    where = f": there is no {shown_path(looked, look)}" if looked else ""
    return f"{_OWNERS[other]} half of the chain was not checked{where}."


def _memory_search(report: Report, groups: tuple[Group, ...]) -> str:
    """Return the sentence about faults of memory search alone, or ""."""
    clause = _consequence(report, groups, searches=True)
    return f"Memory search fails: {clause}." if clause else ""


def _unused_proxy(report: Report, groups: tuple[Group, ...]) -> str:
    """Return the sentence about faults of a proxy that no model in use goes through, or ""."""
    apart = _clause(groups, lambda finding: _is_unused(finding, report))
    return f"LiteLLM has a fault, but no agent uses it: {apart}." if apart else ""


def _consequence(report: Report, groups: tuple[Group, ...], *, searches: bool) -> str:
    """Return the effect of the first error: of memory search alone, or of all others."""
    embedding = {route.model for route in report.routes if route.embeds}

    def counts(finding: ReportedFinding) -> bool:
        alone = bool(finding.routes) and embedding.issuperset(finding.routes)
        return alone is searches and not _is_unused(finding, report)

    return _clause(groups, counts)


def _is_unused(finding: ReportedFinding, report: Report) -> bool:
    """Return whether a finding is about a proxy that no model in use goes through."""
    used = routes_in_use(report.routes)
    if not used or any(route.group is not None for route in used):
        return False
    touches = any(finding.id in route.findings for route in used)
    return finding.stage in ("litellm", "docker", "proxy") and not touches


def _clause(groups: tuple[Group, ...], counts: Callable[[ReportedFinding], bool]) -> str:
    """Return the consequence of the first error that counts, in the order of repair."""
    found = (
        finding.consequence or group.headline
        for group in groups
        for finding in group.findings
        if finding.severity is Severity.ERROR and counts(finding)
    )
    return next(found, "").rstrip(". ")


def _chat_routes(report: Report) -> list[RouteLine]:
    return [route for route in routes_in_use(report.routes) if not route.embeds]


def _verdict_of_answers(report: Report) -> Verdict:
    """Return the verdict without the effect of memory search."""
    lost = any(route.status in ("broken", "degraded") for route in _chat_routes(report))
    searches = any(route.embeds and route.status == "broken" for route in report.routes)
    if report.verdict != "degraded" or lost or not searches:
        return report.verdict
    answers = report.answers_with and _primary(report) in (None, report.answers_with)
    return "answers" if answers else "unknown"


def _degraded(report: Report, clause: str) -> str:
    because = f": {clause}." if clause else "."
    answers = report.answers_with
    used = _chat_routes(report)
    wanted = _primary(report) or answers
    if answers != wanted and answers and wanted:
        instead = f"{_short_name(answers, report)} instead of {_short_name(wanted, report)}"
        return f"Your agent answers, but with {instead}{because}"
    lost = [route for route in used if route.status in ("broken", "degraded")]
    if answers is None and lost:
        return _unconfirmed(lost, report, because)
    broken = [route.model for route in lost if route.status == "broken"]
    if lost and not broken:
        model = _short_name(lost[0].model, report)
        return f"Your agent answers, but not every deployment of {model} does."
    if not broken:
        return f"Your agent answers, but not every model could be tried{because}"
    more = f" and {len(broken) - 1} more" if len(broken) > 1 else ""
    return f"Your agent answers, but not with {_short_name(broken[0], report)}{more}{because}"


def uses_fallback(report: Report) -> bool:
    """Return whether a fallback answered in place of the agent's primary model."""
    return report.answers_with is not None and _primary(report) not in (None, report.answers_with)


def _primary(report: Report) -> str | None:
    used = _chat_routes(report)
    return next((route.model for route in used if "primary" in roles(route)), None)


def _primary_name(report: Report) -> str:
    """Return the primary model in the form for a sentence."""
    primary = _primary(report)
    if primary is None:
        return "Another model"
    return f"Your agent's primary model, {_short_name(primary, report)},"


def _unconfirmed(lost: list[RouteLine], report: Report, because: str) -> str:
    """Return the verdict if some models cannot answer and no turn shows that another one does."""
    first = lost[0]
    more = f" and {len(lost) - 1} more" if len(lost) > 1 else ""
    if "primary" in roles(first):
        name = f"{_short_name(first.model, report)}{more}"
        named = f"Your agent cannot use its primary model, {name}"
        return f"{named}{because} A fallback may answer in its place without your noticing."
    return f"Your agent cannot fall back to {_short_name(first.model, report)}{more}{because}"


def _short_name(model: str, report: Report) -> str:
    """Return a model's name without its provider, unless two providers have such a model."""
    names = [route.model.partition("/")[2] for route in report.routes]
    name = model.partition("/")[2]
    return name if name and names.count(name) < 2 else model
