"""One run: the facts of this chain, its checks, and the report of what came out."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from clawdoctor.chain.azure_host import split
from clawdoctor.chain.compose import Compose
from clawdoctor.chain.endpoint import Endpoints
from clawdoctor.chain.environment import Environment
from clawdoctor.chain.litellm import LiteLLMConfig
from clawdoctor.chain.litellm_file import LiteLLMFile
from clawdoctor.chain.log import LogFile, LogLines
from clawdoctor.chain.openclaw_file import OpenClawFile
from clawdoctor.chain.processes import processes_of_chain
from clawdoctor.chain.question import Questions
from clawdoctor.chain.route import Chain
from clawdoctor.chain.situation import Situation
from clawdoctor.chain.versions import Versions
from clawdoctor.check import Check, built_in_checks
from clawdoctor.engine import Selection, run_checks
from clawdoctor.exposure import Exposure, Parsed, collect_exposure, redacted
from clawdoctor.facts import Facts, Unavailable
from clawdoctor.finding import Cost, Input, InputKind, Mode, Outcome, Report, Severity
from clawdoctor.log_evidence import with_log_evidence
from clawdoctor.probes.client import Way
from clawdoctor.probes.door import past_the_door
from clawdoctor.probes.http import Http
from clawdoctor.probes.proxy import AliveProxy
from clawdoctor.probes.replies import Replies, heard_so_far
from clawdoctor.probes.whose import Blame, Classify
from clawdoctor.source.read import Unreadable, read_text
from clawdoctor.summary import chain_lines, verdict_of
from clawdoctor.triage import Usage, Weights, triage
from clawdoctor.wiring import SUBJECTS, loaders

USAGE, INTERNAL = 2, 3
DEFAULT_TIMEOUT = 60.0
"""Seconds after which a run ends, whatever has not answered."""


@dataclass(frozen=True, slots=True)
class Policy:
    """When a run counts as failed, and what of it is reported."""

    selection: Selection = field(default_factory=Selection)
    fail_on: Severity = Severity.ERROR
    strict: bool = False


def diagnose(
    situation: Situation,
    *,
    mode: Mode = "offline",
    policy: Policy = Policy(),
    timeout: float = DEFAULT_TIMEOUT,
    checks: Sequence[Check] | None = None,
    progress: Callable[[str], None] | None = None,
    way: Way | None = None,
) -> Report:
    """Check the chain of a situation and say what is wrong with it.

    `timeout` is in seconds, `progress` is told each request before it is sent, `way` leads
    elsewhere than the network. Raises nothing for what it finds in files: that is in the report.
    """
    report, exposure = examine(
        situation,
        mode=mode,
        policy=policy,
        timeout=timeout,
        checks=checks,
        progress=progress,
        way=way,
    )
    return redacted(report, exposure)


def examine(
    situation: Situation,
    *,
    mode: Mode = "offline",
    policy: Policy = Policy(),
    timeout: float = DEFAULT_TIMEOUT,
    checks: Sequence[Check] | None = None,
    progress: Callable[[str], None] | None = None,
    way: Way | None = None,
) -> tuple[Report, Exposure]:
    """A report that still has its secrets, and what `redacted` needs to take them out."""
    started = time.perf_counter()
    chosen = tuple(checks) if checks is not None else built_in_checks()
    deadline = time.monotonic() + timeout
    situation = replace(situation, processes=processes_of_chain(situation))
    facts = Facts(
        loaders(situation, deadline=deadline, progress=progress, way=way, classify=_reader(chosen)),
        SUBJECTS,
        depth=mode,
        deadline=deadline,
        excluded_reason=f"--{mode}",
    )
    inputs = _inputs(situation, facts)
    report = Report(version=_version(), mode=mode, inputs=inputs)
    usage = _usage_error(situation, inputs)
    usage = usage or _unknown_model(situation, facts)
    if usage is None:
        report = _with_results(report, chosen, facts, policy)
    report = replace(
        report,
        usage_error=usage,
        duration_ms=round((time.perf_counter() - started) * 1000),
    )
    report = replace(report, exit_code=exit_code(report, policy))
    return report, _exposure(facts, inputs, situation.cwd)


def _with_results(
    report: Report, checks: tuple[Check, ...], facts: Facts, policy: Policy
) -> Report:
    results = run_checks(checks, facts, policy.selection)
    chain = facts.get(Chain)
    versions = facts.get(Versions)
    routes = chain if isinstance(chain, Chain) else Chain((), (), ())
    asked = facts.get(Endpoints)
    endpoints = asked if isinstance(asked, Endpoints) else Endpoints((), ())
    weights = _weights(routes, endpoints, facts)
    findings = triage(results.findings, checks, weights)
    log = facts.get(LogLines) if findings else None
    if isinstance(log, LogLines):
        findings = with_log_evidence(findings, log, checks)
    report = replace(
        report,
        findings=findings,
        checks=results.checks,
        internal_errors=results.internal_errors,
        versions={
            "openclaw": versions.openclaw if isinstance(versions, Versions) else None,
            "litellm": versions.litellm if isinstance(versions, Versions) else None,
        },
    )
    report = replace(
        report, cost=_cost(facts), routes=chain_lines(routes, endpoints, report, facts)
    )
    verdict, answers_with = verdict_of(report, facts)
    asked = _asked(endpoints) if report.mode == "live" else ()
    return replace(report, verdict=verdict, answers_with=answers_with, asked=asked)


def _asked(endpoints: Endpoints) -> tuple[str, ...]:
    """Host and port of each proxy."""
    parts = [split(one.url) for one in endpoints.proxies if one.url is not None]
    return tuple(dict.fromkeys(one.netloc for one in parts if one is not None))


def _reader(checks: tuple[Check, ...]) -> Classify:
    """Reads an answer's text as `explain` does, among the checks that look at live turns."""
    from clawdoctor.explanation import explain

    live = tuple(
        check
        for check in checks
        if any(need.fact is Replies for part in check.parts for need in part.needs)
    )

    def classify(text: str) -> Blame | None:
        explanation = explain(text, live)
        if not explanation.recognised or explanation.asked != "text":
            return None
        first = explanation.matches[0]
        return Blame(first.code, first.captures)

    return classify


