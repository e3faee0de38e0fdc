"""Read a server's answer the way `explain` does: the same text never gets two verdicts."""

from __future__ import annotations

from functools import cache

from clawdoctor.check import Check
from clawdoctor.probes.replies import Replies
from clawdoctor.run.refusal import Classify, Refusal


def classifier(checks: tuple[Check, ...]) -> Classify:
    """Return a function that classifies an error text, using the checks that report live turns."""

    @cache
    def live() -> tuple[Check, ...]:
        return tuple(check for check in checks if check.owns and _reads_replies(check))

    def classify(text: str) -> Refusal | None:
        from clawdoctor.errors.explain import explain  # an offline run reads no answers

        explanation = explain(text, live())
        if not explanation.recognised or explanation.text_kind != "text":
            return None
        first = explanation.matches[0]
        kinds = {check.code: check.owns[0] for check in live()}
        return Refusal(kinds[first.code], first.captures, first.advice)

    return classify


def _reads_replies(check: Check) -> bool:
    return any(need.fact is Replies for part in check.parts for need in part.needs)
