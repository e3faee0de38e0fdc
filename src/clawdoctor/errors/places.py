"""Where the user's own files have to do with an error: `explain` with the offline checks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from clawdoctor.chain.azure_host import host_of, is_azure
from clawdoctor.chain.placeholder import is_placeholder
from clawdoctor.check import Check
from clawdoctor.errors.explain import Explanation
from clawdoctor.errors.matching import Match
from clawdoctor.errors.placeholders import bare, filled_commands
from clawdoctor.finding import Input, Place, Report, ReportedFinding, RouteLine
from clawdoctor.redaction import redact
from clawdoctor.redaction.hide import redactor
from clawdoctor.run.diagnosis import Policy, examine
from clawdoctor.run.engine import Selection
from clawdoctor.run.exposure import redacted
from clawdoctor.run.situation import Situation

_NONE = "-"  # the start of no code: only whether the named files can be read is asked
_MATCHES = 8  # of a catch-all text, the others are too many to be looked for


def with_places(
    explanation: Explanation, situation: Situation, checks: Sequence[Check]
) -> tuple[Explanation, tuple[Input, ...]]:
    """The explanation with what the offline checks of its codes, and of their causes, find.

    Also gives the files that were looked for. Nothing is sent and no name is looked up. No secret
    of the files is left in the explanation, also where the pasted text had it.
    """
    by_code = {check.code: check for check in checks}
    wanted = {
        match.code: (match.code, *(one for one in by_code[match.code].causes if one in by_code))
        for match in _explained(explanation)
    }
    every = tuple(dict.fromkeys(code for codes in wanted.values() for code in codes))
    if not every and not (situation.openclaw_config or situation.litellm_config):
        return explanation, ()
    policy = Policy(Selection(select=every or (_NONE,)))
    report, exposure = examine(situation, mode="offline", policy=policy, checks=checks)
    shown = redacted(report, exposure)
    blockers = {code for check in shown.checks for code in check.blocked_by} - set(every)
    matches = tuple(
        _placed(match, wanted[match.code] + tuple(blockers), shown)
        if match.code in wanted
        else match
        for match in explanation.matches
    )
    hidden = redact(replace(explanation, matches=matches), redactor(exposure.secrets))
    return hidden, shown.inputs


def _explained(explanation: Explanation) -> tuple[Match, ...]:
    """The matches that are worth a look into files: the sure ones, or all where none is."""
    sure = tuple(match for match in explanation.matches if match.confidence != "possible")
    return (sure or explanation.matches)[:_MATCHES]


def _placed(match: Match, codes: Sequence[str], report: Report) -> Match:
    """A match with the findings of these codes: first those that name what the text names."""
    named = {bare(value).casefold() for value in match.captures.values()}

    def key(finding: ReportedFinding) -> tuple[bool, int, int]:
        about = " ".join((finding.message, *finding.subjects, *finding.routes)).casefold()
        apart = not any(len(value) > 2 and value in about for value in named)
        return apart, finding.severity.rank, codes.index(finding.code)

    about = sorted((one for one in report.findings if one.code in codes), key=key)
    return replace(
        match,
        fix=filled_commands(match.fix, _names(report.routes, named)),
        places=tuple(
            replace(one.place or Place("", ""), label=f"{one.message} ({one.code})")
            for one in about
        ),
        fixes=about[0].fixes[:1] if about else (),
    )


def _names(routes: Sequence[RouteLine], named: set[str]) -> dict[str, str]:
    """The resource and the deployment that are meant, where there is only one that can be."""
    meant = [one for one in routes if named & {one.model.casefold(), (one.group or "").casefold()}]
    used = meant or [one for one in routes if one.used_by] or routes
    deployments = {deployment for route in used for deployment in route.deployments}
    hosts = {host_of(one.api_base or "") for one in deployments}
    found = {
        "resource": {host.split(".")[0] for host in hosts if host and is_azure(host)},
        "deployment": {one.model.rpartition("/")[2] for one in deployments},
    }
    single = {name: values.pop() for name, values in found.items() if len(values) == 1}
    return {name: value for name, value in single.items() if not is_placeholder(value)}