def _weights(chain: Chain, endpoints: Endpoints, facts: Facts) -> Weights:
    """Use and routes of each subject: a proxy's and a resource's are those that lead there."""
    routes, usage = dict(chain.subject_routes), dict(chain.usage)
    for proxy in endpoints.proxies:
        if proxy.provider is not None:
            through = [route.id for route in chain.routes_of(proxy.provider)]
            routes[proxy.id] = frozenset(through)
            usage[proxy.id] = _best(usage.get(one, "used") for one in through)
    for resource in endpoints.resources:
        behind = [one.id for one in resource.deployments]
        routes[resource.id] = frozenset().union(*(routes.get(one, frozenset()) for one in behind))
        usage[resource.id] = _best(usage.get(one, "used") for one in behind)
    for resource in endpoints.resources:
        if resource.provider is not None:
            routes[resource.id] = frozenset(one.id for one in chain.routes_of(resource.provider))
            usage[resource.id] = _best(usage.get(one, "used") for one in routes[resource.id])
    questions = facts.loaded(Questions)
    asked = questions if isinstance(questions, Questions) else Questions(())
    for question in asked.every:
        routes[question.id] = frozenset(route.id for route in question.routes)
    replies = heard_so_far(asked, facts)
    shaky = {
        resource.id
        for resource in endpoints.resources
        if any(one.id in replies.shaky for one in resource.deployments)
    }
    in_use = frozenset(route.id for route in chain.routes if chain.usage.get(route.id) == "used")
    started = any(
        isinstance(facts.loaded(AliveProxy, one), AliveProxy) for one in endpoints.proxies
    )
    past = past_the_door(replies, endpoints)
    return Weights(usage, routes, in_use, replies.proven, replies.shaky | shaky, started, past)


def _best(usages: Iterable[Usage]) -> Usage:
    order: tuple[Usage, ...] = ("used", "configured", "unreached")
    return min(usages, key=order.index, default="used")


def _cost(facts: Facts) -> Cost:
    """What was sent, if the client was ever opened."""
    http = facts.loaded(Http)
    if not isinstance(http, Http):
        return Cost()
    spent = http.spent
    return Cost(
        spent.requests, spent.billable_requests, spent.prompt_tokens, spent.completion_tokens
    )


def _version() -> str:
    from clawdoctor import __version__

    return __version__


