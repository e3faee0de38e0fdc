"""Dated facts as data files, each row with its source, and the questions checks ask of them.

A check holds no version and no model name: it asks here. What is newer than the tables is never
taken for a fault.
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
    """A program's version, comparable: its numbers, suffixes such as `-beta.1` left out."""

    numbers: tuple[int, ...]


def release(version: str) -> Release | None:
    """The comparable form of a version or image tag (`2026.9.6`, `v1.81.3-stable`), if any."""
    head = re.match(r"v?(\d+(?:\.\d+)+)", version.strip())
    return Release(tuple(int(n) for n in _NUMBERS.findall(head[1]))) if head else None


@dataclass(frozen=True, slots=True)
class Behaviour:
    """What a range of versions does, both ends inclusive; None leaves an end open."""

    program: str
    topic: str
    effect: str
    since: str | None
    until: str | None
    says: str
    source: str

    def covers(self, version: Release) -> bool:
        """Whether a version lies in the range."""
        low = release(self.since) if self.since else None
        high = release(self.until) if self.until else None
        return (low is None or version >= low) and (high is None or version <= high)


@cache
def table(name: str) -> dict[str, Any]:
    """One data file as it stands: `knowledge/<name>.toml`."""
    with (Path(__file__).parent / f"{name}.toml").open("rb") as file:
        return tomllib.load(file)


@cache
def behaviours(program: str, topic: str) -> tuple[Behaviour, ...]:
    """All that is known of a topic, oldest first."""
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
    """The newest version that the tables know, assumed where none is found."""
    value = table("versions")[program]["newest"]
    assert isinstance(value, str)
    return value


def behaviour(program: str, topic: str, version: str | None) -> Behaviour | None:
    """What `version` does, or the newest known one where it is None or unreadable.

    A version newer than all rows has the newest row that is open upwards.
    """
    wanted = release(version or "") or release(newest(program))
    assert wanted is not None
    rows = behaviours(program, topic)
    return next((row for row in rows if row.covers(wanted)), None)
