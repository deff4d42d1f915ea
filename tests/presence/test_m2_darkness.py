"""Darkness as it happens to people: stories on an injected clock over the real product (M2)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from config.lifecycle import read_clock
from identity.actions.sweeping import sweep_actions
from identity.darkness import clock_of
from identity.messages import say
from identity.models import Event
from presence.availability import sweep_availability
from presence.choices import preference_of, set_quiet_hours, set_zone
from presence.models import Presence
from presence.rules_in_force import rules_in_force
from tests.afterwards.conftest import ADDRESS, KIND, activate, medium
from tests.afterwards.test_hours import HOURS, TOKYO
from tests.console.conftest import Colleague, has_text, says
from tests.pages.reading import Page
from tests.world.demo import Application, Visitor, stored

pytestmark = pytest.mark.django_db

Visit = Callable[[str], Visitor]
Later = Callable[[timedelta], datetime]
LIST = "/admin/identity/action/"
SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


def beat() -> None:
    """One round of what beat wakes."""
    sweep_availability()
    sweep_actions()


def about(application: Application, person: str) -> dict[str, object]:
    """What the API says of the person's availability for a payout."""
    found = application.call("GET", f"subjects/{person}/availability/?type=payout.change")
    assert found.status_code == 200, found.content
    return dict(found.json())


def told(person: str) -> list[str]:
    """What was announced of the person, oldest first."""
    rows = Event.objects.filter(subject__username=person, name="presence.updated").order_by("id")
    return list(rows.values_list("to_state", flat=True))


def test_m2_push_disabled(payroll: Application, visit: Visit, later: Later) -> None:
    """Notifications are off. Nobody is suspected: it waits, and the page finishes it."""
    payroll.signal("avery", "permission", "denied")
    later(20 * MINUTE)
    beat()
    found = about(payroll, "avery")
    assert (found["state"], found["reasons"]) == ("delayed", ["notifications_off"])
    assert found["can_receive_push"] is False
    asked = payroll.ask("avery").json()
    assert (asked["status"], asked["outcome"]) == ("queued", "queue")
    assert "notifications_off" in {each["code"] for each in asked["decision"]["reasons"]}
    assert stored(asked["id"]).facts["risk"] != "red"
    assert visit("avery").verify(asked["id"]).status_code in (302, 303)
    assert stored(asked["id"]).status == "approved"


def test_m2_push_disabled_while_the_app_is_open(payroll: Application) -> None:
    """The person is there, but a push would not show: the two are told apart."""
    payroll.signal("avery", "permission", "denied")
    payroll.signal("avery", "heartbeat", "foreground")
    found = about(payroll, "avery")
    assert found["state"] == "available"
    assert found["can_receive_push"] is False


def test_m2_battery_saver(payroll: Application, later: Later) -> None:
    """Heartbeats stop; hours later there is one. What waited is asked then, and not before."""
    payroll.signal("avery", "heartbeat", "foreground")
    later(20 * MINUTE)
    beat()
    asked = payroll.ask("avery").json()
    assert asked["status"] == "queued"
    dark = Presence.objects.get(subject__username="avery").dark_since
    assert dark is not None
    for _ in range(5):
        later(HOUR)
        beat()
    waiting = stored(asked["id"])
    assert waiting.status in ("pending", "delayed", "queued")
    assert Presence.objects.get(subject__username="avery").dark_since == dark
    tries = waiting.attempts
    payroll.signal("avery", "heartbeat", "foreground")
    sweep_actions()
    awake = stored(asked["id"])
    assert awake.status == "pending"
    assert awake.attempts <= tries + 1
    assert told("avery")[-2:] == ["delayed", "available"]


def test_m2_flaky_network(payroll: Application, later: Later) -> None:
    """In and out of coverage every few seconds: one return is told, and one prompt sent."""
    asked = payroll.ask("sam").json()
    before = len(told("sam"))
    for _ in range(20):
        payroll.signal("sam", "network", "returned")
        beat()
        later(5 * SECOND)
        payroll.signal("sam", "network", "lost")
        beat()
        later(5 * SECOND)
    assert told("sam")[before:] == ["available"]
    assert payroll.names(asked["id"]).count("challenge.issued") == 1
    assert stored(asked["id"]).status == "pending"


def test_m2_what_is_asked_during_a_gap_comes_with_the_next_sign_of_life(
    payroll: Application, later: Later
) -> None:
    """The gap is shorter than a change of state takes to settle; the return counts all the same."""
    payroll.signal("avery", "heartbeat", "foreground")
    later(10 * SECOND)
    payroll.signal("avery", "network", "lost")
    later(3 * SECOND)
    asked = payroll.ask("avery").json()
    assert (asked["status"], asked["read_only"]) == ("queued", True)
    later(3 * SECOND)
    payroll.signal("avery", "network", "returned")
    sweep_actions()
    assert stored(asked["id"]).status == "pending"
    assert told("avery") == ["available"]


def test_m2_sleep_mid_challenge(payroll: Application, visit: Visit, later: Later) -> None:
    """Asked, and fell asleep: delayed, never a failure; finished in the morning."""
    payroll.signal("avery", "heartbeat", "foreground")
    asked = payroll.ask("avery").json()
    assert asked["status"] == "pending"
    later(11 * MINUTE)
    beat()
    asleep = stored(asked["id"])
    assert (asleep.status, asleep.reason) == ("delayed", "no_answer")
    risk = asleep.facts["risk"]
    later(7 * HOUR)
    beat()
    assert stored(asked["id"]).facts["risk"] == risk
    visitor = visit("avery")
    page = Page(visitor.client.get(f"/requests/{asked['id']}/"))
    assert page.says(say("event.challenge.expired"))
    assert visitor.verify(asked["id"]).status_code in (302, 303)
    assert stored(asked["id"]).status == "approved"


