"""The routes of the report: the models in use, and how far each request gets."""

from __future__ import annotations

import re
import sys
from urllib.parse import urlsplit

from clawdoctor.deferred import regex
from clawdoctor.finding import DeploymentLine, Outcome, RouteLine, Stage
from clawdoctor.terminal.layout import joined, packed, padded, widest
from clawdoctor.terminal.line import MARK_STYLES, Line, Look, keep_end, wrap

STAGE_NAMES: dict[Stage, str] = {
    "openclaw": "OpenClaw",
    "litellm": "LiteLLM",
    "docker": "docker",
    "proxy": "proxy",
    "azure": "Azure",
}

MOST_ROUTES = 5
MOST_ROLES = 2
MOST_DEPLOYMENTS = 3

_STATUS_ORDER = ("broken", "degraded", "unknown", "ok")

_AZURE_SUFFIX = regex(
    r"\.(openai\.azure|services\.ai\.azure|cognitiveservices\.azure|api\.cognitive\.microsoft)"
    r"\.(com|us)$"
)


def routes_in_use(routes: tuple[RouteLine, ...]) -> list[RouteLine]:
    """Return the routes in use: broken routes first, then primaries before the others."""
    return sorted((route for route in routes if route.used_by), key=_order)


def _order(route: RouteLine) -> tuple[int, bool]:
    """Return a sort key. Memory search is never tested: its unknown status is not news."""
    status = "ok" if route.embeds and route.status == "unknown" else route.status
    return _STATUS_ORDER.index(status), "primary" not in roles(route)


def route_lines(routes: tuple[RouteLine, ...], look: Look) -> list[Line]:
    """Return the lines of the routes section, or [] if no route is in use."""
    shown = routes_in_use(routes)
    left = 0
    if look.verbose:
        shown += [route for route in routes if not route.used_by]
    else:
        left = max(0, len(shown) - MOST_ROUTES)
        shown = shown[:MOST_ROUTES]
    lines = _tall(shown[0], look, deployments=True) if len(shown) == 1 else _table(shown, look)
    if left:
        lines.append(((f"  {left} more, -v", "dim"),))
    return [*lines, *_legend(shown, look)]


def _legend(routes: list[RouteLine], look: Look) -> list[Line]:
    """Return what the signs mean, if some hop is neither right nor wrong."""
    outcomes = {outcome for route in routes for _, outcome in route.hops}
    meanings = (
        (Outcome.FAILED, "fails here"),
        (Outcome.SKIPPED, "not checked"),
        (Outcome.UNKNOWN, "not known"),
    )
    if not outcomes & {Outcome.SKIPPED, Outcome.UNKNOWN}:
        return []
    units = [f"{look.glyphs.mark(it).strip()} {text}  " for it, text in meanings if it in outcomes]
    return wrap(units, look.width, (("  ", ""),), style="dim")


def _tall(route: RouteLine, look: Look, *, deployments: bool) -> list[Line]:
    """Return a route on several lines: model and roles, the bar, and the deployments."""
    text = roles_text(route)
    first = joined(((f"  {route.model}", ""),), ((text, "dim"),), look.width, gap=2)
    lines = [first] if first is not None else []
    if not lines:
        lines = wrap((route.model, text), look.width, (("  ", ""),), (("    ", ""),))
    lines += packed(_hops(route, look, look.glyphs.link), look.width, 4)
    return [*lines, *_deployment_lines(route, look)] if deployments else lines


def _table(routes: list[RouteLine], look: Look) -> list[Line]:
    """Return one line per route, in columns. If too wide, the bars get their own lines."""
    models = widest(route.model for route in routes)
    texts = widest(roles_text(route) for route in routes)
    for link in (look.glyphs.link, look.glyphs.link[:1]):
        rows = [_row(route, models, texts, link, look) for route in routes]
        if all(row is not None for row in rows):
            break
    else:
        tall = [_tall(route, look, deployments=look.verbose) for route in routes]
        return [line for lines in tall for line in lines]
    lines: list[Line] = []
    for route, row in zip(routes, rows, strict=True):
        lines += [row or ()]
        if look.verbose:
            lines += _deployment_lines(route, look)
    return lines


def _row(route: RouteLine, models: int, texts: int, link: str, look: Look) -> Line | None:
    """Return the row of a route in these columns, or None if it is too wide."""
    start: Line = (
        (f"  {padded(route.model, models)}  ", ""),
        (f"{padded(roles_text(route), texts)}  ", "dim"),
    )
    bar = packed(_hops(route, look, link), sys.maxsize, 0)[0]
    return joined(start, bar, look.width)


