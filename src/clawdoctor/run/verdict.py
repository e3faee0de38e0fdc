"""The status of each route and the verdict of the run, by the findings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from clawdoctor.chain.endpoint import Endpoints
from clawdoctor.chain.litellm_value import Value
from clawdoctor.chain.openclaw import OpenClawConfig
from clawdoctor.chain.other_providers import asks_elsewhere
from clawdoctor.chain.question import Question, Questions
from clawdoctor.chain.route import Chain, Route
from clawdoctor.chain.versions import Versions
from clawdoctor.check import Check, owners_of
from clawdoctor.finding import (
    STAGES,
    DeploymentLine,
    Outcome,
    Report,
    RouteLine,
    RouteStatus,
    Severity,
    Stage,
    Verdict,
)
from clawdoctor.probes.azure import OpenResource
from clawdoctor.probes.proxy import AliveProxy
from clawdoctor.probes.replies import Replies
from clawdoctor.run.engine import CHAIN
from clawdoctor.run.facts import Facts
from clawdoctor.run.refusal import KEY_KINDS


def chain_lines(
    chain: Chain, endpoints: Endpoints, report: Report, facts: Facts
) -> tuple[RouteLine, ...]:
    """Return a line for each route: routes in use first, then those that are only configured."""
    in_use = [route for route in chain.routes if chain.usage.get(route.id) == "used"]
    rest = [route for route in chain.routes if route not in in_use]
    return tuple(_line(route, endpoints, report, facts) for route in (*in_use, *rest))


def _line(route: Route, endpoints: Endpoints, report: Report, facts: Facts) -> RouteLine:
    touching = [
        finding
        for finding in report.findings
        if route.id in finding.routes or CHAIN in finding.subjects
    ]
    replies = _replies(route, facts)
    proven = replies is not None and replies.answered
    failing = {
        finding.hop
        for finding in touching
        if finding.severity is Severity.ERROR and not (proven and finding.scope == "advice")
    }
    causing = {finding.hop for finding in touching if finding.root_cause} & failing
    status = _status(replies, broken=bool(failing))
    return RouteLine(
        model=route.id,
        used_by=route.used_by,
        group=route.model_id if route.target == "proxy" else None,
        deployments=tuple(
            DeploymentLine(
                deployment.model.shown,
                _shown(deployment.api_base),
                _shown(deployment.api_version),
            )
            for deployment in route.deployments
        ),
        status=status,
        broken_at=next((stage for stage in STAGES if stage in (causing or failing)), None),
        latency_ms=None if failing else _latency(route, endpoints, facts, replies),
        findings=tuple(finding.id for finding in touching),
        hops=tuple(_hops(route, endpoints, report, failing, facts)),
    )


def _shown(value: Value[str]) -> str | None:
    return value.shown if value.resolved is not None else None


def _replies(route: Route, facts: Facts) -> Replies | None:
    """The replies to the route's turn, if one was sent."""
    questions = facts.loaded(Questions)
    question = questions.of(route) if questions is not None else None
    return facts.loaded(Replies, question) if isinstance(question, Question) else None


def _status(replies: Replies | None, *, broken: bool) -> RouteStatus:
    """Only a turn proves that a route answers. Even then one of its deployments may fail."""
    if broken:
        return "broken"
    if replies is None or not replies.answered:  # a selection may leave out the check that failed
        return "unknown"
    return "ok" if replies.sound else "degraded"


def _latency(
    route: Route, endpoints: Endpoints, facts: Facts, replies: Replies | None
) -> int | None:
    """How long the turn took. Without a turn: the sum of what the free probes took."""
    if replies is not None:
        return replies.turn.result.latency_ms
    latencies = [
        fact.latency_ms
        for server in _servers(route, endpoints)
        for fact in (facts.loaded(AliveProxy, server), facts.loaded(OpenResource, server))
        if fact is not None
    ]
    return sum(latencies) if latencies else None


def _servers(route: Route, endpoints: Endpoints) -> Iterator[object]:
    """The proxy of a route, and the resource of its first deployment."""
    for proxy in endpoints.proxies:
        if proxy.provider is not None and proxy.provider.id == route.provider.id:
            yield proxy
    for deployment in route.deployments[:1]:
        resource = endpoints.resource_of(deployment)
        if resource is not None:
            yield resource


def _hops(
    route: Route, endpoints: Endpoints, report: Report, failing: set[Stage], facts: Facts
) -> Iterator[tuple[Stage, Outcome]]:
    """Each hop with its outcome. A hop that no check examined is `skipped`."""
    replies = _replies(route, facts)
    proven = replies is not None and replies.answered
    present = {item.kind for item in report.inputs if item.found}
    subjects = {route.id, *(deployment.id for deployment in route.deployments)}
    subjects |= {getattr(server, "id", "") for server in _servers(route, endpoints)}
    for stage in STAGES:
        if stage == "docker" and "compose" not in present:
            continue
        if route.target == "azure" and stage in ("litellm", "docker", "proxy"):
            continue
        if stage in failing:
            yield stage, Outcome.FAILED
        elif stage == "openclaw" or proven:
            yield stage, Outcome.PASSED
        elif stage in ("litellm", "docker"):
            examined = bool(route.deployments) and _ran_checks(report, stage)
            yield stage, Outcome.PASSED if examined else Outcome.SKIPPED
        else:
            is_open = _is_open(stage, route, endpoints, facts)
            yield stage, _server_outcome(report, stage, subjects, is_open=is_open)


