"""The contents of LiteLLM and OpenClaw packages, by version.

`scripts/refresh-knowledge` writes the files in `measured/`. It reads only some versions. If two
of them differ, the behaviour of the versions in between is `unseen`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from typing import Any, Literal

from clawdoctor.data import read_data
from clawdoctor.deferred import dataclass
from clawdoctor.knowledge.releases import Release, release

Standing = Literal["known", "unknown", "unseen"]
"""Whether a version knows a name. `unseen`: no version that would show it was read.

An `unknown` name may be an error; an `unseen` name is at most a warning.
"""

_PACKAGES = "packages"


@cache
def measured(name: str) -> Mapping[str, Any]:
    """Return the content of `measured/<name>.json`."""
    content: dict[str, Any] = json.loads(read_data(f"knowledge/measured/{name}.json"))
    return content


def looked_at(name: str) -> tuple[str, ...]:
    """Return the versions that a table comes from, oldest first."""
    return tuple(measured(name)["versions"])


def knowledge_date() -> str:
    """Return the date on which a package last changed a table."""
    date = measured(_PACKAGES)["date"]
    assert isinstance(date, str)
    return date


def newest_looked_at(program: str) -> str:
    """Return the newest version of a program in the tables."""
    versions: list[str] = measured(_PACKAGES)[program]
    return versions[-1]


def is_newer(program: str, version: str | None) -> bool:
    """Whether a version of a program is newer than all versions in the tables."""
    found = release(version or "")
    return found is not None and found > _release(newest_looked_at(program))


@dataclass(frozen=True, slots=True)
class Names:
    """The names in a list of LiteLLM or OpenClaw, and the versions that have them.

    `since` and `until` map a name to the first and the last version read that has it. The oldest
    version is not in `since`, and the newest is not in `until`.
    """

    versions: tuple[str, ...]
    ever: frozenset[str]
    since: Mapping[str, str]
    until: Mapping[str, str]
    not_in: frozenset[tuple[str, str]]

    def standing(self, name: str, version: str | None) -> Standing:
        """Return whether a version has a name.

        None or an unreadable version may be any version, even one that is newer than the tables.
        """
        older, newer = _neighbours(self.versions, version)
        if newer is None:
            # Newer versions may add a name and rarely remove one.
            return "known" if self._has(name, self.versions[-1]) else "unseen"
        if older is None:
            return "known" if self._has(name, newer) else "unseen"
        before, after = self._has(name, older), self._has(name, newer)
        return "unseen" if before != after else "known" if before else "unknown"

    def known_by(self, name: str, program: str) -> str:
        """Return a sentence about the versions of a program that have a name."""
        if name in self.since:
            return f"{program} {self.since[name]} knows it."
        if name in self.until:
            return f"{program} {self.until[name]} is the last version known to have it."
        return f"{program} {self.versions[-1]} does not know this name; a newer one may."

    def _has(self, name: str, version: str) -> bool:
        if name not in self.ever or (version, name) in self.not_in:
            return False
        if name not in self.since and name not in self.until:
            return True
        first, last = self.since.get(name, version), self.until.get(name, version)
        return _release(first) <= _release(version) <= _release(last)


@lru_cache(256)
def _neighbours(versions: tuple[str, ...], version: str | None) -> tuple[str | None, str | None]:
    """Return the last version read before a version, and the first one after it.

    A version that was read is both. None or an unreadable version comes after all of them.
    """
    wanted = release(version or "")
    if wanted is None:
        return versions[-1], None
    older = [found for found in versions if _release(found) <= wanted]
    newer = [found for found in versions if _release(found) >= wanted]
    return older[-1] if older else None, newer[0] if newer else None


def _release(version: str) -> Release:
    found = release(version)
    assert found is not None
    return found


@cache
def names_in(table: str, section: str) -> Names:
    """Return a list of names in a measured table."""
    content: dict[str, Any] = measured(table)[section]
    since = {name: v for v, listed in content.get("since", {}).items() for name in listed}
    until = {name: v for v, listed in content.get("until", {}).items() for name in listed}
    gaps = content.get("not_in", {}).items()
    return Names(
        versions=looked_at(table),
        ever=frozenset({*content["all"], *since, *until}),
        since=since,
        until=until,
        not_in=frozenset((version, name) for version, listed in gaps for name in listed),
    )


@cache
def rows(table: str, section: str, version: str | None = None) -> Mapping[str, Mapping[str, Any]]:
    """Return the row of each key of a measured table in a version.

    Without a version, it is the newest row, even if later versions lack it.
    """
    content: dict[str, Sequence[Mapping[str, Any]]] = measured(table)[section]
    wanted = release(version or "")
    if wanted is None:
        return {key: runs[-1] for key, runs in content.items()}
    found: dict[str, Mapping[str, Any]] = {}
    for key, runs in content.items():
        for row in runs:
            begun = "since" not in row or wanted >= _release(row["since"])
            if begun and ("until" not in row or wanted <= _release(row["until"])):
                found[key] = row
    return found


def model_facts(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a row of LiteLLM's list of models says, with the keys of `models.toml`."""
    found: dict[str, Any] = {"endpoints": list(row.get("endpoints", ()))}
    names = {"input": "max_input", "output": "max_output"}
    kept = ("input", "output", "reasoning", "retires")
    return found | {names.get(key, key): row[key] for key in kept if key in row}


@cache
def value(table: str, key: str) -> Any:
    """Return a value from the newest version read."""
    return measured(table)["values"][key][-1]["value"]
