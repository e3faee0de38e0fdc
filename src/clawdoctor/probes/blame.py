"""Which check a failed turn belongs to: by its text as `explain` reads it, else by its shape."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from clawdoctor.probes.http import Answer, NoAnswer
from clawdoctor.probes.turn import Turn

TURN_FAILED = "PX108"
"""The check of a turn that failed with a text that no check knows."""

KEY_FAULTS = frozenset({"AZ003", "AZ006", "PX003"})
"""What reaches OpenClaw as a refused key."""

UNSETTLED = frozenset({"AZ001", "AZ002", "PX103", "PX104", "PX107", TURN_FAILED})
"""Texts that stand for many causes, when the proxy says them: Azure itself has to be asked."""

_TORN = "APIConnectionError"
"""LiteLLM's word where no answer came, or half of one: Azure may have said nothing at all."""
_PASSED_ON = "llm_provider-"
"""LiteLLM's prefix for the headers of an answer that it got from upstream."""

_BY_STATUS = {401: "AZ003", 403: "AZ004", 404: "AZ102", 408: "AZ111", 429: "AZ104"}


@dataclass(frozen=True, slots=True)
class Blame:
    """The code of the check that a failure belongs to, and the values that its text names."""

    code: str
    captures: Mapping[str, str] = field(default_factory=dict)


Classify = Callable[[str], Blame | None]
"""Reads a text; None where no check knows it for certain or likely."""


def blame_of(turn: Turn, classify: Classify, *, direct: bool) -> Blame:
    """Whose failure it is. `direct`: Azure itself was asked, without a proxy in between."""
    if isinstance(turn.result, NoAnswer):
        return Blame(_of_silence(turn.result, direct=direct))
    if turn.heard in ("empty", "truncated", "page"):
        return Blame("PX104")
    if turn.heard == "filtered":
        return Blame("AZ107")
    found = classify(turn.error)
    if found is not None and not (direct and found.code.startswith("PX")):
        return found
    return Blame(_of_status(turn.result, direct=direct))


def _of_silence(result: NoAnswer, *, direct: bool) -> str:
    if direct:
        return "AZ001" if result.failure == "dns" else "AZ002"
    return "PX107" if result.failure == "timeout" else "PX001"


def _of_status(answer: Answer, *, direct: bool) -> str:
    """What is left is told by its number, where Azure said it: a proxy's numbers say little."""
    if not direct and ("AzureException" not in answer.body or _TORN in answer.body):
        return TURN_FAILED
    if answer.status >= 500:
        return "AZ111" if direct or _came_from_azure(answer) else TURN_FAILED
    return _BY_STATUS.get(answer.status, "AZ106" if answer.status == 400 else TURN_FAILED)


def _came_from_azure(answer: Answer) -> bool:
    """Whether an error of the proxy's is Azure's: LiteLLM calls its own by the same name."""
    return any(name.startswith(_PASSED_ON) for name in answer.headers)
