"""The log that a run may take evidence from: the named one, or OpenClaw's own of these days."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path

from clawdoctor.chain.litellm_file import LiteLLMFile
from clawdoctor.chain.openclaw_file import OpenClawFile
from clawdoctor.errors.log_entries import Entry, entries
from clawdoctor.errors.log_lines import lines_of
from clawdoctor.errors.log_times import moment, names_zone, seconds_of_day
from clawdoctor.finding import Place
from clawdoctor.run.needs import Absent, Unavailable
from clawdoctor.run.situation import Situation
from clawdoctor.source.read import Unreadable, read_end

_MOST, _MOST_FOUND = 16 * 1024 * 1024, 2 * 1024 * 1024
"""Bytes from the end that are read: of the named log, and of one that was found."""

_TOLERANCE = timedelta(seconds=60)
"""How much later than the last write a log's own times may be."""

_NAME = re.compile(r"openclaw-(?:[\w-]{1,64}-)?\d{4}-\d\d-\d\d\.log")


@dataclass(frozen=True, slots=True)
class LogFile:
    """The end of a log, and when it was last written to."""

    path: str
    end: bytes = field(repr=False)
    written: datetime


@dataclass(frozen=True, slots=True)
class LogLines:
    """What a log says of the configs as they are now: entries written after both, with times."""

    path: str
    entries: tuple[tuple[Entry, datetime], ...] = field(repr=False)


def load_log_file(situation: Situation) -> LogFile | Absent | Unavailable:
    """The named log; else, on a person's own machine, the newest that OpenClaw has left.

    Only a regular file of this user is read: others can write what they like into theirs.
    """
    if situation.log is not None:
        path = situation.path(situation.log)
        end = read_end(Path(path), _MOST)
        if isinstance(end, Unreadable):
            return Unavailable(end.message, place=Place(path, ""))
        return _log_file(path, end)
    if situation.ci or not situation.log_folder:
        return Absent("no log was named")
    for found in _newest(Path(situation.log_folder)):
        end = read_end(found, _MOST_FOUND, follow=False)
        if not isinstance(end, Unreadable):
            return _log_file(str(found), end)
    return Absent("OpenClaw has left no log")


def _log_file(path: str, end: tuple[bytes, float]) -> LogFile:
    return LogFile(path, end[0], datetime.fromtimestamp(end[1]).astimezone())


def _newest(folder: Path) -> list[Path]:
    """OpenClaw's logs in a folder, the last written first."""
    try:
        found = [(one.lstat().st_mtime, one) for one in folder.iterdir() if _NAME.match(one.name)]
    except OSError:  # no such folder, or one that is pruned at this moment
        return []
    return [path for _, path in sorted(found, reverse=True)]


def load_log_lines(
    log: LogFile,
    openclaw: OpenClawFile | Absent | Unavailable,
    litellm: LiteLLMFile | Absent | Unavailable,
) -> LogLines | Absent:
    """The entries of the log that are newer than both configs; those without a time are not."""
    since = _changed(openclaw, litellm)
    dated = tuple(one for one in _dated(log) if since is None or one[1] > since)
    return LogLines(log.path, dated) if dated else Absent("the configs are newer than the log")


def _changed(*configs: object) -> datetime | None:
    """When the last of the configs' files was changed."""
    paths: list[str] = []
    for config in configs:
        if isinstance(config, OpenClawFile):
            paths += (text.path for text in config.texts)
        elif isinstance(config, LiteLLMFile):
            paths.append(config.path)
        elif isinstance(config, Unavailable) and config.place is not None:
            paths.append(config.place.path)
    times = [time for path in paths if (time := _mtime(path)) is not None]
    return datetime.fromtimestamp(max(times)).astimezone() if times else None


def _mtime(path: str) -> float | None:
    try:
        return Path(path).stat().st_mtime
    except OSError:
        return None


def _dated(log: LogFile) -> Iterator[tuple[Entry, datetime]]:
    """The entries whose time can be told, none of them later than it was."""
    every = [entry for entry in entries(lines_of(log.end)) if entry.stamp]
    days = _days([entry.stamp for entry in every], log.written)
    times = [
        moment(entry.stamp, day, log.written.tzinfo) for entry, day in zip(every, days, strict=True)
    ]
    dated = [(one, when) for one, when in zip(every, times, strict=True) if when is not None]
    late = log.written + _TOLERANCE
    # Written in a container, whose clock has another time zone than this machine.
    elsewhere = any(when > late and not names_zone(one.stamp) for one, when in dated)
    for one, when in dated:
        if not elsewhere or names_zone(one.stamp):
            yield one, when


def _days(stamps: Sequence[str], written: datetime) -> list[date]:
    """The day of each time that has none: counted back from when the log was last written to."""
    passed, before, midnights = 0, -1, []
    for stamp in stamps:
        clock = seconds_of_day(stamp)
        # Entries of two threads may be a little out of order.
        passed += clock is not None and clock < before - _TOLERANCE.seconds
        before = before if clock is None else clock
        midnights.append(passed)
    end = seconds_of_day(f"{written:%H:%M:%S}") or 0
    late = before > end + _TOLERANCE.seconds
    return [written.date() - timedelta(days=passed - count + late) for count in midnights]
