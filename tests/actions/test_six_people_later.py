"""The six people are as described an hour and five hours later too, kept by the feeder alone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from config.demo.feeder import feed
from config.lifecycle import clock_at
from presence.availability import sweep_availability
from tests.world.demo import Application

pytestmark = pytest.mark.django_db

PEOPLE = {
    "avery": ("pending", "challenge", False),
    "tess": ("queued", "queue", False),
    "sam": ("queued", "read_only", True),
    "noor": ("queued", "queue", False),
    "kai": ("fallback", "fallback", False),
    "riley": ("blocked", "block", False),
}
ROUND = timedelta(minutes=1)


def run(hours: int, later: Callable[[timedelta], datetime]) -> None:
    """Let so much time pass: the feeder every minute of the last half hour, a sweep after each;
    before that every ten minutes, which is as good to it as a machine that slept."""
    for _ in range(hours * 6 - 3):
        with clock_at(later(timedelta(minutes=10))):
            feed()
            sweep_availability()
    for _ in range(30):
        with clock_at(later(ROUND)):
            feed()
            sweep_availability()


@pytest.mark.parametrize("hours", [1, 5])
def test_p2_the_six_people_are_the_same_hours_later(
    payroll: Application, later: Callable[[timedelta], datetime], hours: int
) -> None:
    run(hours, later)
    found = {}
    for name in PEOPLE:
        action = payroll.ask(name).json()
        found[name] = (action["status"], action["outcome"], action["read_only"])
    assert found == PEOPLE
    riley = payroll.call("GET", "subjects/riley/availability/?type=payout.change").json()
    assert (riley["state"], riley["reasons"]) == ("escalated", ["open_escalation"])


@pytest.mark.parametrize("hours", [1, 5])
def test_p2_what_presence_says_of_them_hours_later(
    payroll: Application, later: Callable[[timedelta], datetime], hours: int
) -> None:
    run(hours, later)
    states = {}
    for name in PEOPLE:
        answer = payroll.call("GET", f"subjects/{name}/availability/?type=payout.change").json()
        states[name] = (answer["state"], answer["reasons"][0])
    assert states == {
        "avery": ("available", "push_acknowledged"),
        "tess": ("delayed", "no_acknowledgement"),
        "sam": ("unreachable", "network_lost"),
        "noor": ("delayed", "do_not_disturb"),
        "kai": ("degraded", "device_stale"),
        "riley": ("escalated", "no_acknowledgement"),
    }


def test_p2_noor_is_quiet_at_any_hour_of_the_day(
    payroll: Application, later: Callable[[timedelta], datetime]
) -> None:
    """Her morning comes, and with the next round it is night somewhere else."""
    for _ in range(25):
        now = later(timedelta(hours=1))
        with clock_at(now):
            feed()
            answer = payroll.call("GET", "subjects/noor/availability/").json()
            assert answer["reasons"] == ["do_not_disturb"]
            assert datetime.fromisoformat(answer["expires_at"]).astimezone(UTC) > now
