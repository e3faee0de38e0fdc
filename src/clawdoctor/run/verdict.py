"""The status of each route and the verdict of the run, from the findings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import field

from clawdoctor.chain.endpoint import Endpoints
from clawdoctor.chain.litellm_value import Value
from clawdoctor.chain.openclaw import OpenClawConfig
from clawdoctor.chain.other_providers import asks_elsewhere
from clawdoctor.chain.route import Chain, Route
from clawdoctor.chain.versions import Versions
from clawdoctor.check import Check, owners_of
from clawdoctor.deferred import dataclass
from clawdoctor.finding import (
    STAGES,
    DeploymentLine,
    Outcome,
    Report,
    ReportedFinding,
    RouteLine,
    RouteStatus,
    Severity,
    Stage,
    Verdict,
)
from clawdoctor.probes.azure import OpenResource
from clawdoctor.probes.proxy import AliveProxy
from clawdoctor.probes.replies import Replies
from clawdoctor.redaction.hide import Redactor, redact_line
from clawdoctor.redaction.value import hidden_in_value
from clawdoctor.run.engine import CHAIN
from clawdoctor.run.facts import Facts
from clawdoctor.run.refusal import KEY_KINDS
from clawdoctor.wire.question import Question, Questions


def chain_lines(
    chain: Chain, endpoints: Endpoints, report: Report, facts: Facts
) -> tuple[RouteLine, ...]:
    """Return a line for each route: routes in use first, then those that are only configured."""
    in_use = [route for route in chain.routes if chain.usage.get(route.id) == "used"]
    rest = [route for route in chain.routes if chain.usage.get(route.id) != "used"]
    known = _known(endpoints, report)
    return tuple(_line(route, known, facts) for route in (*in_use, *rest))


_BEFORE_AZURE: tuple[Stage, ...] = ("litellm", "docker", "proxy")
"""The stages of a proxy."""


@dataclass(frozen=True, slots=True)
class _Known:
    """The parts of a report that the lines need, indexed: a chain can have thousands of routes.

    `everywhere` and `by_route` are the positions of the findings about all routes and about a
    single route. `by_subject` holds the outcomes of checks by stage and subject. `shown_urls` are
    URLs as a route shows them: many deployments have the same one.
    """

    endpoints: Endpoints
    findings: tuple[ReportedFinding, ...]
    everywhere: list[int]
    by_route: dict[str, list[int]]
    by_subject: dict[tuple[Stage, str], set[Outcome]]
    examined: set[Stage]
    has_compose: bool
    shown_urls: dict[str, str] = field(default_factory=dict, repr=False)

    def touching(self, route: Route) -> list[ReportedFinding]:
        """Return the findings about a route, in the order of the report.

        A fault of the whole proxy does not affect a route that does not lead through it.
        """
        everywhere = (
            position
            for position in self.everywhere
            if route.target == "proxy" or self.findings[position].stage not in _BEFORE_AZURE
        )
        positions = {*everywhere, *self.by_route.get(route.id, ())}
        return [self.findings[position] for position in sorted(positions)]


def _known(endpoints: Endpoints, report: Report) -> _Known:
    everywhere: list[int] = []
    by_route: dict[str, list[int]] = {}
    for position, finding in enumerate(report.findings):
        if CHAIN in finding.subjects:
            everywhere.append(position)
            continue
        for name in finding.routes:
            by_route.setdefault(name, []).append(position)
    by_subject: dict[tuple[Stage, str], set[Outcome]] = {}
    for check in report.checks:
        for subject in check.subjects:
            by_subject.setdefault((check.stage, subject.id), set()).add(subject.outcome)
    done = (Outcome.PASSED, Outcome.FAILED)
    examined = {check.stage for check in report.checks if check.outcome in done}
    has_compose = any(item.kind == "compose" and item.found for item in report.inputs)
    return _Known(
        endpoints, report.findings, everywhere, by_route, by_subject, examined, has_compose
    )


def _line(route: Route, known: _Known, facts: Facts) -> RouteLine:
    touching = known.touching(route)
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
                _shown_url(deployment.api_base, known.shown_urls),
                _shown(deployment.api_version),
            )
            for deployment in route.deployments
        ),
        status=status,
        broken_at=next((stage for stage in STAGES if stage in (causing or failing)), None),
        latency_ms=None if failing else _latency(route, known.endpoints, facts, replies),
        findings=tuple(finding.id for finding in touching),
        hops=tuple(_hops(route, known, failing, causing or failing, facts)),
        server=_server_address(route, known.endpoints),
        embeds=route.purpose == "embedding",
    )


def _server_address(route: Route, endpoints: Endpoints) -> str:
    server = endpoints.proxy_of(route.provider) if route.target == "server" else None
    return server.address if server is not None else ""


def _shown(value: Value[str]) -> str | None:
    return value.shown if value.resolved is not None else None


def _shown_url(value: Value[str], shown: dict[str, str]) -> str | None:
    """Return the URL without parts that no endpoint has: a route does not name the setting."""
    text = _shown(value)
    if text is None:
        return None
    if text not in shown:
        shown[text] = redact_line(Redactor(), text, 0, 0, hidden_in_value("url", text))[0]
    return shown[text]


def _replies(route: Route, facts: Facts) -> Replies | None:
    """Return the replies to the route's turn, if one was sent."""
    questions = facts.loaded(Questions)
    question = questions.of(route) if questions is not None else None
    return facts.loaded(Replies, question) if isinstance(question, Question) else None


