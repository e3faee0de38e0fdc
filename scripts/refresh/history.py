"""The facts of several versions in one table, without loss.

A list of names becomes the names that the oldest and the newest version have (`all`), and by
version the names that begin (`since`), end (`until`) or are missing (`not_in`) there. A mapping
becomes, for each key, its values in version order, each with the first measured version that has
it, and with the last one if no other value follows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

Facts = Mapping[str, Any]
"""The facts of a version, by section: lists of names, and mappings from keys to values."""

_HEAD = ("program", "versions")


def order(version: str) -> tuple[int, ...]:
    """Return the key that sorts versions."""
    return tuple(int(part) for part in version.split("."))


def encoded(program: str, columns: Mapping[str, Facts], dates: Mapping[str, str]) -> dict[str, Any]:
    """Return the table with the facts of several versions."""
    versions = sorted(columns, key=order)
    document: dict[str, Any] = {
        "program": program,
        "versions": {version: dates[version] for version in versions},
    }
    for section in dict.fromkeys(name for version in versions for name in columns[version]):
        by_version = [columns[version].get(section) for version in versions]
        kind = next(value for value in by_version if value is not None)
        encode = _names if isinstance(kind, list) else _runs
        document[section] = encode(versions, by_version)
    return document


def decoded(document: Mapping[str, Any]) -> tuple[dict[str, dict[str, Any]], dict[str, str]]:
    """Return each version's facts and the date of its measurement: the inverse of `encoded`."""
    dates = dict(document.get("versions", {}))
    versions = sorted(dates, key=order)
    columns: dict[str, dict[str, Any]] = {version: {} for version in versions}
    for section, content in document.items():
        if section in _HEAD:
            continue
        decode = _present if "all" in content else _values
        for version, facts in decode(versions, content).items():
            columns[version][section] = facts
    return columns, dates


def _names(versions: Sequence[str], lists: Sequence[list[str] | None]) -> dict[str, Any]:
    present = [frozenset(names or ()) for names in lists]
    table: dict[str, Any] = {"all": [], "since": {}, "until": {}, "not_in": {}}
    for name in sorted(frozenset().union(*present)):
        where = [index for index, names in enumerate(present) if name in names]
        first, last = where[0], where[-1]
        if first == 0 and last == len(versions) - 1:
            table["all"].append(name)
        if first > 0:
            table["since"].setdefault(versions[first], []).append(name)
        if last < len(versions) - 1:
            table["until"].setdefault(versions[last], []).append(name)
        for index in range(first, last):
            if index not in where:
                table["not_in"].setdefault(versions[index], []).append(name)
    for key in ("since", "until", "not_in"):
        table[key] = dict(sorted(table[key].items(), key=lambda item: order(item[0])))
    return {key: value for key, value in table.items() if value or key == "all"}


def _present(versions: Sequence[str], table: Mapping[str, Any]) -> dict[str, list[str]]:
    first = {name: v for v, names in table.get("since", {}).items() for name in names}
    last = {name: v for v, names in table.get("until", {}).items() for name in names}
    return {
        version: sorted(
            name
            for name in {*table["all"], *first, *last}
            if order(first.get(name, version)) <= order(version)
            and order(last.get(name, version)) >= order(version)
            and name not in table.get("not_in", {}).get(version, ())
        )
        for version in versions
    }


def _runs(versions: Sequence[str], mappings: Sequence[Mapping[str, Any] | None]) -> dict[str, Any]:
    """Return the values of each key. A run ends where the next one begins, or at its `until`."""
    table: dict[str, Any] = {}
    for key in sorted({key for mapping in mappings for key in mapping or ()}):
        values = [(mapping or {}).get(key) for mapping in mappings]
        runs: list[dict[str, Any]] = []
        position = 0
        for value, group in groupby(values):
            start, position = position, position + len([*group])
            if value is None:
                continue
            run: dict[str, Any] = {"since": versions[start]} if start > 0 else {}
            if position < len(versions) and values[position] is None:
                run["until"] = versions[position - 1]
            runs.append(run | (value if isinstance(value, dict) else {"value": value}))
        table[key] = runs
    return table


def _values(versions: Sequence[str], table: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {version: {} for version in versions}
    for key, runs in table.items():
        for run, after in zip(runs, [*runs[1:], None], strict=True):
            low = order(run.get("since", versions[0]))
            high = order(run.get("until", versions[-1]))
            end = order(after["since"]) if after is not None else None
            value = {name: row for name, row in run.items() if name not in ("since", "until")}
            for version in versions:
                if low <= order(version) <= high and (end is None or order(version) < end):
                    found[version][key] = value["value"] if [*value] == ["value"] else value
    return found
