"""The findings of the checks from the files, and those that a trace shows.

The checks of the proxy and of Azure need answers from running servers, so a trace does not load
them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import field

from clawdoctor.chain.endpoint import Endpoints
from clawdoctor.chain.route import Chain
from clawdoctor.check import Check, checks_of
from clawdoctor.deferred import dataclass
from clawdoctor.finding import InternalError, Place, ReportedFinding, Severity, Stage
from clawdoctor.run.engine import CHAIN, Raised, Selection, run_checks
from clawdoctor.run.facts import Facts
from clawdoctor.run.refusal import Kind
from clawdoctor.run.triage import triage
from clawdoctor.run.weights import weights_of
from clawdoctor.traced import Fault
from clawdoctor.wire.request import Refused, Sender, Source

_STAGES: tuple[Stage, ...] = ("openclaw", "litellm", "docker")
_WRONG = frozenset({"no-key", "literal-key", "key-shape", "path", "api-version", "added-parameter"})
"""The kinds of fault that a request may have although a program sends it."""
_OF_REQUESTS = frozenset({"model-ref-unresolved", "stale-agent-state"})
"""Checks that predict no refusal, but whose warnings say what is wrong with a request."""


@dataclass(frozen=True, slots=True)
class Findings:
    """The findings about a chain, in the order of a report: the worst comes first.

    `raised` are the same findings before triage. `predicted` and `related` are the positions of
    findings by what they are about: a subject, a route, or a place in a file. `wrong` are the codes
    of checks whose warnings say what is wrong with a sent request.
    """

    reported: tuple[ReportedFinding, ...] = ()
    raised: tuple[Raised, ...] = ()
    internal_errors: tuple[InternalError, ...] = ()
    owners: dict[str, tuple[Kind, ...]] = field(default_factory=dict)
    wrong: frozenset[str] = frozenset()
    predicted: dict[object, list[int]] = field(default_factory=dict)
    related: dict[object, list[int]] = field(default_factory=dict)

    def cause(self, refused: Refused, ids: frozenset[str]) -> Fault | None:
        """Return the reason for a refusal of the thing with these ids, or None."""
        for index in _positions(self.predicted, ids, refused.sources):
            check, finding = self.raised[index].check, self.raised[index].finding
            by_openclaw = check.stage == "openclaw"
            if refused.kind in check.predicts and by_openclaw == (refused.by == "openclaw"):
                return Fault(finding.message, check.code, finding.place)
        return None

    def of_request(
        self, sender: Sender, ids: frozenset[str], sources: Iterable[Source]
    ) -> tuple[Fault, ...]:
        """Return the faults of the request of the thing with these ids."""
        found = (self.reported[index] for index in _positions(self.related, ids, sources))
        return tuple(
            fault_of(finding)
            for finding in found
            if finding.stage == sender
            and (finding.severity is Severity.ERROR or finding.code in self.wrong)
        )

    def concerns_all(self, finding: ReportedFinding) -> bool:
        """Return whether a finding matters although no traced request shows it."""
        if finding.severity is Severity.ERROR:
            return True
        return CHAIN in finding.subjects or finding.name in _OF_REQUESTS

    def of_files(self, kinds: frozenset[Kind]) -> tuple[Fault, ...]:
        """Return the findings of the checks that own these refusals of files."""
        return tuple(
            fault_of(finding)
            for finding in self.reported
            if kinds.intersection(self.owners[finding.code])
        )


def find(facts: Facts) -> Findings:
    """Run the checks of the files, and return their findings."""
    checks = tuple(check for check in checks_of(_STAGES) if _can_matter(check))
    results = run_checks(checks, facts, Selection())
    chain = facts.known(Chain) or Chain((), (), ())
    endpoints = facts.known(Endpoints) or Endpoints((), ())
    by_code = {check.code: check for check in checks}
    reported = tuple(
        finding
        for finding in triage(results.findings, weights_of(chain, endpoints, facts))
        if finding.severity is Severity.ERROR
        or (finding.severity is Severity.WARNING and _is_of_requests(by_code[finding.code]))
    )
    predicted: dict[object, list[int]] = {}
    for index, raised in enumerate(results.findings):
        if raised.check.predicts:
            _index(predicted, index, raised.finding.subjects, raised.finding.place)
    related: dict[object, list[int]] = {}
    for index, finding in enumerate(reported):
        subjects = set(finding.subjects)
        if CHAIN not in subjects and finding.stage == "openclaw":
            subjects |= set(finding.routes)
        # Deployments of a wildcard have the same places, and only some have the fault.
        _index(related, index, subjects - {CHAIN}, finding.place if CHAIN in subjects else None)
    return Findings(
        reported,
        results.findings,
        results.internal_errors,
        {check.code: check.owns for check in checks},
        frozenset(check.code for check in checks if _WRONG.intersection(check.predicts)),
        predicted,
        related,
    )


def _is_of_requests(check: Check) -> bool:
    """Return whether even the warnings of a check say what is wrong with a request."""
    return bool(check.predicts) or check.name in _OF_REQUESTS


def _can_matter(check: Check) -> bool:
    return check.worst is Severity.ERROR or _is_of_requests(check)


def fault_of(finding: ReportedFinding) -> Fault:
    """Return a finding in the form that a trace shows."""
    severe = finding.severity is Severity.ERROR
    return Fault(finding.message, finding.code, finding.place, "error" if severe else "warning")


def _index(
    positions: dict[object, list[int]], index: int, subjects: Iterable[str], place: Place | None
) -> None:
    keys: set[object] = {*subjects}
    if place is not None:
        keys.add((place.path, place.pointer))
    for key in keys:
        positions.setdefault(key, []).append(index)


def _positions(
    positions: dict[object, list[int]], ids: Iterable[str], sources: Iterable[Source]
) -> Iterator[int]:
    """Yield the positions of findings about these ids or about the place of a source."""
    keys: set[object] = {*ids}
    keys |= {(s.place.path, s.place.pointer) for s in sources if s.place is not None}
    yield from sorted({index for key in keys for index in positions.get(key, ())})
