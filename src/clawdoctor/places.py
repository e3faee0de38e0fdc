"""Where the user's own files have to do with an error: `explain` with the offline checks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from clawdoctor.chain.situation import Situation
from clawdoctor.check import Check
from clawdoctor.diagnosis import Policy, examine
from clawdoctor.engine import Selection
from clawdoctor.explanation import Explanation
from clawdoctor.exposure import redacted
from clawdoctor.finding import Finding, Input, Place
from clawdoctor.matching import Match
from clawdoctor.redaction import redact
from clawdoctor.redaction.hide import redactor

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
    if not every:
        return explanation, ()
    policy = Policy(Selection(select=every))
    report, exposure = examine(situation, mode="offline", policy=policy, checks=checks)
    shown = redacted(report, exposure)
    blockers = {code for check in shown.checks for code in check.blocked_by} - set(every)
    matches = tuple(
        _placed(match, wanted[match.code] + tuple(blockers), shown.findings)
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


def _placed(match: Match, codes: Sequence[str], findings: Iterable[Finding]) -> Match:
    """A match with the findings of these codes: first those that name what the text names."""
    named = {value.strip("'\"").casefold() for value in match.captures.values()}

    def key(finding: Finding) -> tuple[bool, int, int]:
        about = " ".join((finding.message, *finding.subjects, *finding.routes)).casefold()
        apart = not any(len(value) > 2 and value in about for value in named)
        return apart, finding.severity.rank, codes.index(finding.code)

    about = sorted((one for one in findings if one.code in codes), key=key)
    places = tuple(
        replace(one.place or Place("", ""), label=f"{one.message} ({one.code})") for one in about
    )
    return replace(match, places=places, fixes=about[0].fixes[:1] if about else ())
