"""Dated facts in data files, each row with its source, and functions that look them up.

Checks do not contain versions or model names. They look them up here. A version or model that is
newer than the tables is never a fault.
"""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from clawdoctor.data import read_data
from clawdoctor.deferred import dataclass
from clawdoctor.knowledge.measured import model_facts, names_in, newest_looked_at, rows
from clawdoctor.knowledge.releases import Release, release

__all__ = ["Behaviour", "Release", "behaviour", "behaviours", "newest", "release", "table"]

_TABLES = "knowledge/tables.json"
"""The content of the data files, in a format that loads thirty times faster than TOML."""


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
    written = _tables()[name]
    return {**written, **_listed(name, written)}


@cache
def _tables() -> dict[str, dict[str, Any]]:
    """Return all data files by name. `scripts/generate-docs` copies them into one file."""
    tables: dict[str, dict[str, Any]] = json.loads(read_data(_TABLES))
    return tables


def _listed(name: str, written: dict[str, Any]) -> dict[str, Any]:
    """Return the lists of a table that come from packages: the names of all versions."""
    match name:
        case "litellm":
            return {
                "caches": _ever("litellm_settings", "caches"),
                "routing": {"strategies": _ever("litellm_settings", "strategies")},
            }
        case "litellm_router":
            settings = _ever("litellm_settings", "router")
            return {"settings": settings, "newest": newest_looked_at("litellm")}
        case "litellm_params":
            return {"known": (*_ever(name, "known"), *written["also"])}
        case "models":
            listed = rows("litellm_models", "azure")
            own: dict[str, dict[str, Any]] = written["models"]
            return {"models": {name: model_facts(listed.get(name, {})) | own[name] for name in own}}
        case "litellm_providers":
            sections = ("providers", "hosts", "callbacks")
            return {section: _ever(name, section) for section in sections}
    return {}


def _ever(name: str, section: str) -> tuple[str, ...]:
    return tuple(sorted(names_in(name, section).ever))


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
    """Return the newest version in the tables, the default for an unknown version."""
    return newest_looked_at(program)


@cache
def behaviour(program: str, topic: str, version: str | None) -> Behaviour | None:
    """Return the behaviour of a version, or of the newest known one if it is None or unreadable.

    A version that is newer than all rows gets the row without an upper end.
    """
    wanted = release(version or "") or release(newest(program))
    assert wanted is not None
    rows = behaviours(program, topic)
    return next((row for row in rows if row.covers(wanted)), None)
