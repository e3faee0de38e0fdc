"""Read the lists that LiteLLM and Azure return, both in OpenAI's format."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from clawdoctor.probes.http import Answer, NoAnswer


def rows_of(result: Answer | NoAnswer) -> list[Mapping[str, object]] | None:
    """Return the objects under `data` of a complete 200 answer, or None for any other answer."""
    if not isinstance(result, Answer) or result.status != 200:
        return None
    try:
        data = json.loads(result.body)["data"]
    except (ValueError, TypeError, KeyError, RecursionError):
        return None
    if not isinstance(data, list):
        return None
    return [row for row in data if isinstance(row, dict)]


def rows_so_far(body: str) -> Iterator[Mapping[str, object]]:
    """Yield the complete objects under `data`, even if the list is truncated."""
    start = body.find('"data"')
    position = body.find("[", start) + 1 if start >= 0 else 0
    decoder = json.JSONDecoder()
    while position and (position := body.find("{", position)) >= 0:
        try:
            row, position = decoder.raw_decode(body, position)
        except (ValueError, RecursionError):
            return
        if isinstance(row, dict):
            yield row
