"""The certainty of a fault in some versions of a program, if the version is not known."""

from __future__ import annotations

from collections.abc import Collection

from clawdoctor.chain.versions import Versions
from clawdoctor.deferred import dataclass
from clawdoctor.finding import Severity
from clawdoctor.knowledge import Behaviour, Release, behaviours, newest, release, table


@dataclass(frozen=True, slots=True)
class Judgement:
    """The severity of a fault in some versions, and the behaviour that causes it."""

    severity: Severity
    row: Behaviour


def judge_versions(
    versions: Versions,
    program: str,
    topic: str,
    faulty: Collection[str],
    unsure: Collection[str] = (),
) -> Judgement | None:
    """Return the judgement on a fault of versions with these effects, or None if none has it.

    A known version decides. Otherwise all versions count that people may run, from the lower bound
    if there is one: a fault of the newest is an error, and a fault of older ones only is a warning.
    An `unsure` effect was not measured: it is at most a warning.
    """
    low, high = _range(versions, program)
    running = [row for row in behaviours(program, topic) if _overlaps(row, low, high)]
    bad = [row for row in running if row.effect in faulty]
    if bad and bad[-1] is running[-1]:
        return Judgement(Severity.ERROR, bad[-1])
    suspect = bad or [row for row in running if row.effect in unsure]
    return Judgement(Severity.WARNING, suspect[-1]) if suspect else None


def _range(versions: Versions, program: str) -> tuple[Release, Release]:
    """Return the oldest and the newest version that may be running."""
    last = release(newest(program))
    found = release(versions.value(program) or "")
    assert last is not None
    if found is not None and versions.known(program):
        return found, found
    oldest = release(table("versions")[program].get("oldest", "0.0"))
    assert oldest is not None
    return (oldest if found is None else found), max(last, found or last)


def _overlaps(row: Behaviour, low: Release, high: Release) -> bool:
    since = release(row.since) if row.since else None
    until = release(row.until) if row.until else None
    return (since is None or since <= high) and (until is None or until >= low)
