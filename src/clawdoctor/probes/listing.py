"""The lists that LiteLLM and Azure give, both in OpenAI's shape."""

from __future__ import annotations

import json
from collections.abc import Mapping

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