_FILES: tuple[tuple[InputKind, type], ...] = (
    ("openclaw", OpenClawFile),
    ("litellm", LiteLLMFile),
    ("compose", Compose),
)


_NO_CONFIG: tuple[InputKind, ...] = ("env", "log")


def _inputs(situation: Situation, facts: Facts) -> tuple[Input, ...]:
    """The files that were looked for, and whether a named one can be read as text."""
    named: dict[InputKind, str | None] = {
        "openclaw": situation.openclaw_config,
        "litellm": situation.litellm_config,
        "compose": situation.compose,
        "env": situation.env_file,
    }
    inputs = [_named(kind, situation.path(path)) for kind, path in named.items() if path]
    for kind, fact in _FILES:
        if not named[kind]:
            inputs += _searched(kind, facts.get(fact), situation)
    inputs += _log_input(facts.get(LogFile))
    order = (*named, "log")
    return tuple(sorted(inputs, key=lambda one: order.index(one.kind)))


def _named(kind: InputKind, path: str) -> Input:
    text = read_text(Path(path))
    if isinstance(text, Unreadable):
        return Input(kind, path, text.reason != "missing", text.message)
    return Input(kind, path, True)


def _searched(kind: InputKind, fact: object, situation: Situation) -> list[Input]:
    if isinstance(fact, OpenClawFile | LiteLLMFile | Compose):
        return [Input(kind, fact.path, True)]
    if isinstance(fact, Unavailable) and fact.place is not None:
        return [Input(kind, fact.place.path, True)]
    if kind == "compose" or situation.half_chain:
        return []
    return [Input(kind, "", False)]


def _log_input(fact: object) -> list[Input]:
    """The log that was read, or the named one that cannot be."""
    if isinstance(fact, LogFile):
        return [Input("log", fact.path, True)]
    if isinstance(fact, Unavailable) and fact.place is not None:
        path = fact.place.path
        return [Input("log", path, os.path.lexists(path), fact.reason)]
    return []


def _usage_error(situation: Situation, inputs: tuple[Input, ...]) -> str | None:
    """Why nothing was checked: a named file that is no text, or nothing to check at all."""
    broken = next((one for one in inputs if one.error is not None), None)
    if broken is not None:
        return f"{broken.path} {broken.error}"
    kinds = {one.kind for one in inputs if one.found}
    if not kinds & {"openclaw", "litellm"} and situation.proxy_url is None:
        return (
            "found neither openclaw.json nor litellm_config.yaml; name one with "
            "--openclaw-config or --litellm-config, or run clawdoctor where they are"
        )
    return None


def _unknown_model(situation: Situation, facts: Facts) -> str | None:
    """What --model names that no provider of this chain leads to."""
    chain = facts.get(Chain) if situation.models else None
    known = {route.id for route in chain.routes} if isinstance(chain, Chain) else set()
    strange = [one for one in situation.models if one not in known]
    if not strange:
        return None
    providers = chain.providers if isinstance(chain, Chain) else ()
    names = ", ".join(f"{one.id}/..." for one, _ in providers)
    hint = f"; a model of this chain is written {names}" if names else ""
    return f"--model {strange[0]}: OpenClaw has no such provider in this chain{hint}"


def exit_code(report: Report, policy: Policy) -> int:
    """What the process ends with: the worst of what the report says."""
    if report.internal_errors:
        return INTERNAL
    if report.usage_error is not None:
        return USAGE
    if any(finding.severity.rank <= policy.fail_on.rank for finding in report.findings):
        return 1
    unknown = any(check.outcome is Outcome.UNKNOWN for check in report.checks)
    return 1 if policy.strict and unknown else 0


def _exposure(facts: Facts, inputs: tuple[Input, ...], cwd: str) -> Exposure:
    """All that was read, so that the secrets in it can be kept out of the report."""
    found = [facts.get(kind) for kind in (OpenClawFile, LiteLLMFile, LiteLLMConfig, Compose)]
    known = [fact for fact in found if isinstance(fact, Parsed)]
    environment = facts.get(Environment)
    return collect_exposure(
        known,
        environment if isinstance(environment, Environment) else None,
        # The values of an env file are the environment's; its names are no secret. Of a log only
        # single lines are shown, and no value of it is known to be a secret.
        tuple(
            one.path for one in inputs if one.found and one.path and one.kind not in ("env", "log")
        ),
        cwd,
    )
