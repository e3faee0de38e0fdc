"""Answers as evidence: the request and its answer in one line."""

from __future__ import annotations

import json
import re

from clawdoctor.deferred import regex
from clawdoctor.finding import Evidence
from clawdoctor.probes.http import Answer, NoAnswer

_MAX_LENGTH = 200
_TITLE = regex(r"<title>([^<]{1,100})", re.IGNORECASE)


def http_evidence(result: Answer | NoAnswer) -> Evidence:
    """Return the request with its answer. The message is cut to one line."""
    if isinstance(result, NoAnswer):
        return Evidence(
            "dns" if result.failure == "dns" else "http", f"{result.line}: {result.detail}"
        )
    return Evidence("http", result.line, result.status, message_of(result) or None)


def message_of(answer: Answer) -> str:
    """Return an answer's message: its error message, page title, or the start of its body."""
    text = _error_message(answer.body)
    if text is None:
        title = _TITLE.search(answer.body)
        text = title[1] if title else answer.body
    text = " ".join(text.split())
    return text if len(text) <= _MAX_LENGTH else text[: _MAX_LENGTH - 1] + "…"


def _error_message(body: str) -> str | None:
    """Return the error message, in any of the formats of Azure, its gateways and LiteLLM."""
    try:
        content = json.loads(body)
    except (ValueError, RecursionError):
        return None
    inner = content.get("error", content) if isinstance(content, dict) else content
    if isinstance(inner, dict):
        inner = inner.get("message", inner.get("detail"))
    return inner if isinstance(inner, str) else None
