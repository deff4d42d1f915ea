"""Execution windows: the hours in which an effect may happen, across clock changes."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from identity.policy.execution import WEEKDAYS, ExecutionWindow, closed_until

BERLIN, KOLKATA, LORD_HOWE = (
    ZoneInfo(name) for name in ("Europe/Berlin", "Asia/Kolkata", "Australia/Lord_Howe")
)
OFFICE = ExecutionWindow(WEEKDAYS[:5], time(8), time(18), "Europe/Berlin")
NIGHT = ExecutionWindow(("sat",), time(22), time(4), "person")


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("window", "zone", "now", "opens"),
    [
        (None, BERLIN, "2026-11-21T12:00", None),  # no window: at any hour
        (OFFICE, KOLKATA, "2026-11-20T12:00", None),  # a Friday noon in Berlin, whoever asks
        (OFFICE, BERLIN, "2026-11-20T07:00", None),  # eight sharp is open
        (OFFICE, BERLIN, "2026-11-20T06:59:59", "2026-11-20T07:00"),
        (OFFICE, BERLIN, "2026-11-20T17:00", "2026-11-23T07:00"),  # six sharp is closed: Monday
        (OFFICE, BERLIN, "2026-11-21T12:00", "2026-11-23T07:00"),  # Saturday
        # the weekend of the change to summer time: an hour earlier by UTC on Monday
        (OFFICE, BERLIN, "2026-03-27T18:00", "2026-03-30T06:00"),
        (NIGHT, BERLIN, "2026-11-21T20:59", "2026-11-21T21:00"),
        (NIGHT, BERLIN, "2026-11-22T02:59", None),  # Saturday's window lasts into Sunday
        (NIGHT, BERLIN, "2026-11-22T03:00", "2026-11-28T21:00"),  # a week later
        (NIGHT, KOLKATA, "2026-11-21T16:29", "2026-11-21T16:30"),  # half an hour's zone
        (NIGHT, LORD_HOWE, "2026-04-04T16:59", None),  # the clock goes back half an hour at two
        (NIGHT, LORD_HOWE, "2026-04-04T17:30", "2026-04-11T11:30"),
    ],
)
def test_d2_when_the_window_opens(
    window: ExecutionWindow | None, zone: ZoneInfo, now: str, opens: str | None
) -> None:
    assert closed_until(window, utc(now), zone) == (utc(opens) if opens else None)


@given(
    now=st.datetimes(datetime(2025, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC)),
    zone=st.sampled_from([BERLIN, KOLKATA, LORD_HOWE, ZoneInfo("America/St_Johns")]),
    days=st.sets(st.sampled_from(WEEKDAYS), min_size=1),
    opens=st.times(),
    closes=st.times(),
)
def test_d2_it_opens_within_nine_days_and_is_open_then(
    now: datetime, zone: ZoneInfo, days: set[str], opens: time, closes: time
) -> None:
    window = ExecutionWindow(tuple(sorted(days)), opens, closes, "person")
    at = closed_until(window, now, zone)
    if at is not None:
        assert now < at <= now + timedelta(days=9)
        # an hour that the clocks skip can close before it opens: then the next one counts
        again = closed_until(window, at, zone)
        assert again is None or at.astimezone(zone).utcoffset() != zone.utcoffset(
            (at - timedelta(hours=3)).astimezone(zone).replace(tzinfo=None)
        )
