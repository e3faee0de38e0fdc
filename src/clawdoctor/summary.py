"""What the findings mean for each route, and for the agent as a whole."""

from __future__ import annotations

from collections.abc import Iterator

from clawdoctor.chain.endpoint import Endpoints
from clawdoctor.chain.route import Chain, Route
from clawdoctor.engine import CHAIN
from clawdoctor.facts import Facts
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


def chain_lines(
    chain: Chain, endpoints: Endpoints, report: Report, facts: Facts
) -> tuple[RouteLine, ...]:
    """A line for each route: those in use first, then those that are only configured."""
    in_use = [route for route in chain.routes if chain.usage.get(route.id) == "used"]
    rest = [route for route in chain.routes if route not in in_use]
    return tuple(_line(route, endpoints, report, facts) for route in (*in_use, *rest))


def _line(route: Route, endpoints: Endpoints, report: Report, facts: Facts) -> RouteLine:
    touching = [
        (index, finding)
        for index, finding in enumerate(report.findings)
        if route.id in finding.routes or CHAIN in finding.subjects
    ]
    failing = {finding.stage for _, finding in touching if finding.severity is Severity.ERROR}
    status: RouteStatus = "broken" if failing else "unknown"
    return RouteLine(
        model=route.id,
        used_by=route.used_by,
        group=route.model_id if route.target == "proxy" else None,
        deployments=tuple(
            DeploymentLine(
                deployment.model.resolved or deployment.model.written or "",
                deployment.api_base.resolved,
                deployment.api_version.resolved,
            )
            for deployment in route.deployments
        ),
        status=status,
        broken_at=next((stage for stage in STAGES if stage in failing), None),
        latency_ms=None if failing else _latency(route, endpoints, facts),
        findings=tuple(index for index, _ in touching),
        hops=tuple(_hops(route, endpoints, report, failing, facts)),
    )


def _latency(route: Route, endpoints: Endpoints, facts: Facts) -> int | None:
    """What the free probes waited for along the route: the proxy's answer and Azure's."""
    waited = [
        fact.latency_ms
        for one in _asked(route, endpoints)
        for fact in (facts.loaded(AliveProxy, one), facts.loaded(OpenResource, one))
        if isinstance(fact, AliveProxy | OpenResource)
    ]
    return sum(waited) if waited else None


def _asked(route: Route, endpoints: Endpoints) -> Iterator[object]:
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
    """Each hop with what is known of it: what no check looked at is `skipped`."""
    present = {one.kind for one in report.inputs if one.found}
    subjects = {route.id, *(one.id for one in route.deployments)}
    subjects |= {getattr(one, "id", "") for one in _asked(route, endpoints)}
    for stage in STAGES:
        if stage == "docker" and "compose" not in present:
            continue
        if route.target == "azure" and stage in ("litellm", "docker", "proxy"):
            continue
        if stage in failing:
            yield stage, Outcome.FAILED
        elif stage == "openclaw":
            yield stage, Outcome.PASSED
        elif stage in ("litellm", "docker"):
            known = bool(route.deployments) and _ran(report, stage)
            yield stage, Outcome.PASSED if known else Outcome.SKIPPED
        else:
            yield (
                stage,
                _seen(report, stage, subjects, let_in=_let_in(stage, route, endpoints, facts)),
            )


def _ran(report: Report, stage: Stage) -> bool:
    done = (Outcome.PASSED, Outcome.FAILED)
    return any(check.stage == stage and check.outcome in done for check in report.checks)


def _let_in(stage: Stage, route: Route, endpoints: Endpoints, facts: Facts) -> bool:
    """Whether the running part of a route answered as it should: the proxy lives, Azure opens."""
    kind = AliveProxy if stage == "proxy" else OpenResource
    return any(isinstance(facts.loaded(kind, one), kind) for one in _asked(route, endpoints))


def _seen(report: Report, stage: Stage, subjects: set[str], *, let_in: bool) -> Outcome:
    """What is known of a running part of a route: passed only where it let us in."""
    if let_in:
        return Outcome.PASSED
    found = {
        subject.outcome
        for check in report.checks
        if check.stage == stage
        for subject in check.subjects
        if subject.id in subjects
    }
    # What was asked and gave no clear answer is unknown, also where single checks passed.
    return Outcome.UNKNOWN if found - {Outcome.SKIPPED, Outcome.NOT_APPLICABLE} else Outcome.SKIPPED


def verdict_of(report: Report) -> Verdict:
    """`broken` where no route in use can answer, `degraded` where some cannot.

    Without a turn nobody knows that a route answers: the rest is `unknown`.
    """
    in_use = [line for line in report.routes if line.used_by] or list(report.routes)
    errors = [finding for finding in report.findings if finding.severity is Severity.ERROR]
    if any(finding.scope == "start" for finding in errors):
        return "broken"
    if not in_use:
        return "broken" if errors else "unknown"
    broken = [line for line in in_use if line.status == "broken"]
    if not broken:
        return "unknown"
    return "broken" if len(broken) == len(in_use) else "degraded"
