"""The times of a log's entries, which may name no day and no time zone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta

from clawdoctor.errors.log_entries import Entry, entries
from clawdoctor.errors.log_lines import lines_of
from clawdoctor.errors.log_times import moment, names_zone, seconds_of_day

_TOLERANCE = timedelta(seconds=60)
"""The tolerance for times in a log that are later than its last write."""


def dated_entries(log: bytes, written: datetime) -> Iterator[tuple[Entry, datetime]]:
    """Yield the entries of a log with a known time.

    `written` is the last write. A time after it is not trusted.
    """
    stamped = [entry for entry in entries(lines_of(log)) if entry.stamp]
    days = _days([entry.stamp for entry in stamped], written)
    times = [
        moment(entry.stamp, day, written.tzinfo) for entry, day in zip(stamped, days, strict=True)
    ]
    dated = [(entry, when) for entry, when in zip(stamped, times, strict=True) if when is not None]
    late = written + _TOLERANCE
    # The log comes from a container with a different time zone from this machine.
    elsewhere = any(when > late and not names_zone(entry.stamp) for entry, when in dated)
    for entry, when in dated:
        if not elsewhere or names_zone(entry.stamp):
            yield entry, when


def _days(stamps: Sequence[str], written: datetime) -> list[date]:
    """Return the day of each time, counted back from the log's last write."""
    passed, before, midnights = 0, -1, []
    for stamp in stamps:
        clock = seconds_of_day(stamp)
        # Entries of two threads may be slightly out of order.
        passed += clock is not None and clock < before - _TOLERANCE.seconds
        before = before if clock is None else clock
        midnights.append(passed)
    end = seconds_of_day(f"{written:%H:%M:%S}") or 0
    late = before > end + _TOLERANCE.seconds
    return [written.date() - timedelta(days=passed - count + late) for count in midnights]
