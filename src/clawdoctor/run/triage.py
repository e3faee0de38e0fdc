"""Give findings weight, find root causes, bring all in order.

Knows nothing of OpenClaw or LiteLLM: the chain says which subjects are in use and which routes
they share.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from clawdoctor.check import Check
from clawdoctor.finding import SCOPES, STAGES, Finding, Place, ReportedFinding, Severity
from clawdoctor.run.engine import CHAIN, Raised
from clawdoctor.run.refusal import Kind

Usage = Literal["used", "configured", "unreached"]
"""Used by an agent; in OpenClaw's list of models only; reached by no OpenClaw model."""

_LIMITS: dict[Usage, Severity] = {
    "used": Severity.ERROR,
    "configured": Severity.WARNING,
    "unreached": Severity.INFO,
}


@dataclass(frozen=True, slots=True)
class Weights:
    """What the chain says about its subjects, by subject id.

    `routes` are the routes that a subject is part of; `proven` the routes whose live turn passed,
    `shaky` the subjects that failed in a live turn of their own all the same. `started`: the proxy
    answers. A subject that is not listed counts as used and as part of every route.
    """

    usage: Mapping[str, Usage] = field(default_factory=dict)
    routes: Mapping[str, frozenset[str]] = field(default_factory=dict)
    every_route: frozenset[str] = frozenset()
    proven: frozenset[str] = frozenset()
    shaky: frozenset[str] = frozenset()
    started: bool = False
    disproved: frozenset[tuple[Kind, str]] = frozenset()
    """Kinds of refusal and subjects: a turn that failed later shows that they do no harm."""

    def routes_of(self, finding: Finding) -> frozenset[str]:
        """The routes that a finding is about."""
        return frozenset().union(
            *(self.routes.get(subject, self.every_route) for subject in finding.subjects)
        )


def triage(raised: Iterable[Raised], weights: Weights) -> tuple[ReportedFinding, ...]:
    """Merge, weigh, fold and order findings: the first is what to read first."""
    weighed = [_weigh(item, weights) for item in _merge(raised)]
    weighed = [_confirmed(item, weighed, weights) for item in weighed]
    ranked = sorted(weighed, key=_place_in_order)
    causes = _causes(ranked, weights)
    order = sorted(
        range(len(ranked)), key=lambda i: (causes[i] is not None, _place_in_order(ranked[i]))
    )
    ids = {index: f"f{number}" for number, index in enumerate(order, 1)}
    return tuple(
        _reported(
            ranked[index],
            name=ids[index],
            caused_by=None if (cause := causes[index]) is None else ids[cause],
            routes=weights.routes_of(ranked[index].finding),
        )
        for index in order
    )


def _reported(
    raised: Raised, *, name: str, caused_by: str | None, routes: Iterable[str]
) -> ReportedFinding:
    check, finding = raised.check, raised.finding
    return ReportedFinding(
        id=name,
        code=check.code,
        name=check.name,
        stage=check.stage,
        scope=check.scope,
        severity=finding.severity,
        message=finding.message,
        detail=finding.detail,
        place=finding.place,
        title=finding.title,
        consequence=finding.consequence,
        related=finding.related,
        evidence=finding.evidence,
        fixes=finding.fixes,
        subjects=finding.subjects,
        routes=tuple(sorted(routes)),
        hop=finding.hop or check.stage,
        caused_by=caused_by,
    )


def _merge(raised: Iterable[Raised]) -> list[Raised]:
    """Merge the findings of one place: what several subjects share is said once, for all of them.

    A live turn comes last and says most: its reason is kept.
    """
    merged: dict[tuple[object, ...], Raised] = {}
    for item in raised:
        finding, place = item.finding, item.finding.place
        where = (place.path, place.pointer, place.span) if place else None
        key = (item.check.code, where, finding.message)
        if key not in merged:
            merged[key] = item
            continue
        first = merged[key].finding
        both = replace(
            first,
            detail=finding.detail if finding.live else first.detail,
            severity=min(first.severity, finding.severity, key=lambda severity: severity.rank),
            subjects=tuple(dict.fromkeys(first.subjects + finding.subjects)),
            related=tuple(dict.fromkeys(first.related + finding.related)),
            evidence=tuple(dict.fromkeys(first.evidence + finding.evidence)),
        )
        merged[key] = Raised(item.check, both)
    return list(merged.values())


