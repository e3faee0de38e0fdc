"""Find what other versions of a program would send, if its version is not known."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise

from clawdoctor.chain.versions import Versions
from clawdoctor.knowledge import newest, release, table
from clawdoctor.traced import Difference, Hop


def differences(
    hop: Hop, program: str, versions: Versions, predict: Callable[[str], Hop | None]
) -> tuple[Difference, ...]:
    """Return what versions that may be running send instead of a hop's request, oldest first.

    `predict` returns the hop of a version. It is None if that version has no such hop.
    """
    if versions.known(program):
        return ()
    starts = _starts(program, versions.value(program))
    spans: list[tuple[str, str | None, Hop]] = []
    for start, end in pairwise((*starts, None)):
        assert start is not None
        other = predict(start)
        if other is None or _sent(other) == _sent(hop):
            continue
        if spans and spans[-1][1] == start and _sent(spans[-1][2]) == _sent(other):
            spans[-1] = (spans[-1][0], end, other)
        else:
            spans.append((start, end, other))
    return tuple(
        Difference(None if start == starts[0] else start, end, other.url, _refusal(other))
        for start, end, other in spans
    )


def _starts(program: str, lowest: str | None) -> tuple[str, ...]:
    """Return the versions with which some behaviour begins, from the lowest that may be running."""
    low, high = release(lowest or "0"), release(newest(program))
    rows = (row for topic in table("versions")[program].values() for row in _rows(topic))
    found = {row["since"] for row in rows if "since" in row} | ({lowest} if lowest else set())
    kept = {
        number.numbers: version
        for version in sorted(found)
        if (number := release(version)) is not None
        and (low is None or number >= low)
        and (high is None or number <= high)
    }
    return tuple(kept[numbers] for numbers in sorted(kept))


def _rows(topic: object) -> Iterator[dict[str, str]]:
    yield from topic if isinstance(topic, list) else ()


def _refusal(hop: Hop) -> str | None:
    return hop.refusal.text if hop.refusal is not None else None


def _sent(hop: Hop) -> tuple[str | None, ...]:
    """What matters of a hop: where it goes, with which credential, or who refuses it."""
    credential = hop.credential
    key = (credential.header, credential.variable) if credential is not None else (None, None)
    return (hop.url, _refusal(hop), hop.unpredicted, *key)
