"""Weigh findings, find root causes, and sort the result.

This module does not depend on OpenClaw or LiteLLM: `Weights` says which subjects are in use and
which routes they share.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import field, replace
from heapq import merge
from typing import Literal

from clawdoctor.check import Check
from clawdoctor.deferred import dataclass
from clawdoctor.finding import SCOPES, STAGES, Finding, Place, ReportedFinding, Severity
from clawdoctor.run.engine import CHAIN, Raised
from clawdoctor.run.refusal import Kind

Usage = Literal["used", "configured", "unreached"]
"""Used by an agent; only in OpenClaw's list of models; not reached by any OpenClaw model."""

_LIMITS: dict[Usage, Severity] = {
    "used": Severity.ERROR,
    "configured": Severity.WARNING,
    "unreached": Severity.INFO,
}


@dataclass(frozen=True, slots=True)
class Weights:
    """How much the subjects of a chain matter, by subject id.

    `routes` are the routes that a subject is part of. `proven` are the routes whose live turn
    passed. `embedding` are the routes of memory search, which no turn tries. `shaky` are the
    subjects on such routes that failed in a live turn of their own, or that no turn has shown to
    work. `started` says that the proxy answers. A subject that is not listed counts as used and as
    part of every route.
    """

    usage: Mapping[str, Usage] = field(default_factory=dict)
    routes: Mapping[str, frozenset[str]] = field(default_factory=dict)
    all_routes: frozenset[str] = frozenset()
    proven: frozenset[str] = frozenset()
    shaky: frozenset[str] = frozenset()
    started: bool = False
    embedding: frozenset[str] = frozenset()
    disproved: frozenset[tuple[Kind, str]] = frozenset()
    """Refusals of subjects that a turn disproves because it failed only at a later step."""

    def routes_of(self, finding: Finding) -> frozenset[str]:
        """Return the routes that a finding is about."""
        return frozenset().union(
            *(self.routes.get(subject, self.all_routes) for subject in finding.subjects)
        )


def triage(raised: Iterable[Raised], weights: Weights) -> tuple[ReportedFinding, ...]:
    """Merge, weigh, fold and sort findings: the most important comes first."""
    weighed = [_weigh(item, weights) for item in _merge(raised)]
    failures = [
        item for item in weighed if item.finding.live and item.finding.severity is Severity.ERROR
    ]
    weighed = [_confirm(item, failures, weights) for item in weighed]
    ranked = sorted(weighed, key=_sort_key)
    causes = _causes(ranked, weights)
    order = sorted(range(len(ranked)), key=lambda i: (causes[i] is not None, _sort_key(ranked[i])))
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
    """Merge findings with the same check, place and message into one for all their subjects.

    The detail of a live turn replaces an earlier one, because it comes last and says the most.
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
    """Cap the severity by the usage of the finding's most used subject, and by evidence."""
    check, finding = raised.check, raised.finding
    if check.scope == "start" and not finding.allows_start:
        return _weigh_for_next_start(raised) if weights.started else raised
    limits = [_LIMITS[weights.usage.get(subject, "used")] for subject in finding.subjects]
    limit = min(limits, key=lambda severity: severity.rank)
    severity = finding.severity.at_most(limit)
    if all(
        any((kind, subject) in weights.disproved for kind in check.owns)
        for subject in finding.subjects
    ):
        reason = "The test message got further than this, so it does no harm now."
        return _with_severity(raised, severity.at_most(Severity.INFO), reason)
    routes = weights.routes_of(finding) - weights.embedding
    tried = check.disproved_by_turn and routes and routes <= weights.proven
    if not tried or not (severity is Severity.ERROR or finding.assumed):
        return _with_severity(raised, severity)
    if weights.shaky & set(finding.subjects):
        return _with_severity(raised, severity.at_most(Severity.WARNING))
    reason = "The test message of this route was answered, so this does no harm now."
    return _with_severity(raised, severity.at_most(Severity.INFO), reason)


