"""The log that a run uses as evidence: the named log, or OpenClaw's latest."""

from __future__ import annotations

from dataclasses import field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from clawdoctor.chain.litellm_file import LiteLLMFile
from clawdoctor.chain.openclaw_file import OpenClawFile
from clawdoctor.deferred import dataclass, regex
from clawdoctor.finding import Place
from clawdoctor.run.needs import Absent, Unavailable
from clawdoctor.run.situation import Situation
from clawdoctor.source.read import Unreadable, read_end

if TYPE_CHECKING:
    from clawdoctor.errors.log_entries import Entry

_MOST, _MOST_FOUND = 16 * 1024 * 1024, 256 * 1024
"""The bytes to read from the end of a named log, and of a discovered log, which every run reads."""

_NAME = regex(r"openclaw-(?:[\w-]{1,64}-)?\d{4}-\d\d-\d\d\.log")


@dataclass(frozen=True, slots=True)
class LogFile:
    """The end of a log, and the time of its last write."""

    path: str
    end: bytes = field(repr=False)
    written: datetime


@dataclass(frozen=True, slots=True)
class LogLines:
    """The entries of a log that are newer than both configs, with their times."""

    path: str
    entries: tuple[tuple[Entry, datetime], ...] = field(repr=False)


def load_log_file(situation: Situation) -> LogFile | Absent | Unavailable:
    """Return the named log or, outside CI, OpenClaw's newest log.

    Only a regular file that this user owns is read, because other users' files are not trusted.
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
    return Absent("OpenClaw has not written a log")


def _log_file(path: str, end: tuple[bytes, float]) -> LogFile:
    return LogFile(path, end[0], datetime.fromtimestamp(end[1]).astimezone())


def _newest(folder: Path) -> list[Path]:
    """Return OpenClaw's logs in a folder, newest first."""
    try:
        found = [
            (path.lstat().st_mtime, path) for path in folder.iterdir() if _NAME.match(path.name)
        ]
    except OSError:  # the folder does not exist, or a log was just deleted
        return []
    return [path for _, path in sorted(found, reverse=True)]


def load_log_lines(
    log: LogFile,
    openclaw: OpenClawFile | Absent | Unavailable,
    litellm: LiteLLMFile | Absent | Unavailable,
) -> LogLines | Absent:
    """Return the entries that are newer than both configs, without those that have no time."""
    if not log.end:
        return Absent("the log is empty")
    from clawdoctor.chain.log_dates import dated_entries  # most runs find no log

    since = _changed(openclaw, litellm)
    dated = tuple(
        entry for entry in dated_entries(log.end, log.written) if since is None or entry[1] > since
    )
    return LogLines(log.path, dated) if dated else Absent("the configs are newer than the log")


def _changed(*configs: object) -> datetime | None:
    """Return when the most recently changed config changed."""
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
