"""Versions of programs, for comparison."""

from __future__ import annotations

import re
from functools import cache

from clawdoctor.deferred import dataclass, regex

_NUMBERS = regex(r"\d+")


@dataclass(frozen=True, slots=True, order=True)
class Release:
    """The numbers of a program's version without suffixes such as `-beta.1`, for comparison."""

    numbers: tuple[int, ...]


@cache
def release(version: str) -> Release | None:
    """Return the release of a version or image tag (`2026.9.6`, `v1.81.3-stable`), or None."""
    head = re.match(r"v?(\d+(?:\.\d+)+)", version.strip())
    return Release(tuple(int(n) for n in _NUMBERS.findall(head[1]))) if head else None
