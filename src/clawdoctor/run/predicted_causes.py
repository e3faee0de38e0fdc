"""Find the check that reports a predicted refusal from the files, and what it says."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from clawdoctor.finding import Place, Severity
from clawdoctor.run.facts import Facts
from clawdoctor.run.situation import Situation
from clawdoctor.wire.request import Refused


@dataclass(frozen=True, slots=True)
class Cause:
    """The finding of a check that explains a refusal."""

    code: str
    message: str
    place: Place | None
    serious: bool = True
    """Whether it is an error or a warning."""


FindCause = Callable[[Refused, frozenset[str]], Cause | None]
"""Returns the cause of a refusal. The ids are those of what it concerns: a route, a deployment."""


def cause_finder(situation: Situation, facts: Facts) -> FindCause:
    """Return a function that finds causes. It loads the checks only if something is refused."""
    found: dict[tuple[str, str], tuple[tuple[Cause, frozenset[str]], ...]] = {}

    def find(refused: Refused, ids: frozenset[str]) -> Cause | None:
        key = (refused.by, refused.kind)
        if key not in found:
            found[key] = tuple(_causes(refused, situation, facts))
        return next(
            (cause for cause, about in found[key] if _is_about(cause, about, refused, ids)), None
        )

    return find


def _is_about(
    cause: Cause, subjects: frozenset[str], refused: Refused, ids: frozenset[str]
) -> bool:
    """Whether a finding concerns what is refused: by its subject, or by its place."""
    places = [source.place for source in refused.sources if source.place is not None]
    here = cause.place
    return bool(subjects & ids) or (
        here is not None
        and any((here.path, here.pointer) == (place.path, place.pointer) for place in places)
    )


def _causes(
    refused: Refused, situation: Situation, facts: Facts
) -> Iterable[tuple[Cause, frozenset[str]]]:
    """Yield what the checks report that predict such a refusal, and the subjects of each."""
    from clawdoctor.check import built_in_checks
    from clawdoctor.run.engine import Selection, run_checks
    from clawdoctor.run.loaders import SUBJECTS, loaders

    checks = [
        check
        for check in built_in_checks()
        if refused.kind in check.predicts
        and (check.stage == "openclaw") == (refused.by == "openclaw")
    ]
    more = facts.extended(loaders(situation), SUBJECTS)
    for raised in run_checks(checks, more, Selection()).findings:
        finding = raised.finding
        serious = finding.severity is not Severity.INFO
        cause = Cause(raised.check.code, finding.message, finding.place, serious)
        yield cause, frozenset(finding.subjects)
