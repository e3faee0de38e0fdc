"""What the findings mean for each route, and for the agent as a whole."""

from __future__ import annotations

from collections.abc import Iterator

from clawdoctor.chain.route import Chain, Route
from clawdoctor.engine import CHAIN
from clawdoctor.finding import (
    STAGES,
    DeploymentLine,
    Finding,
    Outcome,
    Report,
    RouteLine,
    RouteStatus,
    Severity,
    Stage,
    Verdict,
)


def chain_lines(chain: Chain, report: Report) -> tuple[RouteLine, ...]:
    """A line for each route: those in use first, then those that are only configured."""
    in_use = [route for route in chain.routes if chain.usage.get(route.id) == "used"]
    rest = [route for route in chain.routes if route not in in_use]
    return tuple(_line(route, report) for route in (*in_use, *rest))


def _line(route: Route, report: Report) -> RouteLine:
    touching = [
        (index, finding)
        for index, finding in enumerate(report.findings)
        if route.id in finding.routes or CHAIN in finding.subjects
    ]
    failing = {finding.stage for _, finding in touching if finding.severity is Severity.ERROR}
    hops = tuple(_hops(route, report, failing))
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
        findings=tuple(index for index, _ in touching),
        hops=hops,
    )


def _hops(route: Route, report: Report, failing: set[Stage]) -> Iterator[tuple[Stage, Outcome]]:
    """Each hop with what is known of it: what no check looked at is `skipped`."""
    present = {one.kind for one in report.inputs if one.found}
    for stage in STAGES:
        if stage == "docker" and "compose" not in present:
            continue
        if route.target == "azure" and stage in ("litellm", "docker", "proxy"):
            continue
        looked_at = stage == "openclaw" or (
            stage in ("litellm", "docker") and _ran(report, stage) and bool(route.deployments)
        )
        if stage in failing:
            yield stage, Outcome.FAILED
        elif looked_at:
            yield stage, Outcome.PASSED
        else:
            yield stage, Outcome.SKIPPED


def _ran(report: Report, stage: Stage) -> bool:
    done = (Outcome.PASSED, Outcome.FAILED)
    return any(check.stage == stage and check.outcome in done for check in report.checks)


def verdict_of(report: Report) -> Verdict:
    """`broken` where no route in use can answer, `degraded` where some cannot.

    Without a turn nobody knows that a route answers: the rest is `unknown`.
    """
    in_use = [line for line in report.routes if line.used_by] or list(report.routes)
    errors = [finding for finding in report.findings if finding.severity is Severity.ERROR]
    if any(_stops_all(finding) for finding in errors):
        return "broken"
    if not in_use:
        return "broken" if errors else "unknown"
    broken = [line for line in in_use if line.status == "broken"]
    if not broken:
        return "unknown"
    return "broken" if len(broken) == len(in_use) else "degraded"


def _stops_all(finding: Finding) -> bool:
    return finding.scope == "start"
