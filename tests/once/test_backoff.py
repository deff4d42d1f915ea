"""When a message is tried again: a pure function, by tables and by search."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from identity.webhooks.backoff import PATIENCE, SPREAD, WAITS, asked_wait, next_try

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("120", 120.0),
        (" 0 ", 0.0),
        ("Sat, 21 Nov 2026 12:05:00 GMT", 300.0),
        ("Sat, 21 Nov 2026 11:00:00 GMT", 0.0),  # it is past
        ("-5", None),
        ("1.5", None),
        ("soon", None),
        ("", None),
        ("9" * 40, None),
        ("١٢", None),
        ("Sat, 99 Nov 2026 99:00:00 GMT", None),
    ],
)
def test_q6_what_a_receiver_asks_for(text: str, seconds: float | None) -> None:
    assert asked_wait(text, NOW) == seconds


def test_q6_ten_tries_over_about_three_days() -> None:
    at, tries = NOW, 1
    while (following := next_try(tries, NOW, at, chance=0.5)) is not None:
        at, tries = following, tries + 1
    assert tries == 10
    assert timedelta(days=2.5) < at - NOW < PATIENCE


def test_q6_longer_is_honoured_shorter_is_not() -> None:
    assert next_try(1, NOW, NOW, asked=600, chance=0) == NOW + timedelta(seconds=600)
    assert next_try(5, NOW, NOW, asked=1, chance=0) == NOW + timedelta(seconds=WAITS[4])


@given(
    tries=st.integers(1, 12),
    age=st.timedeltas(timedelta(0), timedelta(days=30)),
    asked=st.none() | st.floats(0, 1e9),
    chance=st.floats(0, 1, exclude_max=True),
)
def test_q6_a_try_is_ahead_and_no_receiver_puts_it_off_for_long(
    tries: int, age: timedelta, asked: float | None, chance: float
) -> None:
    now = NOW + age
    at = next_try(tries, NOW, now, asked=asked, chance=chance)
    assert (at is None) == (tries > len(WAITS))
    if at is not None:
        own = timedelta(seconds=WAITS[tries - 1])
        assert now + own <= at
        most = max(own, NOW + PATIENCE - now)
        assert at <= now + most * (1 + SPREAD) + timedelta(seconds=1)
