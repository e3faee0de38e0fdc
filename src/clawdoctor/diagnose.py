"""One run: the facts of this chain, its checks, and the report of what came out."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from clawdoctor.chain.compose import Compose, load_compose
from clawdoctor.chain.environment import Environment, load_environment
from clawdoctor.chain.litellm import Deployment, LiteLLMConfig, load_litellm_config
from clawdoctor.chain.litellm_file import (
    LiteLLMFile,
    LiteLLMPath,
    find_litellm_config,
    load_litellm_file,
)
from clawdoctor.chain.openclaw import OpenClawConfig, load_openclaw_config
from clawdoctor.chain.openclaw_file import (
    OpenClawFile,
    OpenClawPath,
    find_openclaw_config,
    load_openclaw_file,
)
from clawdoctor.chain.route import Chain, Group, Route, load_chain
from clawdoctor.chain.situation import Situation
from clawdoctor.chain.versions import Versions, load_versions
from clawdoctor.check import Check, built_in_checks
from clawdoctor.engine import Selection, run_checks
from clawdoctor.exposure import Exposure, Parsed, collect_exposure, redacted
from clawdoctor.facts import Facts, Loader, Subjects, Unavailable
from clawdoctor.finding import Input, InputKind, Mode, Outcome, Report, Severity
from clawdoctor.source.read import Unreadable, read_text
from clawdoctor.summary import chain_lines, verdict_of
from clawdoctor.triage import Weights, triage

USAGE, INTERNAL = 2, 3
DEFAULT_TIMEOUT = 60.0
"""Seconds after which a run ends, whatever has not answered."""


@dataclass(frozen=True, slots=True)
class Policy:
    """When a run counts as failed, and what of it is reported."""

    selection: Selection = field(default_factory=Selection)
    fail_on: Severity = Severity.ERROR
    strict: bool = False


def _groups(chain: Chain, litellm: LiteLLMConfig) -> tuple[Group, ...]:
    del litellm  # asked for so that a config that cannot be read blocks what is about its groups
    return chain.groups


def _deployments(litellm: LiteLLMConfig) -> tuple[Deployment, ...]:
    return litellm.deployments


def _routes(chain: Chain, openclaw: OpenClawConfig) -> tuple[Route, ...]:
    del openclaw
    return chain.routes


def loaders(situation: Situation) -> tuple[Loader, ...]:
    """How each fact of the chain is made."""

    def here() -> Situation:
        return situation

    return (
        Loader(Situation, here),
        Loader(OpenClawPath, find_openclaw_config),
        Loader(OpenClawFile, load_openclaw_file, codes=("OC002", "OC004")),
        Loader(OpenClawConfig, load_openclaw_config),
        Loader(Compose, load_compose, codes=("DK001",)),
        Loader(LiteLLMPath, find_litellm_config),
        Loader(LiteLLMFile, load_litellm_file, codes=("LL002",)),
        Loader(LiteLLMConfig, load_litellm_config, codes=("LL003",)),
        Loader(Environment, load_environment),
        Loader(Versions, load_versions),
        Loader(Chain, load_chain),
    )


SUBJECTS = (
    Subjects(Route, _routes),
    Subjects(Group, _groups),
    Subjects(Deployment, _deployments),
)


def diagnose(
    situation: Situation,
    *,
    mode: Mode = "offline",
    policy: Policy = Policy(),
    timeout: float = DEFAULT_TIMEOUT,
    checks: Sequence[Check] | None = None,
    progress: Callable[[str], None] | None = None,
) -> Report:
    """Check the chain of a situation and say what is wrong with it.

    `timeout` is in seconds. Raises nothing for what it finds in files: that is in the report.
    """
    del progress  # there is nothing to wait for before probes exist
    started = time.perf_counter()
    chosen = tuple(checks) if checks is not None else built_in_checks()
    facts = Facts(
        loaders(situation),
        SUBJECTS,
        depth=mode,
        deadline=time.monotonic() + timeout,
        excluded_reason=f"--{mode}",
    )
    inputs = _inputs(situation, facts)
    report = Report(version=_version(), mode=mode, inputs=inputs)
    usage = _usage_error(situation, inputs)
    if usage is None:
        report = _with_results(report, chosen, facts, policy)
    report = replace(
        report,
        usage_error=usage,
        duration_ms=round((time.perf_counter() - started) * 1000),
    )
    report = replace(report, exit_code=exit_code(report, policy))
    return redacted(report, _exposure(facts, inputs, situation.cwd))


def _with_results(
    report: Report, checks: tuple[Check, ...], facts: Facts, policy: Policy
) -> Report:
    results = run_checks(checks, facts, policy.selection)
    chain = facts.get(Chain)
    versions = facts.get(Versions)
    routes = chain if isinstance(chain, Chain) else Chain((), (), ())
    findings = triage(results.findings, checks, _weights(routes))
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
    report = replace(report, routes=chain_lines(routes, report))
    return replace(report, verdict=verdict_of(report))


def _weights(chain: Chain) -> Weights:
    in_use = frozenset(route.id for route in chain.routes if chain.usage.get(route.id) == "used")
    return Weights(usage=chain.usage, routes=chain.subject_routes, every_route=in_use)


def _version() -> str:
    from clawdoctor import __version__

    return __version__


_FILES: tuple[tuple[InputKind, type], ...] = (
    ("openclaw", OpenClawFile),
    ("litellm", LiteLLMFile),
    ("compose", Compose),
)


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
    order = tuple(named)
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
        tuple(one.path for one in inputs if one.found and one.path),
        cwd,
    )
