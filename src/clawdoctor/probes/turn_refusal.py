"""The refusal in a failed turn, by its text as `explain` reads it, else by its status."""

from __future__ import annotations

import re
from collections.abc import Mapping

from clawdoctor.deferred import regex
from clawdoctor.probes.edge import edge_of
from clawdoctor.probes.http import Answer, NoAnswer
from clawdoctor.probes.turn import Turn
from clawdoctor.run.refusal import PROXY_KINDS, Classify, Kind, Refusal, RefusalKind

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
"""Kinds with many causes if the proxy reports them: a turn straight to Azure says more."""

_NO_ANSWER_TEXT = "APIConnectionError"
"""LiteLLM's error if Azure sent no answer or an incomplete one."""
_UPSTREAM_PREFIX = "llm_provider-"
"""LiteLLM's prefix for the headers of an upstream answer."""

_BY_STATUS: Mapping[int, RefusalKind] = {
    400: "parameter-rejected",
    401: "key-rejected",
    403: "network-denied",
    404: "api-version-unsupported",
    408: "service-error",
    429: "rate-limited",
}

_PROGRAMS = regex(r"litellm|azure", re.IGNORECASE)


def refusal_of_turn(
    turn: Turn, classify: Classify, *, direct: bool, other: bool = False
) -> Refusal:
    """Return the refusal in a failed turn. `direct` says that it went straight to Azure.

    `other` says that it went to a server that is not known to be LiteLLM. Its texts have the
    meaning of LiteLLM's or Azure's texts only if they name LiteLLM or Azure.
    """
    if isinstance(turn.result, NoAnswer):
        kind = _kind_without_answer(turn.result, direct=direct)
        return Refusal("unrecognised-failure" if other and kind == "proxy-timeout" else kind)
    if edge_of(turn.result) is not None:
        return Refusal("edge-blocked")
    if turn.outcome in ("empty", "truncated", "page"):
        return Refusal("empty-response")
    if turn.outcome == "filtered":
        return Refusal("content-filtered")
    if other and not _PROGRAMS.search(turn.error):
        return Refusal("unrecognised-failure")
    refusal = classify(turn.error)
    if refusal is not None and not (direct and refusal.kind in PROXY_KINDS):
        return refusal
    return Refusal(_kind_of_status(turn.result, direct=direct))


def _kind_without_answer(result: NoAnswer, *, direct: bool) -> RefusalKind:
    if direct:
        return "resource-not-found" if result.failure == "dns" else "resource-unreachable"
    return "proxy-timeout" if result.failure == "timeout" else "proxy-unreachable"


def _kind_of_status(answer: Answer, *, direct: bool) -> RefusalKind:
    """Return the kind by the status, if it is Azure's. A proxy's own status proves little."""
    if not direct and ("AzureException" not in answer.body or _NO_ANSWER_TEXT in answer.body):
        return "unrecognised-failure"
    if answer.status >= 500:
        return "service-error" if direct or _came_from_azure(answer) else "unrecognised-failure"
    return _BY_STATUS.get(answer.status, "unrecognised-failure")


def _came_from_azure(answer: Answer) -> bool:
    """Return whether the proxy's error is Azure's. LiteLLM gives its own errors the same name."""
    return any(name.startswith(_UPSTREAM_PREFIX) for name in answer.headers)
