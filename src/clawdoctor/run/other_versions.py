"""Find what other versions of a program would send, if its version is unknown."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise

from clawdoctor.chain.versions import Versions
from clawdoctor.knowledge import newest, release, table
from clawdoctor.traced import Difference, Hop
from clawdoctor.wire.request import HopRequest, Outcome, Refused


def differences(
    hop: Hop,
    outcome: Outcome,
    program: str,
    versions: Versions,
    predict: Callable[[str], Outcome | None],
    show: Callable[[Outcome], Hop],
) -> tuple[Difference, ...]:
    """Return what other versions that may be running send instead of a request, oldest first.

    `outcome` is what `hop` shows. `predict` returns the outcome in a version, or None to leave that
    version out. `show` turns an outcome into a hop.
    """
    if versions.known(program):
        return ()
    starts = _starts(program, versions.value(program))
    spans: list[tuple[str, str | None, Hop]] = []
    for start, end in pairwise((*starts, None)):
        assert start is not None
        other = predict(start)
        if other is None or _is_same(other, outcome):
            continue
        found = show(other)
        if _sent(found) == _sent(hop):
            continue
        if spans and spans[-1][1] == start and _sent(spans[-1][2]) == _sent(found):
            spans[-1] = (spans[-1][0], end, found)
        else:
            spans.append((start, end, found))
    return tuple(
        Difference(None if start == starts[0] else start, end, found.url, _refusal(found))
        for start, end, found in spans
    )


def _is_same(first: Outcome, second: Outcome) -> bool:
    """Return whether two outcomes certainly look the same. Showing costs more than comparing."""
    match first, second:
        case HopRequest(), HopRequest():
            keys = [
                (each.credential.header, each.credential.name) if each.credential else None
                for each in (first, second)
            ]
            return (first.url, keys[0]) == (second.url, keys[1])
        case Refused(), Refused():
            return first.text == second.text
    return False


def _starts(program: str, lowest: str | None) -> tuple[str, ...]:
    """Return the versions that start some behaviour, from the lowest that may be running."""
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
    """Return what matters in a hop: its URL and credential, or who rejects the request."""
    credential = hop.credential
    key = (credential.header, credential.variable) if credential is not None else (None, None)
    return (hop.url, _refusal(hop), hop.unpredicted, *key)
