"""What a failed turn was refused for: by its text as `explain` reads it, else by its status."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from clawdoctor.probes.http import Answer, NoAnswer
from clawdoctor.probes.turn import Turn
from clawdoctor.run.refusal import PROXY_KINDS, Kind, Refusal, RefusalKind

UNSETTLED: frozenset[Kind] = frozenset(
    {
        "resource-not-found",
        "resource-unreachable",
        "deployment-cooldown",
        "empty-response",
        "proxy-timeout",
        "unrecognised-failure",
    }
)
"""What has many causes where the proxy reports it: Azure itself has to be asked."""

_TORN = "APIConnectionError"
"""LiteLLM's word where no answer came, or half of one: Azure may have said nothing at all."""
_PASSED_ON = "llm_provider-"
"""LiteLLM's prefix for the headers of an answer that it got from upstream."""

_BY_STATUS: Mapping[int, RefusalKind] = {
    400: "parameter-rejected",
    401: "key-rejected",
    403: "network-denied",
    404: "api-version-unsupported",
    408: "service-error",
    429: "rate-limited",
}

Classify = Callable[[str], Refusal | None]
"""Reads an error text; None where no check recognises it for certain or likely."""


def refusal_of_turn(turn: Turn, classify: Classify, *, direct: bool) -> Refusal:
    """What a failed turn was refused for. `direct`: it went to Azure without a proxy."""
    if isinstance(turn.result, NoAnswer):
        return Refusal(_kind_of_silence(turn.result, direct=direct))
    if turn.outcome in ("empty", "truncated", "page"):
        return Refusal("empty-response")
    if turn.outcome == "filtered":
        return Refusal("content-filtered")
    read = classify(turn.error)
    if read is not None and not (direct and read.kind in PROXY_KINDS):
        return read
    return Refusal(_kind_of_status(turn.result, direct=direct))


def _kind_of_silence(result: NoAnswer, *, direct: bool) -> RefusalKind:
    if direct:
        return "resource-not-found" if result.failure == "dns" else "resource-unreachable"
    return "proxy-timeout" if result.failure == "timeout" else "proxy-unreachable"


def _kind_of_status(answer: Answer, *, direct: bool) -> RefusalKind:
    """The kind by the status where Azure sent it; a proxy's own status says little."""
    if not direct and ("AzureException" not in answer.body or _TORN in answer.body):
        return "unrecognised-failure"
    if answer.status >= 500:
        return "service-error" if direct or _came_from_azure(answer) else "unrecognised-failure"
    return _BY_STATUS.get(answer.status, "unrecognised-failure")


def _came_from_azure(answer: Answer) -> bool:
    """Whether an error of the proxy's is Azure's: LiteLLM calls its own by the same name."""
    return any(name.startswith(_PASSED_ON) for name in answer.headers)
