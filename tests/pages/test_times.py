"""Times in words: always with the day, on the person's own clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from identity.messages.times import by, lasting, place_of, stamp, when

NOW = datetime(2026, 11, 19, 8, 40, tzinfo=UTC)
LISBON, AUCKLAND = ZoneInfo("Europe/Lisbon"), ZoneInfo("Pacific/Auckland")


@pytest.mark.parametrize(
    ("moment", "zone", "words", "after_by"),
    [
        (datetime(2026, 11, 19, 20, 0, tzinfo=UTC), LISBON, "today at 20:00", "20:00 today"),
        # the same moment is the next morning in Auckland
        (
            datetime(2026, 11, 19, 20, 0, tzinfo=UTC),
            AUCKLAND,
            "tomorrow at 09:00",
            "09:00 tomorrow",
        ),
        (
            datetime(2026, 11, 18, 23, 59, tzinfo=UTC),
            LISBON,
            "yesterday at 23:59",
            "23:59 yesterday",
        ),
        # midnight belongs to the day that begins
        (datetime(2026, 11, 20, 0, 0, tzinfo=UTC), LISBON, "tomorrow at 00:00", "00:00 tomorrow"),
        (
            datetime(2026, 11, 22, 18, 2, tzinfo=UTC),
            LISBON,
            "Sun 22 Nov, 18:02",
            "Sun 22 Nov, 18:02",
        ),
        # another year is named
        (
            datetime(2027, 1, 2, 9, 0, tzinfo=UTC),
            LISBON,
            "Sat 2 Jan 2027, 09:00",
            "Sat 2 Jan 2027, 09:00",
        ),
        # summer time where it is summer time
        (
            datetime(2026, 7, 1, 9, 0, tzinfo=UTC),
            LISBON,
            "Wed 1 Jul, 10:00",
            "Wed 1 Jul, 10:00",
        ),
    ],
)
def test_u1_times_in_words(moment: datetime, zone: ZoneInfo, words: str, after_by: str) -> None:
    assert when(moment, NOW, zone) == words
    assert by(moment, NOW, zone) == after_by


def test_o5_a_clock_that_is_not_the_readers_own_is_named() -> None:
    assert by(datetime(2026, 11, 19, 10, 30, tzinfo=UTC), NOW, UTC, "UTC") == "10:30 UTC today"
    assert by(datetime(2026, 11, 23, 9, 0, tzinfo=UTC), NOW, UTC, "UTC") == "Mon 23 Nov, 09:00 UTC"


def test_u1_lines_of_a_list_are_always_dated() -> None:
    assert stamp(NOW, LISBON) == "Thu 19 Nov, 08:40"


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (timedelta(days=1, hours=14, minutes=3), "1 day and 14 hours"),
        (timedelta(minutes=40), "40 minutes"),
        (timedelta(hours=1), "1 hour"),
        (timedelta(days=41), "41 days"),
        (timedelta(seconds=59), "less than a minute"),
        # a clock that ran backwards makes no negative words
        (timedelta(seconds=-5), "less than a minute"),
    ],
)
def test_u1_spans_in_words(span: timedelta, words: str) -> None:
    assert lasting(span) == words


@pytest.mark.parametrize(
    ("zone", "place"),
    [("America/New_York", "New York"), ("America/Argentina/Ushuaia", "Ushuaia"), ("UTC", "UTC")],
)
def test_u1_places(zone: str, place: str) -> None:
    assert place_of(ZoneInfo(zone)) == place