def _with_severity(raised: Raised, severity: Severity, reason: str = "") -> Raised:
    """Return the finding with another severity, and with the reason appended to its detail."""
    finding = raised.finding
    detail = f"{finding.detail} {reason}".strip() if reason else finding.detail
    return Raised(raised.check, replace(finding, severity=severity, detail=detail))


def _weigh_for_next_start(raised: Raised) -> Raised:
    """Lower a fault that prevents a start to a warning: the running proxy answers.

    A variable that is unset only in this shell becomes a note: the proxy has it.
    """
    check, finding = raised.check, raised.finding
    if check.stage not in ("litellm", "docker"):
        return raised
    if finding.assumed:
        reason = "The proxy answers, so it has what this shell lacks."
        return _with_severity(raised, finding.severity.at_most(Severity.INFO), reason)
    if finding.severity is not Severity.ERROR:
        return raised
    reason = (
        "The running proxy started anyway: from another file, or with variables that "
        "clawdoctor does not see. It works until it is restarted."
    )
    return _with_severity(raised, Severity.WARNING, reason)


def _confirm(raised: Raised, failures: Sequence[Raised], weights: Weights) -> Raised:
    """Raise an assumed finding to an error if one of the live failures is its symptom."""
    finding = raised.finding
    if not finding.assumed or finding.severity is not Severity.WARNING:
        return raised
    for other in failures:
        failure = other.finding
        if (
            raised.check.code in other.check.causes
            and (failure.confirms is None or raised.check.code in failure.confirms)
            and _are_related(finding, failure, weights)
        ):
            reason = "The running chain fails with exactly this error."
            confirmed = _with_severity(raised, Severity.ERROR, reason).finding
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
    """Return, for each finding, the index of the first related error that can cause it.

    The errors are indexed by code and by everything that they may share with a symptom: a file can
    have thousands of both.
    """
    errors: dict[tuple[str, _Shared], list[int]] = {}
    for index, raised in enumerate(ranked):
        if raised.finding.severity is Severity.ERROR:
            for part in (_ANYTHING, *_shareable(raised.finding, weights)):
                errors.setdefault((raised.check.code, part), []).append(index)
    causes: list[int | None] = [None] * len(ranked)
    for index, symptom in enumerate(ranked):
        codes = [c for c in symptom.check.causes if c not in symptom.finding.not_caused_by]
        if not codes:
            continue
        # A finding about the whole chain is related to all others, and vice versa.
        parts = {_CHAIN, *_shareable(symptom.finding, weights)}
        if CHAIN in symptom.finding.subjects:
            parts = {_ANYTHING}
        candidates = merge(*(errors.get((code, part), ()) for code in codes for part in parts))
        causes[index] = next(
            (other for other in candidates if not _leads_to(causes, other, index)), None
        )
    return causes


_Shared = tuple[Literal["subject", "route", "anything"], str]
"""Something that two related findings share."""

_ANYTHING: _Shared = ("anything", "")
_CHAIN: _Shared = ("subject", CHAIN)


def _shareable(finding: Finding, weights: Weights) -> Iterator[_Shared]:
    for subject in finding.subjects:
        yield "subject", subject
    for route in weights.routes_of(finding):
        yield "route", route


def _are_related(first: Finding, second: Finding, weights: Weights) -> bool:
    """Return whether two findings share a subject or a route."""
    if set(first.subjects) & set(second.subjects) or CHAIN in first.subjects + second.subjects:
        return True
    return bool(weights.routes_of(first) & weights.routes_of(second))


def _leads_to(causes: Sequence[int | None], start: int, end: int) -> bool:
    """Return whether the causes of `start` lead to `end`: two codes may cause each other."""
    current: int | None = start
    while current is not None:
        if current == end:
            return True
        current = causes[current]
    return False


def _sort_key(raised: Raised) -> tuple[object, ...]:
    check: Check = raised.check
    return (
        raised.finding.severity.rank,
        SCOPES.index(check.scope),
        STAGES.index(check.stage),
        _position(raised.finding.place),
        check.code,
    )


def _position(place: Place | None) -> tuple[str, int, int]:
    if place is None:
        return ("", 0, 0)
    if place.span is None:
        return (place.path, 1, 1)
    return (place.path, place.span.start.line, place.span.start.column)