def _status(replies: Replies | None, *, broken: bool) -> RouteStatus:
    """Return the status. Only a turn proves that a route answers; a deployment may still fail."""
    if broken:
        return "broken"
    if replies is None or not replies.answered:  # the selection may leave out the check that failed
        return "unknown"
    return "ok" if replies.sound else "degraded"


def _latency(
    route: Route, endpoints: Endpoints, facts: Facts, replies: Replies | None
) -> int | None:
    """Return the duration of the turn, or without a turn, of all free probes together."""
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
    """Yield the proxy of a route, and the resource of its first deployment."""
    proxy = endpoints.proxy_of(route.provider)
    if proxy is not None:
        yield proxy
    for deployment in route.deployments[:1]:
        resource = endpoints.resource_of(deployment)
        if resource is not None:
            yield resource


def _hops(
    route: Route, known: _Known, failing: set[Stage], causing: set[Stage], facts: Facts
) -> Iterator[tuple[Stage, Outcome]]:
    """Yield each hop with its outcome. A hop that no check examined is `skipped`.

    A hop has failed if it has a fault of its own. If it only shows symptoms of another hop's fault,
    its own state is unknown.
    """
    replies = _replies(route, facts)
    proven = replies is not None and replies.answered
    subjects = {route.id, *(deployment.id for deployment in route.deployments)}
    subjects |= {getattr(server, "id", "") for server in _servers(route, known.endpoints)}
    for stage in STAGES:
        if stage == "docker" and not known.has_compose:
            continue
        if route.target == "azure" and stage in _BEFORE_AZURE:
            continue
        if route.target == "server" and stage not in ("openclaw", "proxy", *failing):
            continue
        if stage in causing:
            yield stage, Outcome.FAILED
        elif stage in failing and stage not in ("proxy", "azure"):
            yield stage, Outcome.SKIPPED
        elif stage == "openclaw" or proven:
            yield stage, Outcome.PASSED
        elif stage in ("litellm", "docker"):
            examined = bool(route.deployments) and stage in known.examined
            yield stage, Outcome.PASSED if examined else Outcome.SKIPPED
        elif facts.excludes(AliveProxy):
            yield stage, Outcome.SKIPPED
        else:
            is_open = _is_open(stage, route, known.endpoints, facts)
            yield stage, _server_outcome(known, stage, subjects, is_open=is_open)


def _is_open(stage: Stage, route: Route, endpoints: Endpoints, facts: Facts) -> bool:
    """Return whether a free probe succeeded: the proxy is alive, or Azure accepts the key."""
    fact: type[AliveProxy | OpenResource] = AliveProxy if stage == "proxy" else OpenResource
    return any(facts.loaded(fact, server) is not None for server in _servers(route, endpoints))


def _server_outcome(known: _Known, stage: Stage, subjects: set[str], *, is_open: bool) -> Outcome:
    """Return the outcome of a hop to a server, which passed only if a free probe succeeded."""
    if is_open:
        return Outcome.PASSED
    outcomes: set[Outcome] = set()
    for subject in subjects:
        outcomes |= known.by_subject.get((stage, subject), set())
    # A server without a clear answer is unknown, even if some checks passed.
    examined = outcomes - {Outcome.SKIPPED, Outcome.NOT_APPLICABLE}
    return Outcome.UNKNOWN if examined else Outcome.SKIPPED


def verdict_of(report: Report, facts: Facts, checks: Iterable[Check]) -> tuple[Verdict, str | None]:
    """Return the verdict, and the model that answered a turn, if any.

    `broken`: no route in use can answer. `degraded`: a model other than the primary answers, or
    some routes cannot answer. `unknown`: no turn shows that a route answers, or the primary has no
    result although a fallback answers. A fault of memory search alone makes it `degraded`.
    """
    verdict, answering = _verdict_of_answers(report, facts, checks)
    searches = any(line.embeds and line.status == "broken" for line in report.routes)
    if searches and verdict in ("answers", "unknown"):
        verdict = "degraded"
    return verdict, answering


def _verdict_of_answers(
    report: Report, facts: Facts, checks: Iterable[Check]
) -> tuple[Verdict, str | None]:
    """Return the verdict for the routes that answer messages."""
    lines = [line for line in report.routes if not line.embeds]
    in_use = [line for line in lines if line.used_by] or lines
    searches = {line.model for line in report.routes if line.embeds}
    errors = [finding for finding in report.findings if finding.severity is Severity.ERROR]
    if any(error.scope == "start" for error in errors if error.stage == "openclaw" or not in_use):
        return "broken", None
    if not in_use:
        fatal = any(not searches or not searches.issuperset(error.routes) for error in errors)
        return ("broken" if fatal else "unknown"), None
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
    """Yield the routes that answered a turn, in the order that OpenClaw tries them."""
    for line in sorted(in_use, key=_failover_order):
        if line.status in ("ok", "degraded"):
            yield line


def _disabled_models(
    in_use: list[RouteLine], report: Report, facts: Facts, rejected: set[str]
) -> set[str]:
    """Return the models of a provider that OpenClaw disables because of a rejected primary key.

    `rejected` are the codes of a rejected key. OC116 reports the same fault.
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
    """Return a sort key: the default agent's primary, its fallbacks in order, then the rest."""
    for pointer in line.used_by:
        if pointer in ("/agents/defaults/model", "/agents/defaults/model/primary"):
            return 0, 0
    fallbacks = "/agents/defaults/model/fallbacks/"
    places = [int(p.removeprefix(fallbacks)) for p in line.used_by if p.startswith(fallbacks)]
    if places:
        return 1, min(places)
    primary = any("/fallbacks/" not in pointer for pointer in line.used_by)
    return (2 if primary else 3), 0
