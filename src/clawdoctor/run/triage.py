"""Give findings weight, find root causes, bring all in order.

Knows nothing of OpenClaw or LiteLLM: the chain tells it which subjects are in use and which
routes they share.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from clawdoctor.check import Check
from clawdoctor.finding import SCOPES, STAGES, Finding, Place, Severity
from clawdoctor.run.engine import CHAIN
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


def triage(
    findings: Iterable[Finding], checks: Iterable[Check], weights: Weights
) -> tuple[Finding, ...]:
    """Merge, weigh, fold and order findings: the first is what to read first."""
    by_code = {check.code: check for check in checks}
    weighed = [_weigh(finding, by_code, weights) for finding in _merge(findings)]
    weighed = [_confirmed(finding, weighed, by_code, weights) for finding in weighed]
    ranked = sorted(weighed, key=_place_in_order)
    causes = _causes(ranked, by_code, weights)
    order = sorted(
        range(len(ranked)), key=lambda i: (causes[i] is not None, _place_in_order(ranked[i]))
    )
    moved = {old: new for new, old in enumerate(order)}
    return tuple(
        replace(
            ranked[old],
            root_cause=causes[old] is None,
            caused_by=None if (cause := causes[old]) is None else moved[cause],
            routes=tuple(sorted(weights.routes_of(ranked[old]))),
        )
        for old in order
    )


def _merge(findings: Iterable[Finding]) -> list[Finding]:
    """One finding a place: what several subjects share is said once, for all of them.

    What was seen last, in a live turn, says most: its reason is kept.
    """
    merged: dict[tuple[object, ...], Finding] = {}
    for finding in findings:
        place = finding.place
        where = (place.path, place.pointer, place.span) if place else None
        key = (finding.code, where, finding.message)
        seen = merged.get(key)
        if seen is None:
            merged[key] = finding
            continue
        merged[key] = replace(
            seen,
            detail=finding.detail if finding.live else seen.detail,
            severity=min(seen.severity, finding.severity, key=lambda severity: severity.rank),
            subjects=tuple(dict.fromkeys(seen.subjects + finding.subjects)),
            related=tuple(dict.fromkeys(seen.related + finding.related)),
            evidence=tuple(dict.fromkeys(seen.evidence + finding.evidence)),
        )
    return list(merged.values())


def _weigh(finding: Finding, checks: Mapping[str, Check], weights: Weights) -> Finding:
    """Cap the severity by how much the finding's best used subject matters, and by evidence."""
    if finding.scope == "start" and not (weights.proven and _is_disproved(finding, checks)):
        return _of_the_next_start(finding) if weights.started else finding
    limits = [_LIMITS[weights.usage.get(subject, "used")] for subject in finding.subjects]
    limit = min(limits, key=lambda severity: severity.rank)
    severity = finding.severity.at_most(limit)
    routes = weights.routes_of(finding)
    check = checks.get(finding.code)
    owned = check.owns if check is not None else ()
    if finding.subjects and all(
        any((kind, subject) in weights.disproved for kind in owned) for subject in finding.subjects
    ):
        said = "The live turn came further than this, so it does no harm now."
        detail = f"{finding.detail} {said}".strip()
        return replace(finding, severity=severity.at_most(Severity.INFO), detail=detail)
    if (
        severity is Severity.ERROR
        and routes
        and routes <= weights.proven
        and _is_disproved(finding, checks)
    ):
        if weights.shaky & set(finding.subjects):
            return replace(finding, severity=Severity.WARNING)
        said = "The live turn of this route passed, so this does no harm now."
        detail = f"{finding.detail} {said}".strip()
        return replace(finding, severity=Severity.INFO, detail=detail)
    return replace(finding, severity=severity)


def _of_the_next_start(finding: Finding) -> Finding:
    """What keeps a proxy from starting did not keep this one, which answers."""
    if finding.stage not in ("litellm", "docker") or finding.severity is not Severity.ERROR:
        return finding
    said = (
        "The proxy that answers now was started all the same: from another file, or with "
        "variables that were not seen here."
    )
    detail = f"{finding.detail} {said}".strip()
    return replace(finding, severity=Severity.WARNING, detail=detail)


def _is_disproved(finding: Finding, checks: Mapping[str, Check]) -> bool:
    """Whether a live turn that passed says that the finding does no harm."""
    check = checks.get(finding.code)
    return check is not None and not check.survives_evidence


def _confirmed(
    finding: Finding, every: Sequence[Finding], checks: Mapping[str, Check], weights: Weights
) -> Finding:
    """What was only assumed is an error once the running chain fails as it would make it fail."""
    if not finding.assumed or finding.severity is not Severity.WARNING:
        return finding
    for other in every:
        check = checks.get(other.code)
        if (
            other.live
            and other.severity is Severity.ERROR
            and check is not None
            and finding.code in check.causes
            and (other.confirms is None or finding.code in other.confirms)
            and _about_the_same(finding, other, weights)
        ):
            detail = f"{finding.detail} The running chain fails as this makes it fail.".strip()
            seen = tuple(dict.fromkeys(finding.evidence + other.evidence))
            return replace(
                finding,
                severity=Severity.ERROR,
                detail=detail,
                consequence=other.consequence or finding.consequence,
                evidence=seen,
            )
    return finding


def _causes(
    ranked: Sequence[Finding], checks: Mapping[str, Check], weights: Weights
) -> list[int | None]:
    """For each finding, the first error that can have caused it and is about the same thing."""
    causes: list[int | None] = [None] * len(ranked)
    for index, finding in enumerate(ranked):
        check = checks.get(finding.code)
        for other, candidate in enumerate(ranked):
            if (
                check is not None
                and other != index
                and candidate.severity is Severity.ERROR
                and candidate.code in check.causes
                and _about_the_same(finding, candidate, weights)
                and not _leads_to(causes, other, index)
            ):
                causes[index] = other
                break
    return causes


def _about_the_same(one: Finding, other: Finding, weights: Weights) -> bool:
    if set(one.subjects) & set(other.subjects) or CHAIN in one.subjects + other.subjects:
        return True
    return bool(weights.routes_of(one) & weights.routes_of(other))


def _leads_to(causes: Sequence[int | None], start: int, end: int) -> bool:
    """Whether following causes from `start` reaches `end`: two codes may cause each other."""
    here: int | None = start
    while here is not None:
        if here == end:
            return True
        here = causes[here]
    return False


def _place_in_order(finding: Finding) -> tuple[object, ...]:
    return (
        finding.severity.rank,
        SCOPES.index(finding.scope),
        STAGES.index(finding.stage),
        _where(finding.place),
        finding.code,
    )


def _where(place: Place | None) -> tuple[str, int, int]:
    if place is None:
        return ("", 0, 0)
    if place.span is None:
        return (place.path, 1, 1)
    return (place.path, place.span.start.line, place.span.start.column)
