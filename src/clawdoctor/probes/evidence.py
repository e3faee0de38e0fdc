"""An answer as evidence: the request and what came back, in a line."""

from __future__ import annotations

import json
import re

from clawdoctor.finding import Evidence
from clawdoctor.probes.http import Answer, NoAnswer

TOO_LATE = "no answer before the run's time was over"
_MOST = 200
_TITLE = re.compile(r"<title>([^<]{1,100})", re.IGNORECASE)


def http_evidence(result: Answer | NoAnswer) -> Evidence:
    """The request with its answer, of which the message is cut to a line."""
    if isinstance(result, NoAnswer):
        return Evidence(
            "dns" if result.failure == "dns" else "http", f"{result.line}: {result.detail}"
        )
    return Evidence("http", result.line, result.status, message_of(result) or None)


def message_of(answer: Answer) -> str:
    """The message of an answer: its error's, its page's title, or the start of its body."""
    text = _error_message(answer.body)
    if text is None:
        title = _TITLE.search(answer.body)
        text = title[1] if title else answer.body
    text = " ".join(text.split())
    return text if len(text) <= _MOST else text[: _MOST - 1] + "…"


def _error_message(body: str) -> str | None:
    """The message in any of the shapes that Azure, its gateways and LiteLLM use."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return None
    inner = found.get("error", found) if isinstance(found, dict) else found
    if isinstance(inner, dict):
        inner = inner.get("message", inner.get("detail"))
    return inner if isinstance(inner, str) else None
