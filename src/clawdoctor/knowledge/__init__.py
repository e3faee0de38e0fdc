"""Dated facts in data files, each row with its source, and functions that look them up.

Checks contain no versions and no model names: they look them up here. A version or model that is
newer than the tables is never a fault.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

_NUMBERS = re.compile(r"\d+")


@dataclass(frozen=True, slots=True, order=True)
class Release:
    """The numbers of a program's version, for comparison, without suffixes such as `-beta.1`."""

    numbers: tuple[int, ...]


@cache
def release(version: str) -> Release | None:
    """Return the release of a version or image tag (`2026.9.6`, `v1.81.3-stable`), or None."""
    head = re.match(r"v?(\d+(?:\.\d+)+)", version.strip())
    return Release(tuple(int(n) for n in _NUMBERS.findall(head[1]))) if head else None


@dataclass(frozen=True, slots=True)
class Behaviour:
    """The behaviour of a range of versions. Both ends are inclusive; None leaves an end open."""

    program: str
    topic: str
    effect: str
    since: str | None
    until: str | None
    says: str
    source: str

    def covers(self, version: Release) -> bool:
        """Whether a version is in the range."""
        low = release(self.since) if self.since else None
        high = release(self.until) if self.until else None
        return (low is None or version >= low) and (high is None or version <= high)


@cache
def table(name: str) -> dict[str, Any]:
    """Return the content of the data file `knowledge/<name>.toml`."""
    with (Path(__file__).parent / f"{name}.toml").open("rb") as file:
        return tomllib.load(file)


@cache
def behaviours(program: str, topic: str) -> tuple[Behaviour, ...]:
    """Return all behaviours for a topic, oldest first."""
    return tuple(
        Behaviour(
            program,
            topic,
            row["effect"],
            row.get("since"),
            row.get("until"),
            row["says"],
            row["source"],
        )
        for row in table("versions")[program][topic]
    )


def newest(program: str) -> str:
    """Return the newest version in the tables, which is assumed if the version is unknown."""
    value = table("versions")[program]["newest"]
    assert isinstance(value, str)
    return value


@cache
def behaviour(program: str, topic: str, version: str | None) -> Behaviour | None:
    """Return the behaviour of `version`, by default (None or unreadable) of the newest known one.

    A version newer than all rows has the row without an upper end.
    """
    wanted = release(version or "") or release(newest(program))
    assert wanted is not None
    rows = behaviours(program, topic)
    return next((row for row in rows if row.covers(wanted)), None)