def _weigh(raised: Raised, weights: Weights) -> Raised:
    """Cap the severity by how much the finding's best used subject matters, and by evidence."""
    check, finding = raised.check, raised.finding
    if check.scope == "start" and (not weights.proven or check.survives_evidence):
        return _of_the_next_start(raised) if weights.started else raised
    limits = [_LIMITS[weights.usage.get(subject, "used")] for subject in finding.subjects]
    limit = min(limits, key=lambda severity: severity.rank)
    severity = finding.severity.at_most(limit)
    routes = weights.routes_of(finding)
    if all(
        any((kind, subject) in weights.disproved for kind in check.owns)
        for subject in finding.subjects
    ):
        reason = "The live turn came further than this, so it does no harm now."
        return _changed(raised, severity.at_most(Severity.INFO), reason)
    if (
        severity is Severity.ERROR
        and routes
        and routes <= weights.proven
        and not check.survives_evidence
    ):
        if weights.shaky & set(finding.subjects):
            return _changed(raised, Severity.WARNING)
        reason = "The live turn of this route passed, so this does no harm now."
        return _changed(raised, Severity.INFO, reason)
    return _changed(raised, severity)


def _changed(raised: Raised, severity: Severity, reason: str = "") -> Raised:
    """The finding with another severity, and the reason for it after its own detail."""
    finding = raised.finding
    detail = f"{finding.detail} {reason}".strip() if reason else finding.detail
    return Raised(raised.check, replace(finding, severity=severity, detail=detail))


def _of_the_next_start(raised: Raised) -> Raised:
    """A warning for what keeps a proxy from starting: it did not stop the one that answers."""
    error = raised.finding.severity is Severity.ERROR
    if raised.check.stage not in ("litellm", "docker") or not error:
        return raised
    reason = (
        "The proxy that answers now was started all the same: from another file, or with "
        "variables that were not seen here."
    )
    return _changed(raised, Severity.WARNING, reason)


def _confirmed(raised: Raised, every: Sequence[Raised], weights: Weights) -> Raised:
    """An error for what was only assumed, once the running chain fails as it would make it fail."""
    finding = raised.finding
    if not finding.assumed or finding.severity is not Severity.WARNING:
        return raised
    for other in every:
        failure = other.finding
        if (
            failure.live
            and failure.severity is Severity.ERROR
            and raised.check.code in other.check.causes
            and (failure.confirms is None or raised.check.code in failure.confirms)
            and _about_the_same(finding, failure, weights)
        ):
            reason = "The running chain fails as this makes it fail."
            confirmed = _changed(raised, Severity.ERROR, reason).finding
            return Raised(
                raised.check,
                replace(
                    confirmed,
                    consequence=failure.consequence or finding.consequence,
                    evidence=tuple(dict.fromkeys(finding.evidence + failure.evidence)),
                ),
            )
    return raised


def _causes(ranked: Sequence[Raised], weights: Weights) -> list[int | None]:
    """For each finding, the first error that can have caused it and is about the same thing."""
    causes: list[int | None] = [None] * len(ranked)
    for index, symptom in enumerate(ranked):
        for other, candidate in enumerate(ranked):
            if (
                other != index
                and candidate.finding.severity is Severity.ERROR
                and candidate.check.code in symptom.check.causes
                and _about_the_same(symptom.finding, candidate.finding, weights)
                and not _leads_to(causes, other, index)
            ):
                causes[index] = other
                break
    return causes


def _about_the_same(first: Finding, second: Finding, weights: Weights) -> bool:
    if set(first.subjects) & set(second.subjects) or CHAIN in first.subjects + second.subjects:
        return True
    return bool(weights.routes_of(first) & weights.routes_of(second))


def _leads_to(causes: Sequence[int | None], start: int, end: int) -> bool:
    """Whether following causes from `start` reaches `end`: two codes may cause each other."""
    here: int | None = start
    while here is not None:
        if here == end:
            return True
        here = causes[here]
    return False


def _place_in_order(raised: Raised) -> tuple[object, ...]:
    check: Check = raised.check
    return (
        raised.finding.severity.rank,
        SCOPES.index(check.scope),
        STAGES.index(check.stage),
        _where(raised.finding.place),
        check.code,
    )


def _where(place: Place | None) -> tuple[str, int, int]:
    if place is None:
        return ("", 0, 0)
    if place.span is None:
        return (place.path, 1, 1)
    return (place.path, place.span.start.line, place.span.start.column)
