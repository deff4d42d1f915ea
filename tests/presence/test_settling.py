"""A phone that flaps does not flap its person; a sign of life counts at once (P2, Q2)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from config.lifecycle import clock_at
from identity.models import Event, User
from presence.availability import availability_of, sweep_availability
from presence.choices import set_do_not_disturb, set_quiet_hours
from presence.ingest import SignalIn, ingest_signals
from presence.models import Presence, SignalSource
from presence.rules_in_force import rules_in_force
from presence.states import State
from tests.presence.ruled import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture
def person(demo: None) -> User:
    """Somebody of whom nothing is known."""
    user: User = User.objects.create_user("quill")
    return user


def at(seconds: float) -> datetime:
    """So long after noon."""
    return NOON + timedelta(seconds=seconds)


def tell(person: User, seconds: float, kind: str, value: str = "") -> None:
    """One signal, observed and received then."""
    with clock_at(at(seconds)):
        assert not ingest_signals(
            [SignalIn(person.pk, kind, at(seconds), value)], SignalSource.APPLICATION, at(seconds)
        )


def sweep(until: float, begin: float = 0) -> None:
    """What beat does every five seconds."""
    moment = begin
    while moment <= until:
        with clock_at(at(moment)):
            sweep_availability()
        moment += 5


def told(person: User) -> list[tuple[datetime, str]]:
    """What was announced about the person, oldest first."""
    rows = Event.objects.filter(subject=person, name="presence.updated")
    return list(rows.values_list("at", "to_state"))


def row_of(person: User) -> Presence:
    return Presence.objects.get(pk=person.pk)


def test_p2_a_change_is_recorded_once_it_has_lasted(person: User) -> None:
    settle = rules_in_force().settle
    tell(person, 0, "heartbeat", "foreground")
    tell(person, 60, "network", "lost")
    assert availability_of(person.pk, now=at(60)).state == State.UNREACHABLE
    row = row_of(person)
    assert (row.status, row.unsettled_since) == ("available", at(60))
    assert row.changes_at == at(60 + settle)
    with clock_at(at(60 + settle) - timedelta(seconds=1)):
        sweep_availability()
    assert row_of(person).status == "available"
    with clock_at(at(60 + settle)):
        sweep_availability()
    row = row_of(person)
    assert (row.status, row.since, row.unsettled_since) == ("unreachable", at(60), None)
    assert [state for _, state in told(person)] == ["available", "unreachable"]


def test_p2_the_first_conclusion_needs_no_settling(person: User) -> None:
    tell(person, 0, "network", "lost")
    assert row_of(person).status == "unreachable"


@pytest.mark.parametrize(
    ("kind", "value"),
    [("heartbeat", "foreground"), ("push_acknowledged", ""), ("network", "returned")],
)
def test_q2_a_sign_of_life_counts_at_once(person: User, kind: str, value: str) -> None:
    tell(person, 0, "network", "lost")
    tell(person, 100, kind, value)
    assert told(person)[-1] == (at(100), "available")
    assert row_of(person).returned_at == at(100)


def test_p2_a_flapping_network_is_told_once(person: User) -> None:
    tell(person, 0, "heartbeat", "foreground")
    for turn in range(60):
        tell(person, 60 + 10 * turn, "network", "lost")
        tell(person, 65 + 10 * turn, "network", "returned")
        sweep(65 + 10 * turn, begin=60 + 10 * turn)
    assert [state for _, state in told(person)] == ["available"]


def test_p2_a_change_between_two_other_states_settles_too(person: User) -> None:
    tell(person, 0, "network", "lost")
    tell(person, 10, "heartbeat", "background")
    for turn in range(20):
        tell(person, 20 + 10 * turn, "network", "lost")
        tell(person, 25 + 10 * turn, "heartbeat", "background")
        sweep(25 + 10 * turn, begin=20 + 10 * turn)
    assert [state for _, state in told(person)] == ["unreachable"]


def test_p2_gone_in_several_ways_is_gone(person: User) -> None:
    """Lost, in the background, lost: never available for longer than it takes to settle."""
    tell(person, 0, "heartbeat", "foreground")
    for turn in range(6):
        tell(person, 60 + 10 * turn, "network", "lost")
        tell(person, 65 + 10 * turn, "heartbeat", "background")
        sweep(65 + 10 * turn, begin=60 + 10 * turn)
    assert row_of(person).status != "available"
    assert len(told(person)) == 2


def test_p1_time_alone_makes_somebody_silent_from_the_exact_moment_on(person: User) -> None:
    rules = rules_in_force()
    tell(person, 0, "heartbeat", "foreground")
    end = NOON + rules.believed_for("heartbeat")
    assert row_of(person).changes_at == end
    with clock_at(end + timedelta(hours=3)):  # beat was dead for three hours
        assert sweep_availability() == 1
    row = row_of(person)
    assert (row.status, row.since, row.dark_since) == ("delayed", end, end)


def test_p4_a_choice_counts_at_once_and_so_does_its_end(person: User) -> None:
    tell(person, 0, "heartbeat", "foreground")
    with clock_at(at(10)):
        set_do_not_disturb(person.pk, at(70))
    assert told(person)[-1] == (at(10), "delayed")
    tell(person, 60, "heartbeat", "foreground")
    with clock_at(at(70)):
        sweep_availability()
    assert told(person)[-1] == (at(70), "available")


def test_p4_quiet_hours_begin_by_themselves(person: User) -> None:
    evening = NOON.replace(hour=22)
    with clock_at(NOON):
        days = list(range(7))
        set_quiet_hours(person.pk, days, evening.time(), evening.replace(hour=7).time())
    assert row_of(person).changes_at == evening
    with clock_at(evening):
        sweep_availability()
    assert row_of(person).reasons == ["quiet_hours"]


@pytest.mark.parametrize(
    "leave",
    [
        # told that the network went
        lambda person: tell(person, 60, "network", "lost"),
        # told that the app went to the background
        lambda person: tell(person, 60, "heartbeat", "background"),
        # time passed, and a sweep saw it
        lambda person: sweep(289, begin=285),
        # time passed, and no sweep has been
        lambda person: None,
    ],
)
def test_q2_a_return_before_the_change_settled_is_not_lost(
    person: User, leave: Callable[[User], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever was asked in between was decided for somebody who is gone, and waits for this."""
    heard: list[tuple[int, datetime]] = []
    monkeypatch.setattr(
        "presence.availability._on_return", [lambda who, when: heard.append((who, when))]
    )
    tell(person, 0, "heartbeat", "foreground")
    leave(person)
    back = 75 if row_of(person).unsettled_since == at(60) else 289
    assert availability_of(person.pk, now=at(back)).state != State.AVAILABLE
    tell(person, back, "heartbeat", "foreground")
    assert heard == [(person.pk, at(back))]
    assert row_of(person).returned_at == at(back)
    assert len(told(person)) == 1


