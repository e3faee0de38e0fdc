"""Find the places in the user's files that explain an error, using the offline checks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from clawdoctor.chain.azure_host import host_of, is_azure
from clawdoctor.chain.placeholder import is_placeholder
from clawdoctor.check import Check
from clawdoctor.errors.explain import Explanation
from clawdoctor.errors.matching import Match, for_straight_chain
from clawdoctor.errors.placeholders import bare, filled_commands
from clawdoctor.finding import Input, Place, Report, ReportedFinding, RouteLine
from clawdoctor.redaction.report import redact
from clawdoctor.run.diagnosis import Policy, examine
from clawdoctor.run.engine import Selection
from clawdoctor.run.exposure import redacted
from clawdoctor.run.situation import Situation

_NONE = "-"  # no code starts like this: the run only reads the named files
_MATCHES = 8  # a catch-all text has more, too many to look for


def with_places(
    explanation: Explanation, situation: Situation, checks: Sequence[Check]
) -> tuple[Explanation, tuple[Input, ...]]:
    """Return the explanation with offline findings for its codes and their causes.

    The second result lists the files that were looked for. Nothing is sent, and no host name is
    looked up. The secrets in the files are removed from the whole explanation, including the pasted
    text.
    """
    by_code = {check.code: check for check in checks}
    wanted = {
        match.code: (
            match.code,
            *(cause for cause in by_code[match.code].causes if cause in by_code),
        )
        for match in _matches_to_place(explanation)
    }
    all_codes = tuple(dict.fromkeys(code for codes in wanted.values() for code in codes))
    if not all_codes and not (situation.openclaw_config or situation.litellm_config):
        return explanation, ()
    policy = Policy(Selection(select=all_codes or (_NONE,)))
    report, exposure = examine(situation, mode="offline", policy=policy, checks=checks)
    shown = redacted(report, exposure)
    blockers = {code for check in shown.checks for code in check.blocked_by} - set(all_codes)
    straight = _asks_azure_itself(shown.routes)
    said = (
        for_straight_chain(match, by_code[match.code]) if straight else match
        for match in explanation.matches
    )
    matches = tuple(
        _with_findings(match, wanted[match.code] + tuple(blockers), shown)
        if match.code in wanted
        else match
        for match in said
    )
    hidden = redact(replace(explanation, matches=matches), exposure.redactor)
    return hidden, shown.inputs


def _matches_to_place(explanation: Explanation) -> tuple[Match, ...]:
    """Return the matches to look for in files: all that are not just possible, else all."""
    sure = tuple(match for match in explanation.matches if match.confidence != "possible")
    return (sure or explanation.matches)[:_MATCHES]


def _with_findings(match: Match, codes: Sequence[str], report: Report) -> Match:
    """Return a match with these codes' findings. Those that name a value of the text come first."""
    named = {bare(value).casefold() for value in match.captures.values()}

    def key(finding: ReportedFinding) -> tuple[bool, int, int]:
        about = " ".join((finding.message, *finding.subjects, *finding.routes)).casefold()
        apart = not any(len(value) > 2 and value in about for value in named)
        return apart, finding.severity.rank, codes.index(finding.code)

    about = sorted((finding for finding in report.findings if finding.code in codes), key=key)
    return replace(
        match,
        fix=filled_commands(match.fix, _names(report.routes, named)),
        places=tuple(
            replace(finding.place or Place("", ""), label=f"{finding.message} ({finding.code})")
            for finding in about
        ),
        fixes=about[0].fixes[:1] if about else (),
    )


def _asks_azure_itself(routes: Sequence[RouteLine]) -> bool:
    """Return whether the files show that no route in use leads through LiteLLM."""
    used = [route for route in routes if route.used_by] or list(routes)
    return bool(used) and all(route.group is None and not route.server for route in used)


def _names(routes: Sequence[RouteLine], mentioned: set[str]) -> dict[str, str]:
    """Return the resource and the deployment that the text means, if only one is possible."""
    meant = [
        route
        for route in routes
        if mentioned & {route.model.casefold(), (route.group or "").casefold()}
    ]
    chat = [route for route in routes if route.used_by and not route.embeds]
    used = meant or chat or routes
    deployments = {deployment for route in used for deployment in route.deployments}
    hosts = {host_of(deployment.api_base or "") for deployment in deployments}
    found = {
        "resource": {host.split(".")[0] for host in hosts if host and is_azure(host)},
        "deployment": {deployment.model.rpartition("/")[2] for deployment in deployments},
    }
    single = {name: values.pop() for name, values in found.items() if len(values) == 1}
    return {name: value for name, value in single.items() if not is_placeholder(value)}
