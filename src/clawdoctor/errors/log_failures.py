"""The failures in a log: how often each occurs, its first and last time, and its causes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from clawdoctor.check import Check
from clawdoctor.deferred import dataclass
from clawdoctor.errors.log_entries import Entry, entries
from clawdoctor.errors.log_memory import VARIES, LineMemory
from clawdoctor.errors.log_times import shown_stamp
from clawdoctor.errors.matching import (
    Hit,
    Match,
    Occurrences,
    depths,
    index,
    match_of_hit,
    ranked,
    search,
)
from clawdoctor.errors.readings import readings
from clawdoctor.finding import STAGES

_CACHE_SIZE = 20_000  # messages whose hits are cached: a log repeats itself


@dataclass(frozen=True, slots=True)
class LogRead:
    """How much of a log was read, and the times of its first and last entry."""

    entries: int
    first: str = ""
    last: str = ""


def recognise_entries(
    entries: Iterable[Entry], checks: Sequence[Check], memory: LineMemory | None = None
) -> Iterator[tuple[Entry, tuple[Hit, ...]]]:
    """Yield each entry with its best hit, or with all its hits if none is better than possible.

    `memory` learns the lines that are separate entries.
    """
    known = index(checks)
    cached: dict[int, tuple[tuple[Hit, ...], bool]] = {}
    for entry in entries:
        if entry.remembered is not None:
            yield entry, entry.remembered.hits
            continue
        key = hash(VARIES.sub("#", entry.text))
        if key not in cached:
            forms = readings(entry.text)
            found = ranked(search(forms, known, surest=True))
            hits = found[:1] if found and found[0].rule.confidence != "possible" else found
            if len(cached) >= _CACHE_SIZE:
                cached.clear()
            cached[key] = hits, memory is not None and not hits and memory.is_quiet(forms)
        hits, quiet = cached[key]
        if memory is not None and entry.raw:
            memory.keep(entry.raw, entry.program, hits, quiet=quiet)
        yield entry, hits


@dataclass(slots=True)
class _Group:
    """The state of one failure: its best hit and its entries."""

    hit: Hit
    first: Entry
    last: Entry
    count: int = 0


def tally(lines: Iterable[str], checks: Sequence[Check]) -> tuple[LogRead, tuple[Match, ...]]:
    """Return the failures of a log: the most certain first, causes before their effects.

    Among unrelated failures, the latest comes first. An entry counts only for its best hit.
    """
    memory = LineMemory(index(checks))
    groups: dict[str, _Group] = {}
    count = 0
    first = last = None
    for entry, hits in recognise_entries(entries(lines, memory), checks, memory):
        count += 1
        if entry.stamp or entry.remembered is not None:
            first, last = first or entry, entry
        for hit in hits:
            code = hit.check.code
            group = groups.setdefault(code, _Group(hit, entry, entry))
            group.count, group.last = group.count + 1, entry
            if (hit.trust, -hit.weight) < (group.hit.trust, -group.hit.weight):
                group.hit = hit
    return LogRead(count, _stamp(first), _stamp(last)), tuple(_ordered(groups))


def _stamp(entry: Entry | None) -> str:
    return shown_stamp(entry.whole().stamp) if entry is not None else ""


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
        # The cause is the first of its possible causes that the log shows with equal certainty.
        above = [cause for cause in order if cause in causes[code] and depth[cause] < depth[code]]
        occurrences = Occurrences(
            group.count,
            _stamp(group.first),
            _stamp(group.last),
            group.first.line,
            group.last.line,
            group.last.program,
        )
        match, caused_by = match_of_hit(group.hit), above[0] if above else None
        yield replace(match, occurrences=occurrences, caused_by=caused_by)
