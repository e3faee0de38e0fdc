"""Parts of parameters that additional_drop_params selects by a path: `tools[*].function.strict`.

Measured on the requests of LiteLLM 1.106.2 and 1.108.7.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from clawdoctor.deferred import regex

_SEGMENT = regex(r"[^.\[]+|\[[^\]]*\]")


def without_parts(given: Mapping[str, Any], named: tuple[str, ...]) -> dict[str, Any]:
    """Return parameters without the parts that a path selects."""
    found: Any = dict(given)
    for path in named:
        if "." in path or "[" in path:
            found = _without(found, _SEGMENT.findall(path))
    kept: dict[str, Any] = found
    return kept


def _without(value: Any, segments: list[str]) -> Any:
    if not segments:
        return value
    first, *rest = segments
    if first.startswith("["):
        if not isinstance(value, list) or not rest:
            return value
        return [
            _without(item, rest) if first in ("[*]", f"[{index}]") else item
            for index, item in enumerate(value)
        ]
    if not isinstance(value, Mapping) or first not in value:
        return value
    if not rest:
        return {name: item for name, item in value.items() if name != first}
    return {**value, first: _without(value[first], rest)}
