"""The keys of openclaw.json that each version of OpenClaw accepts."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from clawdoctor.knowledge.measured import Standing, names_in

_TABLE, _KEYS = "openclaw_config", "keys"
_BEST: tuple[Standing, ...] = ("known", "unseen", "unknown")


def key_standing(pointer: str, version: str | None) -> Standing:
    """Return whether a version accepts a key. None means any version.

    A key of an object that accepts any key is known.
    """
    keys = names_in(_TABLE, _KEYS)
    found = {keys.standing(pattern, version) for pattern in _matching(pointer)}
    return next((best for best in _BEST if best in found), keys.standing(pointer, version))


def refused_since(pointer: str) -> str | None:
    """Return the first version read that lacks a key of older versions, or None."""
    keys = names_in(_TABLE, _KEYS)
    found = [*_matching(pointer)]
    last = [keys.until[pattern] for pattern in found if pattern in keys.until]
    if not last or len(last) < len(found):
        return None
    return keys.versions[max(keys.versions.index(version) for version in last) + 1]


def _matching(pointer: str) -> Iterator[str]:
    """Yield the patterns in the table that a pointer matches, whatever the version."""
    branches: list[tuple[str, dict[str, Any]]] = [("", _tree())]
    for token in pointer.split("/")[1:]:
        yield from (f"{path}/**" for path, tree in branches if "**" in tree)
        branches = [
            (f"{path}/{name}", tree[name])
            for path, tree in branches
            for name in dict.fromkeys((token, "*"))
            if name in tree
        ]
    yield from (path for path, _ in branches)


@cache
def _tree() -> dict[str, Any]:
    root: dict[str, Any] = {}
    for pattern in names_in(_TABLE, _KEYS).ever:
        tree = root
        for token in pattern.split("/")[1:]:
            tree = tree.setdefault(token, {})
    return root
