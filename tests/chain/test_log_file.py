"""The log that a run reads, and the lines that count."""

from __future__ import annotations

import os
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from conftest import Place

from clawdoctor.chain.log_file import LogFile, LogLines
from clawdoctor.run.needs import Absent, Unavailable

WRITTEN = datetime(2026, 11, 26, 18, 0, 0).astimezone()
LINE = "INFO: something\n"


def _log(here: Place, path: str, text: str, written: datetime = WRITTEN) -> Path:
    log = here.write(path, text)
    os.utime(log, (written.timestamp(), written.timestamp()))
    return log


def _configs(here: Place, changed: datetime) -> None:
    for path, text in (("home/.openclaw/openclaw.json", "{}"),
                       ("project/litellm_config.yaml", "model_list: []")):  # fmt: skip
        file = here.write(path, text)
        os.utime(file, (changed.timestamp(), changed.timestamp()))


def _found(here: Place, environ: dict[str, str] | None = None, **more: Any) -> str | None:
    file = here.fact(LogFile, environ, log_folder=str(here.project / "logs"), **more)
    return Path(file.path).name if isinstance(file, LogFile) else None


def _texts(here: Place, text: str) -> list[str]:
    _log(here, "project/my.log", text)
    found = here.fact(LogLines, log="my.log")
    return [entry.text for entry, _ in found.entries] if isinstance(found, LogLines) else []


def test_the_newest_of_openclaws_own(here: Place) -> None:
    old = WRITTEN - timedelta(days=1)
    _log(here, "project/logs/openclaw-2026-11-26.log", LINE)
    _log(here, "project/logs/openclaw-2026-11-25.log", LINE, old)
    _log(here, "project/logs/other-2026-11-27.log", LINE, WRITTEN + timedelta(days=1))
    assert _found(here) == "openclaw-2026-11-26.log"
    _log(here, "project/logs/openclaw-work-2026-11-27.log", LINE, WRITTEN + timedelta(days=1))
    assert _found(here) == "openclaw-work-2026-11-27.log"


def test_in_ci_only_the_named_log(here: Place) -> None:
    _log(here, "project/logs/openclaw-2026-11-26.log", LINE)
    assert _found(here, {"CI": "true"}) is None
    assert _found(here, {"CI": "true"}, log="logs/openclaw-2026-11-26.log") is not None


def test_nothing_is_looked_for_without_a_folder(here: Place) -> None:
    assert isinstance(here.fact(LogFile), Absent)
    assert _found(here) is None


def test_only_a_regular_file_of_the_user(here: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = _log(here, "project/secret.txt", LINE)
    folder = here.project / "logs"
    folder.mkdir()
    (folder / "openclaw-2026-11-26.log").symlink_to(secret)
    (folder / "openclaw-2026-11-25.log").mkdir()
    os.mkfifo(folder / "openclaw-2026-11-24.log")
    assert _found(here) is None
    _log(here, "project/logs/openclaw-2026-11-23.log", LINE)
    assert _found(here) == "openclaw-2026-11-23.log"
    monkeypatch.setattr(os, "getuid", lambda: 4711)
    assert _found(here) is None
    assert here.fact(LogFile, log="secret.txt").reason == "belongs to another user"


@pytest.mark.parametrize(
    ("name", "reason"),
    [("nope.log", "not found"), (".", "is a directory"), ("a\0b", "cannot be read")],
)
def test_a_named_log_that_cannot_be_read(here: Place, name: str, reason: str) -> None:
    found = here.fact(LogFile, log=name)
    assert isinstance(found, Unavailable)
    assert found.reason == reason
    assert found.place is not None


def test_only_the_end_of_a_long_log_is_read(here: Place) -> None:
    line = f"INFO: {'x' * 93}\n"
    _log(here, "project/my.log", line * 200_000 + "INFO: last\n")
    file = here.fact(LogFile, log="my.log")
    assert len(file.end) <= 16 * 1024 * 1024
    assert file.end.startswith(b"INFO:")
    assert file.end.endswith(b"INFO: last\n")


def test_only_what_is_newer_than_both_configs(here: Place) -> None:
    _configs(here, WRITTEN - timedelta(minutes=30))
    stamp = f"{WRITTEN - timedelta(minutes=31):%Y-%m-%dT%H:%M:%S%z}"
    later = f"{WRITTEN - timedelta(minutes=29):%Y-%m-%dT%H:%M:%S%z}"
    assert _texts(here, f"{stamp} before\n{later} after\nINFO: no time\n") == [f"{later} after"]
    _configs(here, WRITTEN + timedelta(minutes=1))
    assert _texts(here, f"{stamp} before\n{later} after\n") == []


def test_an_included_file_is_part_of_the_config(here: Place) -> None:
    _configs(here, WRITTEN - timedelta(hours=9))
    here.write("home/.openclaw/openclaw.json", '{ models: { $include: "./m.json" } }')
    included = here.write("home/.openclaw/m.json", "{}")
    for file, hours in ((included, 1), (included.with_name("openclaw.json"), 9)):
        time = (WRITTEN - timedelta(hours=hours)).timestamp()
        os.utime(file, (time, time))
    assert _texts(here, f"{WRITTEN - timedelta(hours=2):%Y-%m-%dT%H:%M:%S%z} x\n") == []


def test_the_day_of_a_bare_time_is_counted_back(here: Place) -> None:
    _configs(here, WRITTEN - timedelta(hours=1))
    log = "17:30:00 two days ago\n09:00:00 yesterday\n17:45:00 yesterday\n"
    assert _texts(here, f"{log}17:30:00 today\n17:29:30 today\n") == [
        "17:30:00 today",
        "17:29:30 today",
    ]


def test_a_time_later_than_the_file_is_of_the_day_before(here: Place) -> None:
    _configs(here, WRITTEN - timedelta(hours=1))
    assert _texts(here, "17:30:00 one\n23:00:00 two\n") == []


def test_times_of_another_time_zone_do_not_count(here: Place) -> None:
    _configs(here, WRITTEN - timedelta(hours=1))
    naive = f"{WRITTEN - timedelta(minutes=5):%Y-%m-%d %H:%M:%S}"
    ahead = f"{WRITTEN + timedelta(hours=5):%Y-%m-%d %H:%M:%S}"
    zoned = f"{WRITTEN - timedelta(minutes=4):%Y-%m-%dT%H:%M:%S%z}"
    assert len(_texts(here, f"{naive} one\n{zoned} two\n")) == 2
    assert _texts(here, f"{naive} one\n{zoned} two\n{ahead} three\n") == [f"{zoned} two"]
