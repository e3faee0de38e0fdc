"""Read the times of log lines."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

import pytest

from clawdoctor.errors.log_times import moment, names_zone, seconds_of_day, shown_stamp

DAY = date(2026, 11, 26)
ZONE = timezone(timedelta(hours=1))


@pytest.mark.parametrize(
    ("stamp", "shown", "read"),
    [
        ("2026-11-25T18:00:05.123Z", "2026-11-25 18:00:05", "2026-11-25T18:00:05+00:00"),
        ("2026-11-25T18:00:05.123456789-05:00", "2026-11-25 18:00:05",
         "2026-11-25T18:00:05-05:00"),
        ("[2026-11-25 18:00:05,123]", "2026-11-25 18:00:05", "2026-11-25T18:00:05+01:00"),
        ("2026/11/25 18:00:05", "2026-11-25 18:00:05", "2026-11-25T18:00:05+01:00"),
        ("18:00:05", "18:00:05", "2026-11-26T18:00:05+01:00"),
        ("[18:00:05.5]", "18:00:05", "2026-11-26T18:00:05+01:00"),
        ("Nov 26 18:00:05", "Nov 26 18:00:05", None),
        ("2026-13-25T18:00:05Z", "2026-13-25 18:00:05", None),
        ("25:61:00", "25:61:00", None),
        ("", "", None),
    ],
)  # fmt: skip
def test_times_are_read_and_shown(stamp: str, shown: str, read: str | None) -> None:
    assert shown_stamp(stamp) == shown
    found = moment(stamp, DAY, ZONE)
    assert found == (datetime.fromisoformat(read) if read else None)


def test_a_time_may_lack_its_date_or_zone() -> None:
    assert seconds_of_day("[18:00:05.123]") == 64_805
    assert seconds_of_day("2026-11-25T18:00:05Z") is None
    assert names_zone("2026-11-25T18:00:05Z") and not names_zone("2026-11-25 18:00:05")
