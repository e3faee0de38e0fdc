"""The time of a log line: as text to show, and as a datetime to compare."""

from __future__ import annotations

from datetime import date, datetime, time, tzinfo

from clawdoctor.deferred import regex

CLOCK = r"\d\d:\d\d:\d\d(?:[.,]\d{1,9})?"
STAMP = (
    rf"\[?(?:\d{{4}}[-/]\d\d[-/]\d\d[T ]{CLOCK}(?:Z|[+-]\d\d:?\d\d)?"
    rf"|[A-Z][a-z]{{2}} {{1,2}}\d{{1,2}} {CLOCK}|{CLOCK})\]?"
)
"""ISO 8601 and its variants, syslog's `Nov 26 19:04:35`, or only a time of day."""

_ISO = regex(r"(\d{4})[-/](\d\d)[-/](\d\d)[T ](\d\d:\d\d:\d\d)[.,\d]*(Z|[+-]\d\d:?\d\d)?")
_TIME = regex(r"\d\d:\d\d:\d\d")


def shown_stamp(stamp: str) -> str:
    """Return a time to the second, in the time zone of the log."""
    iso = _ISO.search(stamp)
    if iso is not None:
        return f"{iso[1]}-{iso[2]}-{iso[3]} {iso[4]}"
    return stamp.strip("[] ").split(".")[0].split(",")[0]


def seconds_of_day(stamp: str) -> int | None:
    """Return the seconds since midnight of a time without a date, or None for other times."""
    clock = _TIME.match(stamp.strip("[] "))
    if clock is None:
        return None
    hours, minutes, seconds = (int(part) for part in clock[0].split(":"))
    return (hours * 60 + minutes) * 60 + seconds


def names_zone(stamp: str) -> bool:
    """Return whether a time names its time zone."""
    iso = _ISO.search(stamp)
    return iso is not None and iso[5] is not None


def moment(stamp: str, day: date, zone: tzinfo | None) -> datetime | None:
    """Return when a line was written, or None if that is unknown.

    `day` is the date for a time without a date, `zone` the time zone for a time without a zone.
    """
    try:
        iso = _ISO.search(stamp)
        if iso is not None:
            offset = (iso[5] or "").replace("Z", "+00:00")
            read = datetime.fromisoformat(f"{iso[1]}-{iso[2]}-{iso[3]}T{iso[4]}{offset}")
            return read if offset else read.replace(tzinfo=zone)
        if seconds_of_day(stamp) is None:
            return None
        return datetime.combine(day, time.fromisoformat(stamp.strip("[] ")[:8]), zone)
    except ValueError:  # 25:61, or the 31st of a short month
        return None
