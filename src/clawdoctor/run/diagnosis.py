"""A run: load the facts of a chain, run the checks, and report the results."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import field, replace

from clawdoctor.baseline import Baseline, with_baseline
from clawdoctor.chain.compose import Compose
from clawdoctor.chain.container_advice import fit_to_container
from clawdoctor.chain.endpoint import Endpoints
from clawdoctor.chain.log_file import LogLines
from clawdoctor.chain.openclaw import OpenClawConfig
from clawdoctor.chain.openclaw_file import OpenClawFile
from clawdoctor.chain.other_providers import unchecked_providers
from clawdoctor.chain.processes import processes_of_chain
from clawdoctor.chain.route import Chain
from clawdoctor.chain.versions import Versions
from clawdoctor.check import Check
from clawdoctor.deferred import dataclass
from clawdoctor.finding import (
    INTERRUPTED,
    Cost,
    InputKind,
    Mode,
    Outcome,
    Report,
    ReportedFinding,
    Severity,
)
from clawdoctor.knowledge import newest
from clawdoctor.knowledge.measured import knowledge_date
from clawdoctor.plugins import Loaded, load_checks
from clawdoctor.probes.client import Network
from clawdoctor.probes.http import Http
from clawdoctor.probes.replies import loaded_replies
from clawdoctor.run import needs
from clawdoctor.run.classifier import classifier
from clawdoctor.run.engine import Selection, run_checks
from clawdoctor.run.exposure import Exposure, redacted
from clawdoctor.run.facts import Facts
from clawdoctor.run.inputs import exposure_of, inputs_of, unknown_model, usage_error
from clawdoctor.run.loaders import FOREVER, SUBJECTS, loaders
from clawdoctor.run.refusal import Kind
from clawdoctor.run.repeat import repeating
from clawdoctor.run.situation import DEFAULT_TIMEOUT, Situation
from clawdoctor.run.suppress import with_ignores, with_severities
from clawdoctor.run.triage import triage
from clawdoctor.run.verdict import chain_lines, verdict_of
from clawdoctor.run.weights import weights_of
from clawdoctor.wire.question import Questions

USAGE, INTERNAL = 2, 3
"""The exit codes for wrong usage and for a bug in clawdoctor."""
_FAILS_ON = {
    Severity.WARNING: "there are warnings (--fail-on warning)",
    Severity.INFO: "there are findings, notes included (--fail-on info)",
}


@dataclass(frozen=True, slots=True)
class Policy:
    """The checks that a run reports, and the findings that make it fail.

    `comments` says that comments in the files can suppress findings. `severities` replace those of
    the findings, by code or prefix of a code. The findings in `baseline` do not count.
    """

    selection: Selection = field(default_factory=Selection)
    fail_on: Severity = Severity.ERROR
    strict: bool = False
    comments: bool = True
    severities: Mapping[str, Severity] = field(default_factory=dict)
    baseline: Baseline | None = None


_ALL_CHECKS = Policy()


def diagnose(
    situation: Situation,
    *,
    mode: Mode = "offline",
    policy: Policy = _ALL_CHECKS,
    timeout: float = DEFAULT_TIMEOUT,
    checks: Sequence[Check] | None = None,
    progress: Callable[[str], None] | None = None,
    network: Network | None = None,
    report_interrupted: bool = False,
    most_turns: float = FOREVER,
) -> Report:
    """Check the chain of a situation and report its faults.

    `timeout` is in seconds. `progress` gets each request before the run sends it. `network`
    replaces the real network. A fault in a file is in the report and raises no error. With
    `report_interrupted`, the first Ctrl-C during the checks ends the run with a report of what is
    known so far, without a KeyboardInterrupt. `most_turns` limits the test messages.
    """
    report, exposure = examine(
        situation,
        mode=mode,
        policy=policy,
        timeout=timeout,
        checks=checks,
        progress=progress,
        network=network,
        report_interrupted=report_interrupted,
        most_turns=most_turns,
    )
    return redacted(report, exposure)


def examine(
    situation: Situation,
    *,
    mode: Mode = "offline",
    policy: Policy = _ALL_CHECKS,
    timeout: float = DEFAULT_TIMEOUT,
    checks: Sequence[Check] | None = None,
    progress: Callable[[str], None] | None = None,
    network: Network | None = None,
    report_interrupted: bool = False,
    most_turns: float = FOREVER,
    sends_less: str = "",
) -> tuple[Report, Exposure]:
    """Return a report that still has its secrets, and what `redacted` needs to remove them.

    `sends_less` is why the run sends no requests, if no option of the user says so.
    """
    started = time.perf_counter()
    loaded = load_checks(situation.plugins) if checks is None else Loaded(tuple(checks))
    chosen = loaded.checks
    deadline = time.monotonic() + timeout
    situation = replace(situation, processes=processes_of_chain(situation))
    facts = Facts(
        loaders(
            situation,
            deadline=deadline,
            progress=progress,
            network=network,
            classify=classifier(chosen),
            most_turns=most_turns,
        ),
        SUBJECTS,
        depth=mode,
        deadline=deadline,
        excluded_reason=sends_less or f"--{mode}",
    )
    inputs = inputs_of(situation, facts)
    report = Report(version=_version(), knowledge=knowledge_date(), mode=mode, inputs=inputs)
    usage = usage_error(situation, inputs) or unknown_model(situation, facts)
    interrupted = False
    if usage is None:
        try:
            report = _with_results(report, chosen, facts, policy)
        except KeyboardInterrupt:
            if not report_interrupted:
                raise
            interrupted = True
            _stop(facts)
            report = _with_results(report, chosen, facts, policy)
    report = replace(
        report,
        internal_errors=(*loaded.failures, *report.internal_errors),
        usage_error=usage,
        duration_ms=round((time.perf_counter() - started) * 1000),
    )
    exposure = exposure_of(facts, inputs, situation.cwd)
    report = with_severities(report, policy.severities)
    if policy.comments:
        report = with_ignores(report, exposure.regions, chosen)
    if policy.baseline is not None:
        report = with_baseline(report, policy.baseline, situation.cwd)
    code, reason = (INTERRUPTED, "") if interrupted else exit_code(report, policy)
    report = replace(
        report,
        exit_code=code,
        exit_reason=reason,
        fail_on=policy.fail_on,
        strict=policy.strict,
    )
    return repeating(report, situation.repeated), exposure


def _stop(facts: Facts) -> None:
    """Start no more requests, and do not wait for those in progress."""
    facts.stop(needs.INTERRUPTED)
    http = facts.loaded(Http)
    if http is not None:
        http.stopped.set()


def _with_results(
    report: Report, checks: tuple[Check, ...], facts: Facts, policy: Policy
) -> Report:
    results = run_checks(checks, facts, policy.selection, _refused_kinds)
    chain = facts.known(Chain) or Chain((), (), ())
    versions = facts.known(Versions) or Versions(None, None)
    endpoints = facts.known(Endpoints) or Endpoints((), ())
    config = facts.known(OpenClawConfig)
    findings = triage(results.findings, weights_of(chain, endpoints, facts))
    findings = _fitted_to_container(_with_edits(findings, facts), facts)
    log = facts.known(LogLines) if findings else None
    if log is not None:
        from clawdoctor.run.log_evidence import with_log_evidence

        findings = with_log_evidence(findings, log, checks)
    report = replace(
        report,
        findings=findings,
        checks=results.checks,
        internal_errors=results.internal_errors,
        versions={"openclaw": versions.openclaw, "litellm": versions.litellm},
        newest={name: newest(name) for name in versions.newer()},
        available_checks=len(checks),
        left_out=tuple(check.code for check in checks if not policy.selection.includes(check.code)),
        narrowed=any(
            check.worst is not Severity.INFO and not policy.selection.includes(check.code)
            for check in checks
        ),
        half=_half(report, chain),
        unchecked_providers=() if config is None else unchecked_providers(config, chain),
    )
    report = replace(report, cost=_cost(facts), routes=chain_lines(chain, endpoints, report, facts))
    verdict, answers_with = verdict_of(report, facts, checks)
    proxies = _proxy_hosts(endpoints) if report.mode == "live" else ()
    return replace(report, verdict=verdict, answers_with=answers_with, proxies=proxies)


def _with_edits(findings: tuple[ReportedFinding, ...], facts: Facts) -> tuple[ReportedFinding, ...]:
    """Turn the changes of fixes into edits. The writers are imported only if needed."""
    fixes = (fix for finding in findings for fix in finding.fixes)
    if not any(fix.changes or fix.applicability != "manual" for fix in fixes):
        return findings
    from clawdoctor.run.edits import with_edits

    return with_edits(findings, facts)


def _refused_kinds(facts: Facts) -> Iterator[Kind]:
    """Yield the kinds of refusal that the run's turns met."""
    questions = facts.loaded(Questions) or Questions(())
    for replies in loaded_replies(questions, facts).replies:
        for failure in replies.failures:
            yield failure.kind


