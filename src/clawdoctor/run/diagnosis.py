"""One run: the facts of this chain, its checks, and the report of what came out."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from clawdoctor.chain.azure_host import split
from clawdoctor.chain.endpoint import Endpoints
from clawdoctor.chain.log_file import LogLines
from clawdoctor.chain.processes import processes_of_chain
from clawdoctor.chain.route import Chain
from clawdoctor.chain.versions import Versions
from clawdoctor.check import Check, built_in_checks
from clawdoctor.finding import Cost, Mode, Outcome, Report, Severity
from clawdoctor.probes.client import Way
from clawdoctor.probes.http import Http
from clawdoctor.probes.replies import Replies
from clawdoctor.probes.turn_refusal import Classify
from clawdoctor.run.engine import Selection, run_checks
from clawdoctor.run.exposure import Exposure, redacted
from clawdoctor.run.facts import Facts
from clawdoctor.run.inputs import exposure_of, inputs_of, unknown_model, usage_error
from clawdoctor.run.loaders import SUBJECTS, loaders
from clawdoctor.run.log_evidence import with_log_evidence
from clawdoctor.run.refusal import Refusal
from clawdoctor.run.situation import Situation
from clawdoctor.run.triage import triage
from clawdoctor.run.verdict import chain_lines, verdict_of
from clawdoctor.run.weights import weights_of

USAGE, INTERNAL = 2, 3
"""Exit codes for wrong usage and for a defect of clawdoctor."""
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
    inputs = inputs_of(situation, facts)
    report = Report(version=_version(), mode=mode, inputs=inputs)
    usage = usage_error(situation, inputs) or unknown_model(situation, facts)
    if usage is None:
        report = _with_results(report, chosen, facts, policy)
    report = replace(
        report,
        usage_error=usage,
        duration_ms=round((time.perf_counter() - started) * 1000),
    )
    report = replace(report, exit_code=exit_code(report, policy))
    return report, exposure_of(facts, inputs, situation.cwd)


def _with_results(
    report: Report, checks: tuple[Check, ...], facts: Facts, policy: Policy
) -> Report:
    results = run_checks(checks, facts, policy.selection)
    chain = facts.known(Chain) or Chain((), (), ())
    versions = facts.known(Versions) or Versions(None, None)
    endpoints = facts.known(Endpoints) or Endpoints((), ())
    findings = triage(results.findings, weights_of(chain, endpoints, facts))
    log = facts.known(LogLines) if findings else None
    if log is not None:
        findings = with_log_evidence(findings, log, checks)
    report = replace(
        report,
        findings=findings,
        checks=results.checks,
        internal_errors=results.internal_errors,
        versions={"openclaw": versions.openclaw, "litellm": versions.litellm},
    )
    report = replace(report, cost=_cost(facts), routes=chain_lines(chain, endpoints, report, facts))
    verdict, answers_with = verdict_of(report, facts, checks)
    asked = _asked(endpoints) if report.mode == "live" else ()
    return replace(report, verdict=verdict, answers_with=answers_with, proxies=asked)


def _asked(endpoints: Endpoints) -> tuple[str, ...]:
    """Host and port of each proxy."""
    parts = [split(one.url) for one in endpoints.proxies if one.url is not None]
    return tuple(dict.fromkeys(one.netloc for one in parts if one is not None))


def _reader(checks: tuple[Check, ...]) -> Classify:
    """Read an error text as `explain` does, among the checks that report live turns."""
    from clawdoctor.errors.explain import explain

    live = tuple(
        check
        for check in checks
        if check.owns and any(need.fact is Replies for part in check.parts for need in part.needs)
    )
    kinds = {check.code: check.owns[0] for check in live}

    def classify(text: str) -> Refusal | None:
        explanation = explain(text, live)
        if not explanation.recognised or explanation.text_kind != "text":
            return None
        first = explanation.matches[0]
        return Refusal(kinds[first.code], first.captures)

    return classify


def _cost(facts: Facts) -> Cost:
    """What was sent, if the client was ever opened."""
    http = facts.loaded(Http)
    if http is None:
        return Cost()
    spent = http.spent
    return Cost(
        spent.requests, spent.billable_requests, spent.prompt_tokens, spent.completion_tokens
    )


def _version() -> str:
    from clawdoctor import __version__

    return __version__


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
