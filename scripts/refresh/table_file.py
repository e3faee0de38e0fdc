"""The text of a measured table: sorted, with a line for each name or value."""

from __future__ import annotations

import json
from typing import Any


def text_of(document: dict[str, Any]) -> str:
    """Return a table as JSON whose lines change only where a fact changes."""
    return _block(document, 0) + "\n"


def _block(value: Any, depth: int) -> str:
    if isinstance(value, dict) and value and depth < 3 and not _is_row(value):
        parts = [f"{json.dumps(key)}: {_block(item, depth + 1)}" for key, item in value.items()]
        return _lines("{", parts, "}", depth)
    if isinstance(value, list) and (len(value) > 1 or (value and isinstance(value[0], str))):
        return _lines("[", [json.dumps(item, ensure_ascii=False) for item in value], "]", depth)
    return json.dumps(value, ensure_ascii=False)


def _is_row(value: dict[str, Any]) -> bool:
    """Return whether a mapping is a single value, on one line."""
    return "value" in value


def _lines(start: str, parts: list[str], end: str, depth: int) -> str:
    inner = ",\n".join(" " * (depth + 1) + part for part in parts)
    return f"{start}\n{inner}\n{' ' * depth}{end}"
