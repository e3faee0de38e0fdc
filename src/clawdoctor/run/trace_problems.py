"""The faults of the traced requests, and the order in which a trace shows them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from clawdoctor.run.engine import CHAIN
from clawdoctor.run.trace_findings import Findings, fault_of
from clawdoctor.traced import Fault, Hop, TracedRefusal, TracedRoute


def ordered(routes: Iterable[TracedRoute]) -> tuple[TracedRoute, ...]:
    """Return the routes, those with an error first."""
    return tuple(sorted(routes, key=lambda route: not any(map(_is_broken, route.requests))))


def problems_of(
    findings: Findings,
    routes: tuple[TracedRoute, ...],
    start: TracedRefusal | None,
    *,
    named: bool,
) -> tuple[Fault, ...]:
    """Return the faults of a chain and its traced requests, the worst first.

    The reason why LiteLLM does not start is not repeated. If the user named the models, faults of
    other models are left out.
    """
    models: dict[tuple[str | None, str], list[str]] = {}
    own: dict[Fault, list[str]] = {}
    for route in routes:
        for hop in route.requests:
            for fault in _faults(hop):
                key = (fault.code, fault.text)
                listed = models.setdefault(key, [])
                listed += [] if route.model in listed else [route.model]
                if fault.code is None:
                    own.setdefault(fault, listed)
    known = {(start.code, start.cause)} if start is not None else set()
    traced = {route.model for route in routes}
    found: list[Fault] = []
    for finding in findings.reported:
        key = (finding.code, finding.message)
        elsewhere = named and key not in models and not traced.intersection(finding.routes)
        if finding.caused_by is not None or key in known:
            continue
        if elsewhere and CHAIN not in finding.subjects:
            continue
        if key not in models and not findings.concerns_all(finding):
            continue
        found.append(replace(fault_of(finding), models=tuple(models.get(key, ()))))
    found += [replace(fault, models=tuple(listed)) for fault, listed in own.items()]
    return tuple(sorted(found, key=lambda fault: fault.severity != "error"))


def _faults(hop: Hop) -> Iterator[Fault]:
    yield from hop.faults
    if hop.refusal is not None and hop.refusal.code is not None:
        yield Fault(hop.refusal.cause, hop.refusal.code, hop.refusal.place)


def _is_broken(hop: Hop) -> bool:
    """Return whether a request that always happens is wrong or is not sent."""
    if hop.condition == "if-the-first-fails":
        return False
    return hop.refusal is not None or any(fault.severity == "error" for fault in hop.faults)
