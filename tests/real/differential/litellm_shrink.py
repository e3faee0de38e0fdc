"""Make a case on which both disagree as small as it can be."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from typing import Any

_ATTEMPTS = 120


def shrink(case: dict[str, Any], fails: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    """Return the smallest case found by removing parts for which `fails` stays true."""
    left = _ATTEMPTS
    smaller = True
    while smaller:
        smaller = False
        for path in list(_paths(case, ())):
            if left <= 0:
                return case
            tried = _without(case, path)
            if tried is None:
                continue
            left -= 1
            if fails(tried):
                case, smaller = tried, True
                break
    return case


def _paths(value: Any, path: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
    """Yield the paths of all parts, the large ones first."""
    items = list(value.items() if isinstance(value, dict) else enumerate(value))
    if isinstance(value, list):
        items.reverse()
    parts = [(key, item) for key, item in items if path or key != "files"]
    yield from ((*path, key) for key, _ in parts if path)
    for key, item in parts:
        if isinstance(item, dict | list):
            yield from _paths(item, (*path, key))


def _without(case: dict[str, Any], path: tuple[Any, ...]) -> dict[str, Any] | None:
    copied = copy.deepcopy(case)
    holder: Any = copied
    for key in path[:-1]:
        if not (key in holder if isinstance(holder, dict) else key < len(holder)):
            return None
        holder = holder[key]
    if not (path[-1] in holder if isinstance(holder, dict) else path[-1] < len(holder)):
        return None
    del holder[path[-1]]
    return copied if _is_whole(copied) else None


def _is_whole(case: dict[str, Any]) -> bool:
    """Whether a case still has requests, and deployments with a name and a model."""
    requests = case.get("requests")
    named = ["path" in item and "model" in item.get("body", {}) for item in requests or ()]
    entries = case.get("settings", {}).get("model_list")
    kept = [
        isinstance(entry, dict)
        and "model_name" in entry
        and isinstance(entry.get("litellm_params"), dict)
        and "model" in entry["litellm_params"]
        for entry in entries or ()
    ]
    return bool(named and all(named) and "environ" in case and kept and all(kept))