def test_q2_a_heartbeat_of_somebody_who_is_there_wakes_nothing(
    person: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[int] = []
    monkeypatch.setattr("presence.availability._on_return", [lambda who, when: heard.append(who)])
    for turn in range(30):
        tell(person, 60 * turn, "heartbeat", "foreground")
        tell(person, 60 * turn + 1, "push_acknowledged")
        sweep(60 * turn + 55, begin=60 * turn + 5)
    assert heard == []
    assert len(told(person)) == 1


def test_p5_dark_is_counted_from_the_moment_and_silence_stops_it(person: User) -> None:
    tell(person, 0, "heartbeat", "foreground")
    assert row_of(person).dark_since is None
    tell(person, 30, "network", "lost")
    assert row_of(person).dark_since == at(30)
    sweep(60, begin=30)
    tell(person, 70, "device_seen")
    assert row_of(person).dark_since == at(30)
    tell(person, 90, "network", "returned")
    assert row_of(person).dark_since is None
    with clock_at(at(100)):
        set_do_not_disturb(person.pk, at(4000))
    sweep(3995, begin=3900)
    assert row_of(person).dark_since is None
    with clock_at(at(4003)):
        sweep_availability()
    assert row_of(person).dark_since == at(4000)


def many_due(count: int) -> set[int]:
    """So many people, available until just now by a heartbeat that is too old at noon."""
    users = User.objects.bulk_create(User(username=f"quill{number}") for number in range(count))
    Presence.objects.bulk_create(
        Presence(
            subject=user,
            status=State.AVAILABLE,
            reasons=["device_awake"],
            since=at(-900),
            heartbeat_at=at(-600),
            changes_at=at(-300),
        )
        for user in users
    )
    return {user.pk for user in users}


def test_p2_a_sweep_takes_all_that_are_due_in_transactions_of_its_own(demo: None) -> None:
    people = many_due(2000)
    mine = Presence.objects.filter(pk__in=people)
    with clock_at(NOON):
        sweep_availability(budget=timedelta())  # no time at all is one batch
        assert mine.filter(changes_at__lte=NOON).count() == 1500
        with CaptureQueriesContext(connection) as queries:
            # nobody is in a hurry here: what counts is that it goes on until none is left
            assert sweep_availability(budget=timedelta(minutes=5)) == 1500
        assert not mine.filter(changes_at__lte=NOON).exists()
    begun = [each for each in queries if each["sql"].startswith(("BEGIN", "SAVEPOINT"))]
    claimed = [each for each in queries if "SKIP LOCKED" in each["sql"]]
    assert len(claimed) == 4  # three full batches, and one that finds nothing
    assert len(begun) >= len(claimed)
    assert set(mine.values_list("status", flat=True)) == {State.DELAYED}