def test_m2_roaming_and_a_change_of_zone_mid_queue(payroll: Application, later: Later) -> None:
    """Queued for the night at home; the person flies on and moves the clock: the night moves."""
    tess = stored(payroll.ask("tess").json()["id"]).subject
    set_zone(tess.pk, "Europe/Berlin")
    now = read_clock()
    berlin_night = now.replace(hour=2, minute=0) + timedelta(days=1)
    later(berlin_night - now)
    set_quiet_hours(
        tess.pk, range(7), berlin_night.time().replace(hour=22), berlin_night.time().replace(hour=7)
    )
    asked = payroll.ask("tess", payload={"account": "GB29NWBK60161331926819"}).json()
    action = stored(asked["id"])
    assert action.reason == "quiet_hours"
    assert action.next_attempt_at is not None
    payroll.signal("tess", "network", "lost")
    later(MINUTE)
    set_zone(tess.pk, "America/New_York")  # there it is evening: the night has not begun
    payroll.signal("tess", "network", "returned")
    assert preference_of(tess.pk).zone == "America/New_York"
    sweep_actions()
    assert stored(asked["id"]).status == "pending"
    assert read_clock() < action.next_attempt_at


def test_m2_a_window_of_policy_opens_for_somebody_in_the_dark(
    payroll: Application, later: Later
) -> None:
    """Darkness is counted from when it may happen; back after that, the person is asked at once."""
    activate(medium(HOURS))
    set_zone(stored(payroll.ask("sam").json()["id"]).subject_id, "Asia/Tokyo")
    here = read_clock().astimezone(TOKYO)
    evening = here.replace(hour=18, minute=0, second=0, microsecond=0) + timedelta(days=1)
    later(evening - here)
    payroll.signal("sam", "network", "lost")
    asked = payroll.ask("sam", KIND, ADDRESS).json()
    assert stored(asked["id"]).reason == "window_closed"
    limit = rules_in_force().darkness_of("medium")
    assert limit is not None
    later(15 * HOUR)  # nine in the morning
    beat()
    opened = stored(asked["id"])
    assert (opened.status, opened.reason) == ("queued", "network_lost")
    assert clock_of(opened, read_clock()).until == evening + 15 * HOUR + limit
    later(HOUR)
    payroll.signal("sam", "network", "returned")
    sweep_actions()
    assert stored(asked["id"]).status == "pending"


def _limit_and_window(action_id: str) -> datetime:
    """When the first window of the action ends, by darkness or by itself."""
    action = stored(action_id)
    limit = rules_in_force().darkness_of("high")
    assert limit is not None
    assert action.expires_at is not None
    return min(action.expires_at, action.created_at + limit)


@pytest.mark.parametrize(
    ("offset", "status", "step"),
    [
        # one second before: asked as if nothing had been
        (-1, "pending", "challenge.issued"),
        # one second after: the next step was taken, and another way is open
        (1, "fallback", "fallback.selected"),
    ],
)
def test_m2_return_around_the_end_of_the_first_window(
    payroll: Application, later: Later, offset: int, status: str, step: str
) -> None:
    asked = payroll.ask("sam").json()
    later(_limit_and_window(asked["id"]) + offset * SECOND - read_clock())
    if offset > 0:
        sweep_actions()
    payroll.signal("sam", "network", "returned")
    sweep_actions()
    assert stored(asked["id"]).status == status
    assert payroll.names(asked["id"])[-1] == step


@pytest.mark.parametrize(
    ("offset", "status"),
    [
        # one second before the end: still in time
        (-1, "approved"),
        # one second after: told what happened, and nothing changed
        (1, "expired"),
    ],
)
def test_m2_return_around_the_very_end(
    payroll: Application, visit: Visit, later: Later, offset: int, status: str
) -> None:
    asked = payroll.ask("sam").json()
    later(_limit_and_window(asked["id"]) - read_clock())
    beat()
    end = stored(asked["id"]).expires_at
    assert end is not None
    later(end + offset * SECOND - read_clock())
    visitor = visit("sam")
    visitor.verify(asked["id"])
    beat()
    assert stored(asked["id"]).status == status
    page = Page(visitor.client.get(f"/requests/{asked['id']}/"))
    assert page.says(say(f"status.{status}"))


def test_p5_staff_see_who_is_in_the_dark_and_what_went_on(
    payroll: Application, staff: Callable[[str], Colleague], later: Later
) -> None:
    first = payroll.ask("sam").json()
    home = staff("support1").client.get("/admin/")
    assert says(home, "console.home.dark")
    assert has_text(home, stored(first["id"]).reference)
    detail = staff("support1").client.get(f"{LIST}{first['id']}/change/")
    assert says(detail, "console.label.dark_since")
    assert says(detail, "console.label.dark_until")
    later(_limit_and_window(first["id"]) + SECOND - read_clock())
    beat()
    reference = stored(first["id"]).reference
    assert says(staff("support2").client.get("/admin/"), "console.home.dark.exceeded", count=1)
    assert has_text(staff("support2").client.get(f"{LIST}?darkness=exceeded"), reference)
    assert not has_text(staff("support2").client.get(f"{LIST}?darkness=dark"), reference)