def _ran_checks(report: Report, stage: Stage) -> bool:
    done = (Outcome.PASSED, Outcome.FAILED)
    return any(check.stage == stage and check.outcome in done for check in report.checks)


def _is_open(stage: Stage, route: Route, endpoints: Endpoints, facts: Facts) -> bool:
    """Whether a free probe succeeded: the proxy is alive, or Azure accepts the key."""
    fact: type[AliveProxy | OpenResource] = AliveProxy if stage == "proxy" else OpenResource
    return any(facts.loaded(fact, server) is not None for server in _servers(route, endpoints))


def _server_outcome(report: Report, stage: Stage, subjects: set[str], *, is_open: bool) -> Outcome:
    """The outcome of a hop to a server: passed only if a free probe succeeded."""
    if is_open:
        return Outcome.PASSED
    outcomes = {
        subject.outcome
        for check in report.checks
        if check.stage == stage
        for subject in check.subjects
        if subject.id in subjects
    }
    # A server without a clear answer is unknown, even if single checks passed.
    examined = outcomes - {Outcome.SKIPPED, Outcome.NOT_APPLICABLE}
    return Outcome.UNKNOWN if examined else Outcome.SKIPPED


def verdict_of(report: Report, facts: Facts, checks: Iterable[Check]) -> tuple[Verdict, str | None]:
    """Return the verdict, and the model that answered a turn, if there is one.

    `broken`: no route in use can answer. `degraded`: another model than the primary answers, or
    some routes cannot answer. `unknown`: no turn shows that a route answers, or the primary has no
    result although a fallback answers.
    """
    in_use = [line for line in report.routes if line.used_by] or list(report.routes)
    errors = [finding for finding in report.findings if finding.severity is Severity.ERROR]
    if any(finding.scope == "start" for finding in errors):
        return "broken", None
    if not in_use:
        return ("broken" if errors else "unknown"), None
    rejected = {code for kind, code in owners_of(checks).items() if kind in KEY_KINDS}
    disabled = _disabled_models(in_use, report, facts, rejected)
    answering = next(
        (line.model for line in _answering(in_use) if line.model not in disabled), None
    )
    broken = [line for line in in_use if line.status == "broken"]
    if answering is not None:
        if min(in_use, key=_failover_order).status == "unknown":
            return "unknown", answering
        all_ok = all(line.status == "ok" for line in in_use)
        return ("answers" if all_ok else "degraded"), answering
    if not broken:
        return "unknown", None
    config, chain = facts.known(OpenClawConfig), facts.known(Chain)
    lost = all(line.status == "broken" or line.model in disabled for line in in_use)
    if config is not None and chain is not None:
        lost = lost and not asks_elsewhere(config, chain)
    return ("broken" if lost else "degraded"), None


def _answering(in_use: list[RouteLine]) -> Iterator[RouteLine]:
    """The routes that answered a turn, in the order in which OpenClaw tries them."""
    for line in sorted(in_use, key=_failover_order):
        if line.status in ("ok", "degraded"):
            yield line


def _disabled_models(
    in_use: list[RouteLine], report: Report, facts: Facts, rejected: set[str]
) -> set[str]:
    """The models of a provider that OpenClaw disables because it rejects the primary's key.

    `rejected` are the codes of a rejected key. OC116 reports the same.
    """
    versions = facts.known(Versions) or Versions(None, None)
    if versions.effect("openclaw", "auth-failure") != "provider-disabled":
        return set()
    first = min(in_use, key=_failover_order)
    codes = {
        finding.code
        for finding in report.findings
        if finding.id in first.findings and finding.severity is Severity.ERROR
    }
    if first.status != "broken" or not codes & rejected:
        return set()
    provider = first.model.partition("/")[0]
    return {line.model for line in in_use if line.model.partition("/")[0] == provider}


def _failover_order(line: RouteLine) -> tuple[int, int]:
    """A sort key: the default agent's primary, then its fallbacks in order, then the rest."""
    for pointer in line.used_by:
        if pointer in ("/agents/defaults/model", "/agents/defaults/model/primary"):
            return 0, 0
    fallbacks = "/agents/defaults/model/fallbacks/"
    places = [int(p.removeprefix(fallbacks)) for p in line.used_by if p.startswith(fallbacks)]
    if places:
        return 1, min(places)
    primary = any("/fallbacks/" not in pointer for pointer in line.used_by)
    return (2 if primary else 3), 0
