"""The behaviours by version: ranges without gaps, and sources that are about the range."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

import pytest

from clawdoctor.knowledge import Behaviour, Release, behaviours, release, table

PROGRAMS = ("openclaw", "litellm")
TOPICS = [
    (program, topic)
    for program in PROGRAMS
    for topic, rows in table("versions")[program].items()
    if isinstance(rows, list)
]
VERSION = {"openclaw": r"\b2026\.\d+\.\d+", "litellm": r"\b\d+\.\d+\.\d+"}
NOT_SEEN = re.compile(r"\([^()]*not seen[^()]*\)")
ELSEWHERE = re.compile(r"https://|changelog|PR \d|#\d")
"""A report or a changelog says so, whose version need not be that of the row."""


@pytest.mark.parametrize(("program", "topic"), TOPICS)
def test_the_ranges_follow_each_other(program: str, topic: str) -> None:
    found = behaviours(program, topic)
    for older, newer in pairwise(found):
        last = release(older.until or "")
        first = release(newer.since or "")
        assert last is not None, f"{topic}: {older.effect} has no end"
        assert first is None or last < first, f"{topic}: {older.effect} and {newer.effect} overlap"
    assert found[-1].until is None, f"{topic}: no row for newer versions"


@pytest.mark.parametrize(("program", "topic"), TOPICS)
def test_a_source_names_a_version_of_its_range(program: str, topic: str) -> None:
    for row in behaviours(program, topic):
        source = NOT_SEEN.sub("", row.source)
        if row.effect == "not-seen" or ELSEWHERE.search(source):
            continue
        named = [release(found) for found in re.findall(VERSION[program], source)]
        assert _is_inside(row, named), f"{topic}, {row.effect}: {row.source}"


def _is_inside(row: Behaviour, named: Sequence[Release | None]) -> bool:
    """Whether a row covers one of the versions."""
    return any(version is not None and row.covers(version) for version in named)