def _half(report: Report, chain: Chain) -> InputKind | None:
    """Return the only config that was found, unless the chain has no other."""
    found = {item.kind for item in report.inputs if item.found}
    if "openclaw" not in found:
        return "litellm" if "litellm" in found else None
    return "openclaw" if "litellm" not in found and chain.proxy_providers else None


def _fitted_to_container(
    findings: tuple[ReportedFinding, ...], facts: Facts
) -> tuple[ReportedFinding, ...]:
    """Replace the actions for OpenClaw on this machine if OpenClaw runs in a container."""
    compose, file = facts.known(Compose), facts.known(OpenClawFile)
    agent = compose.openclaw if compose is not None else None
    if agent is None:
        return findings
    path = file.path if file is not None else None
    return tuple(
        replace(finding, fixes=tuple(fit_to_container(fix, agent, path) for fix in finding.fixes))
        for finding in findings
    )


def _proxy_hosts(endpoints: Endpoints) -> tuple[str, ...]:
    """Return the host and port of each proxy."""
    return tuple(dict.fromkeys(p.address for p in endpoints.proxies if p.url is not None))


def _cost(facts: Facts) -> Cost:
    """Return the requests and tokens that the run spent, which are 0 without a client."""
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


def exit_code(report: Report, policy: Policy) -> tuple[int, str]:
    """Return the exit code for the worst result in the report, and the reason.

    The reason names the option that makes a run without an error fail. Otherwise it is empty.
    """
    if report.internal_errors:
        return INTERNAL, ""
    if report.usage_error is not None:
        return USAGE, ""
    severities = [finding.severity for finding in report.findings]
    if Severity.ERROR in severities:
        return 1, ""
    reasons = []
    if any(severity.rank <= policy.fail_on.rank for severity in severities):
        reasons.append(_FAILS_ON[policy.fail_on])
    if policy.strict and any(check.outcome is Outcome.UNKNOWN for check in report.checks):
        reasons.append("some checks could not be completed (--strict)")
    return (1, " and ".join(reasons)) if reasons else (0, "")
