"""What a log says, grouped by failure: how often, when first and last, what follows from what."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from clawdoctor.check import Check
from clawdoctor.errors.log_entries import Entry
from clawdoctor.errors.log_times import shown_stamp
from clawdoctor.errors.matching import Hit, Match, Seen, depths, index, matched, ranked, search
from clawdoctor.errors.readings import readings
from clawdoctor.finding import STAGES

_VARIES = re.compile(
    r"\d\d:\d\d:\d\d[.,\d]*|[0-9a-f]{8,}(?:-[0-9a-f]{4,})*|\d{4,}|(?<=Ms=)\d+|(?<=, line )\d+"
)
"""What differs from one line to the next of the same message: ids, ports, times."""

_REMEMBERED = 20_000  # messages whose meaning is kept; a log repeats itself


@dataclass(frozen=True, slots=True)
class LogRead:
    """How much of a log was read, and the times that stand on its first and its last entry."""

    entries: int
    first: str = ""
    last: str = ""


def recognised(
    entries: Iterable[Entry], checks: Sequence[Check]
) -> Iterator[tuple[Entry, tuple[Hit, ...]]]:
    """Each entry with what it can be: its best hit, or every possible one where none is better."""
    known = index(checks)
    remembered: dict[int, tuple[Hit, ...]] = {}
    for entry in entries:
        key = hash(_VARIES.sub("#", entry.text))
        hits = remembered.get(key)
        if hits is None:
            found = ranked(search(readings(entry.text), known, surest=True))
            hits = found[:1] if found and found[0].signature.confidence != "possible" else found
            if len(remembered) >= _REMEMBERED:
                remembered.clear()
            remembered[key] = hits
        yield entry, hits


@dataclass(slots=True)
class _Group:
    """One failure so far: its best hit, and where it was said."""

    hit: Hit
    first: Entry
    last: Entry
    count: int = 0


def tally(entries: Iterable[Entry], checks: Sequence[Check]) -> tuple[LogRead, tuple[Match, ...]]:
    """The failures of a log: the most certain first, causes before what follows from them.

    Of failures that have nothing to do with each other, the one that was seen last comes first.
    An entry counts once, for the best that it is recognised as.
    """
    groups: dict[str, _Group] = {}
    count, first, last = 0, "", ""
    for entry, hits in recognised(entries, checks):
        count += 1
        if entry.stamp:
            first, last = first or entry.stamp, entry.stamp
        for hit in hits:
            code = hit.check.code
            group = groups.setdefault(code, _Group(hit, entry, entry))
            group.count, group.last = group.count + 1, entry
            if (hit.trust, -hit.length) < (group.hit.trust, -group.hit.length):
                group.hit = hit
    read = LogRead(count, shown_stamp(first), shown_stamp(last))
    return read, tuple(_ordered(groups))


def _ordered(groups: dict[str, _Group]) -> Iterator[Match]:
    trust = {code: group.hit.trust for code, group in groups.items()}
    causes = {code: group.hit.check.causes for code, group in groups.items()}
    depth = depths(trust, causes)

    def key(code: str) -> tuple[int, int, int, int]:
        stage = STAGES.index(groups[code].hit.check.stage)
        return trust[code], depth[code], -groups[code].last.line, stage

    order = sorted(groups, key=key)
    for code in order:
        group = groups[code]
        # A failure follows from the first of its causes that the log shows as surely.
        above = [one for one in order if one in causes[code] and depth[one] < depth[code]]
        seen = Seen(
            group.count,
            shown_stamp(group.first.stamp),
            shown_stamp(group.last.stamp),
            group.first.line,
            group.last.line,
            group.last.program,
        )
        yield replace(matched(group.hit), seen=seen, caused_by=above[0] if above else None)
