"""Quiet hours, across every kind of clock change, by tables (P4)."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from presence.quiet import QuietChoice, quiet_stretches, quiet_until
from presence.states import Reason

EVERY_DAY = frozenset(range(7))


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def hours(zone: str, start: str, end: str) -> QuietChoice:
    return QuietChoice(
        zone=zone,
        days=EVERY_DAY,
        start=time.fromisoformat(start),
        end=time.fromisoformat(end),
    )


@pytest.mark.parametrize(
    ("zone", "start", "end", "begins", "ends"),
    [
        # Berlin, an ordinary winter night of ten hours
        ("Europe/Berlin", "21:00", "07:00", "2026-01-10T20:00", "2026-01-11T06:00"),
        # the night to summer time is one hour shorter
        ("Europe/Berlin", "21:00", "07:00", "2026-03-28T20:00", "2026-03-29T05:00"),
        # and the night back one hour longer
        ("Europe/Berlin", "21:00", "07:00", "2026-10-24T19:00", "2026-10-25T06:00"),
        # an end in the hour that is left out counts that much after the change
        ("Europe/Berlin", "21:00", "02:30", "2026-03-28T20:00", "2026-03-29T01:30"),
        # an end in the hour that comes twice counts the first time
        ("Europe/Berlin", "21:00", "02:30", "2026-10-24T19:00", "2026-10-25T00:30"),
        # New York, the same two nights of its own calendar
        ("America/New_York", "22:00", "06:00", "2026-03-08T03:00", "2026-03-08T10:00"),
        ("America/New_York", "22:00", "06:00", "2026-11-01T02:00", "2026-11-01T11:00"),
        # New York, quiet only in the hour that is left out: it is there, an hour later
        ("America/New_York", "02:00", "02:45", "2026-03-08T07:00", "2026-03-08T07:45"),
        # Lord Howe changes by half an hour: forward
        ("Australia/Lord_Howe", "22:00", "06:00", "2026-10-03T11:30", "2026-10-03T19:00"),
        # and back
        ("Australia/Lord_Howe", "22:00", "06:00", "2026-04-04T11:00", "2026-04-04T19:30"),
        # Casablanca goes back for the fasting month and forward after it
        ("Africa/Casablanca", "23:00", "07:00", "2026-02-14T22:00", "2026-02-15T07:00"),
        ("Africa/Casablanca", "23:00", "07:00", "2026-03-21T23:00", "2026-03-22T06:00"),
        # Kathmandu never changes, and is not on the hour
        ("Asia/Kathmandu", "21:00", "07:00", "2026-03-28T15:15", "2026-03-29T01:15"),
        # an end after the start is the same day
        ("Europe/Berlin", "12:00", "14:00", "2026-07-01T10:00", "2026-07-01T12:00"),
    ],
)
def test_p4_a_night_begins_and_ends_by_the_clock_on_the_wall(
    zone: str, start: str, end: str, begins: str, ends: str
) -> None:
    choice = hours(zone, start, end)
    first, last = utc(begins), utc(ends)
    second = timedelta(seconds=1)
    assert quiet_until(choice, first) == (last, Reason.QUIET_HOURS)
    assert quiet_until(choice, last - second) == (last, Reason.QUIET_HOURS)
    assert quiet_until(choice, first - second) == (None, None)
    assert quiet_until(choice, last) == (None, None)
    shown = first.astimezone(ZoneInfo(zone)).strftime("%H:%M")
    assert shown == start or (zone, start) == ("America/New_York", "02:00")


@pytest.mark.parametrize(
    ("choice", "now", "until", "reason"),
    [
        # nothing chosen
        (QuietChoice(), "2026-03-04T12:00", None, None),
        # do-not-disturb, until just before its end
        (QuietChoice(dnd_until=utc("2026-03-04T13:00")), "2026-03-04T12:59:59",
         "2026-03-04T13:00", Reason.DO_NOT_DISTURB),
        # and at its end no more
        (QuietChoice(dnd_until=utc("2026-03-04T13:00")), "2026-03-04T13:00", None, None),
        # a holiday
        (QuietChoice(away_until=utc("2026-03-20T00:00")), "2026-03-04T12:00",
         "2026-03-20T00:00", Reason.AWAY),
        # of two that overlap the later end counts
        (QuietChoice(away_until=utc("2026-03-20T00:00"), dnd_until=utc("2026-03-04T13:00")),
         "2026-03-04T12:00", "2026-03-20T00:00", Reason.AWAY),
        # a day that was not chosen: Tuesday's night has not begun on Monday
        (QuietChoice(days=frozenset({1}), start=time(21), end=time(7)),
         "2026-03-02T22:00", None, None),
        # Tuesday's night lasts into Wednesday
        (QuietChoice(days=frozenset({1}), start=time(21), end=time(7)),
         "2026-03-04T06:59", "2026-03-04T07:00", Reason.QUIET_HOURS),
        # Wednesday evening is not chosen
        (QuietChoice(days=frozenset({1}), start=time(21), end=time(7)),
         "2026-03-04T22:00", None, None),
        # do-not-disturb that runs into the night is one silence with it
        (QuietChoice(dnd_until=utc("2026-03-03T21:30"), days=frozenset({1}), start=time(21),
                     end=time(7)),
         "2026-03-03T20:00", "2026-03-04T07:00", Reason.DO_NOT_DISTURB),
        # with a gap between them it is not
        (QuietChoice(dnd_until=utc("2026-03-03T20:30"), days=frozenset({1}), start=time(21),
                     end=time(7)),
         "2026-03-03T20:00", "2026-03-03T20:30", Reason.DO_NOT_DISTURB),
        # an emergency goes before it
        (QuietChoice(dnd_until=utc("2026-03-04T18:00"), overridden_at=utc("2026-03-04T11:00"),
                     overridden_until=utc("2026-03-04T13:00")),
         "2026-03-04T12:00", None, None),
        # and only as long as it lasts
        (QuietChoice(dnd_until=utc("2026-03-04T18:00"), overridden_at=utc("2026-03-04T11:00"),
                     overridden_until=utc("2026-03-04T13:00")),
         "2026-03-04T13:00", "2026-03-04T18:00", Reason.DO_NOT_DISTURB),
    ],
)  # fmt: skip
def test_p4_what_is_chosen_and_until_when(
    choice: QuietChoice, now: str, until: str | None, reason: Reason | None
) -> None:
    assert quiet_until(choice, utc(now)) == (utc(until) if until else None, reason)


ZONES = st.sampled_from(
    ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca", "UTC"]
)
CLOCKS = st.times().map(lambda at: at.replace(second=0, microsecond=0))


@given(
    zone=ZONES,
    days=st.frozensets(st.integers(0, 6)),
    start=CLOCKS,
    end=CLOCKS,
    now=st.datetimes(datetime(2025, 1, 1), datetime(2027, 1, 1)).map(
        lambda at: at.replace(tzinfo=UTC)
    ),
)
def test_p4_every_silence_ends_and_none_is_longer_than_a_day(
    zone: str, days: frozenset[int], start: time, end: time, now: datetime
) -> None:
    choice = QuietChoice(zone=zone, days=days, start=start, end=end)
    for each in quiet_stretches(choice, now):
        assert each.begins < each.ends <= each.begins + timedelta(hours=25)
        assert each.ends > now
    until, _ = quiet_until(choice, now)
    assert until is None or now < until <= now + timedelta(days=9)
