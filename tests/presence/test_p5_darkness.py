"""How long a person may be in the dark before the next step, counted and told (P5)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.lifecycle import clock_at, read_clock
from identity.actions.sweeping import sweep_actions
from identity.darkness import clock_of
from identity.messages import say
from identity.models import Event
from presence.availability import sweep_availability
from presence.choices import set_do_not_disturb
from presence.consents import set_consent
from presence.darkness import next_step_at, not_before
from presence.purposes import Purpose
from presence.rights import delete_presence
from presence.rules_in_force import rules_in_force
from tests.pages.reading import Page
from tests.presence.ruled import NOON
from tests.world.demo import Application, Visitor, stored

Visit = Callable[[str], Visitor]
Later = Callable[[timedelta], datetime]
HOUR = timedelta(hours=1)
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("asked", "dark", "limit", "due"),
    [
        # dark first, asked later: counted from being asked
        (0, -5, 8, 8),
        # asked first, dark later
        (0, 3, 8, 11),
        # not dark
        (0, None, 8, None),
        # nothing limits it
        (0, 3, None, None),
    ],
)
def test_p5_the_clock_runs_from_the_later_of_the_two(
    asked: int, dark: int | None, limit: int | None, due: int | None
) -> None:
    found = next_step_at(
        NOON + asked * HOUR,
        NOON + dark * HOUR if dark is not None else None,
        limit * HOUR if limit is not None else None,
    )
    assert found == (NOON + due * HOUR if due is not None else None)


@given(asked=st.integers(-50, 0), dark=st.integers(-50, 50), limit=st.integers(1, 50))
def test_p5_looking_by_then_misses_no_end(asked: int, dark: int, limit: int) -> None:
    """For whoever is not dark yet, the clock cannot run out before it is looked at."""
    due = next_step_at(NOON + asked * HOUR, NOON + dark * HOUR, limit * HOUR)
    look = not_before(NOON, limit * HOUR)
    assert look is not None
    assert due is not None
    assert due >= look or dark < 0


def limit_of(level: str) -> timedelta:
    found = rules_in_force().darkness_of(level)
    assert found is not None
    return found


def darkness(action_id: str) -> list[str]:
    """The levels of the breaches told of the action."""
    rows = Event.objects.filter(name="darkness.exceeded", action_id=action_id)
    return list(rows.values_list("reason", flat=True))


@pytest.mark.django_db
def test_p5_in_the_dark_the_next_step_comes_before_the_window_ends(
    payroll: Application, later: Later
) -> None:
    asked = payroll.ask("sam").json()
    action = stored(asked["id"])
    limit = limit_of("high")
    assert action.expires_at is not None
    assert action.created_at + limit < action.expires_at
    later(action.created_at + limit - SECOND - read_clock())
    sweep_availability()
    sweep_actions()
    assert stored(asked["id"]).status == "queued"
    later(SECOND)
    sweep_actions()
    after = stored(asked["id"])
    assert (after.status, after.reason, after.window) == ("fallback", "darkness_exceeded", "last")
    grace = timedelta(seconds=action.obligations["grace"])
    assert after.expires_at == max(action.expires_at, read_clock() + grace)  # never less time
    assert darkness(asked["id"]) == ["high"]
    assert payroll.get(asked["id"])["message"]["code"] == "action.fallback.darkness_exceeded"
    sweep_actions()
    assert darkness(asked["id"]) == ["high"]


@pytest.mark.django_db
def test_p5_it_is_checked_at_use_with_beat_dead(
    payroll: Application, visit: Visit, later: Later
) -> None:
    """The person comes by themselves, after the limit: the step was due, and they may finish."""
    asked = payroll.ask("sam").json()
    visitor = visit("sam")
    later(limit_of("high") + SECOND)
    visitor = visit("sam")
    answer = visitor.verify(asked["id"])
    assert answer.status_code in (302, 303), answer.content[:1000]
    assert darkness(asked["id"]) == ["high"]
    assert payroll.names(asked["id"])[:4] == [
        "auth.requested",
        "auth.queued",
        "darkness.exceeded",
        "fallback.selected",
    ]
    assert stored(asked["id"]).status == "approved"


@pytest.mark.django_db
def test_p5_a_sign_of_life_begins_it_anew(payroll: Application, later: Later) -> None:
    asked = payroll.ask("tess").json()
    begun = stored(asked["id"]).created_at
    later(limit_of("high") - HOUR)
    payroll.signal("tess", "heartbeat", "foreground")
    sweep_actions()
    assert stored(asked["id"]).status == "pending"
    moment = later(2 * HOUR)  # past the limit, counted from being asked
    sweep_availability()
    sweep_actions()
    action = stored(asked["id"])
    assert action.status == "delayed"
    clock = clock_of(action, moment)
    assert clock.since is not None
    assert clock.since > begun + limit_of("high") - HOUR
    assert clock.until == clock.since + limit_of("high")


@pytest.mark.django_db
def test_p4_chosen_silence_stops_the_clock(payroll: Application, later: Later) -> None:
    """Who asks for quiet waits out the whole window; who is merely gone does not."""
    asked = payroll.ask("noor").json()
    later(limit_of("high") + timedelta(minutes=1))
    set_do_not_disturb(stored(asked["id"]).subject_id, read_clock() + 30 * HOUR)
    sweep_availability()
    sweep_actions()
    assert clock_of(stored(asked["id"]), read_clock()).until is None
    assert darkness(asked["id"]) == []


@pytest.mark.django_db
@pytest.mark.parametrize("how", ["withdrawn", "deleted"])
def test_p4_who_gives_no_presence_data_is_never_in_the_dark(
    payroll: Application, later: Later, how: str
) -> None:
    asked = payroll.ask("sam").json()
    sam = stored(asked["id"]).subject_id
    if how == "withdrawn":
        set_consent(sam, Purpose.REACHABILITY, False, actor="sam")
    else:
        delete_presence(sam, actor="sam")
    later(2 * limit_of("high"))
    sweep_actions()
    assert stored(asked["id"]).status in ("queued", "pending", "delayed")
    assert darkness(asked["id"]) == []


@pytest.mark.django_db
def test_p5_every_class_has_its_limit_and_none_waits_longer_for_being_sensitive() -> None:
    assert limit_of("high") <= limit_of("medium") <= limit_of("low")


@pytest.mark.django_db
def test_p5_the_person_reads_until_when_we_wait(
    payroll: Application, visit: Visit, later: Later
) -> None:
    asked = payroll.ask("sam").json()
    page = Page(visit("sam").client.get(f"/requests/{asked['id']}/"))
    assert page.says(say("rung.then_other_way.dark"))
    until = clock_of(stored(asked["id"]), read_clock()).until
    assert until is not None
    assert until.isoformat()[:16] in page.text
    other = payroll.ask("noor").json()
    page = Page(visit("noor").client.get(f"/requests/{other['id']}/"))
    assert not page.says(say("rung.then_other_way.dark"))


@pytest.mark.django_db
def test_p5_the_sweep_looks_no_later_than_it_can_have_run_out(payroll: Application) -> None:
    for person in ("tess", "sam", "noor"):
        action = stored(payroll.ask(person).json()["id"])
        assert action.due_at is not None
        assert action.due_at <= action.created_at + limit_of("high")
    with clock_at(read_clock() + timedelta(minutes=20)):
        sweep_actions()
        again = stored(str(action.pk))
        assert again.due_at is not None
        assert again.due_at <= read_clock() + limit_of("high")