def _hops(route: RouteLine, look: Look, link: str) -> list[Line]:
    """Return the parts of the bar. A line may break between them."""
    parts: list[Line] = []
    for number, (stage, outcome) in enumerate(route.hops):
        mark = look.glyphs.mark(outcome)
        name = "server " if route.server and stage == "proxy" else f"{STAGE_NAMES[stage]} "
        parts.append(
            ((f"{link} " if number else "", "dim"), (name, ""), (mark, MARK_STYLES[outcome]))
        )
    if not parts:
        parts.append(_status(route, look))
    if route.embeds and route.status == "unknown":
        parts.append(((" not tested", "dim"),))
    elif route.latency_ms is not None:
        parts.append(((f" {duration(route.latency_ms)}", ""),))
    return parts


def _status(route: RouteLine, look: Look) -> Line:
    """Return the status of a route whose hops are unknown, as text."""
    outcomes = {"ok": Outcome.PASSED, "broken": Outcome.FAILED}
    outcome = outcomes.get(route.status, Outcome.UNKNOWN)
    where = f" at {STAGE_NAMES[route.broken_at]}" if route.broken_at else ""
    return ((look.glyphs.mark(outcome), MARK_STYLES[outcome]), (f" {route.status}{where}", ""))


def _deployment_lines(route: RouteLine, look: Look) -> list[Line]:
    if not route.deployments:
        text = f"model group {route.group}" if route.group else ""
        if route.server:
            text = f"at {route.server}, which may not be LiteLLM"
        return wrap(text, look.width, (("    ", ""),)) if text else []
    shown = route.deployments if look.verbose else route.deployments[:MOST_DEPLOYMENTS]
    lines: list[Line] = []
    for number, deployment in enumerate(shown):
        group = (route.group,) if number == 0 and route.group else ()
        units = (
            *group,
            f"{look.glyphs.arrow} {deployment.model or 'no model'}",
            *_host(deployment, look),
        )
        lines += wrap(units, look.width, (("    ", ""),), (("      ", ""),))
    if left := len(route.deployments) - len(shown):
        lines.append(((f"    {left} more, -v", "dim"),))
    return lines


def _host(deployment: DeploymentLine, look: Look) -> tuple[str, ...]:
    """Return `@ my-resource` for an Azure host, `@ host` for others, or the text if not a URL."""
    base = deployment.api_base
    if not base:
        return ()
    try:
        host = urlsplit(base).hostname or base
    except ValueError:
        host = base
    return (f"@ {keep_end(_AZURE_SUFFIX.sub('', host), look.width - 10, look.glyphs)}",)


def duration(milliseconds: int) -> str:
    """Return a duration as text: `412 ms`, `1.4 s`."""
    return f"{milliseconds} ms" if milliseconds < 1000 else f"{milliseconds / 1000:.1f} s"


def roles(route: RouteLine) -> list[str]:
    """Return the roles of a route for its agents: "primary", "fallback of agent ops"."""
    return list(dict.fromkeys(_role(pointer) for pointer in route.used_by))


def roles_text(route: RouteLine) -> str:
    """Return the first roles of a route, and the number of the others."""
    names = roles(route)
    if not names:
        return "not used"
    more = len(names) - MOST_ROLES
    return ", ".join([*names[:MOST_ROLES], *([f"{more} more"] if more > 0 else [])])


def _role(pointer: str) -> str:
    """Return the role of a pointer: `/agents/entries/ops/model/fallbacks/0`, or with dots."""
    separators = r"/" if pointer.startswith("/") else r"[.\[\]]+"
    parts = [part for part in re.split(separators, pointer) if part]
    agent = ""
    if parts[:1] == ["agents"]:
        parts = parts[1:]
        if parts[:1] in (["list"], ["entries"]):
            agent, parts = " ".join(parts[1:2]), parts[2:]
        elif parts[:1] != ["defaults"]:
            agent, parts = " ".join(parts[:1]), parts[1:]
        else:
            parts = parts[1:]
    role = "fallback" if "fallbacks" in parts else "primary"
    # The remaining parts of the pointer say which model of the agent it is.
    ends = {"model", "primary", "fallbacks"}
    kind = " ".join(part for part in parts if part not in ends and not part.isdigit())
    kind = kind.replace("memorySearch", "memory search")
    if kind:
        role = kind if role == "primary" else f"{kind} fallback"
    if not agent:
        return role
    return f"{role} of agents.list[{agent}]" if agent.isdigit() else f"{role} of agent {agent}"
