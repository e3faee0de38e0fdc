"""The lists that LiteLLM and Azure give, both in OpenAI's shape."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from clawdoctor.probes.http import Answer, NoAnswer


def rows_of(result: Answer | NoAnswer) -> list[Mapping[str, object]] | None:
    """The objects under `data` of a 200 answer; None for anything else, a cut body included."""
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
    """The whole objects under `data`, also of a list that was cut before its end."""
    start = body.find('"data"')
    at = body.find("[", start) + 1 if start >= 0 else 0
    decoder = json.JSONDecoder()
    while at and (at := body.find("{", at)) >= 0:
        try:
            row, at = decoder.raw_decode(body, at)
        except (ValueError, RecursionError):
            return
        if isinstance(row, dict):
            yield row
