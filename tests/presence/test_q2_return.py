"""Who comes back is asked for what waited, oldest deadline first, within ten seconds (Q2)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import connection

from config.celery import beat_schedule
from config.lifecycle import read_clock
from identity.actions.sweeping import sweep_actions
from identity.actions.waking import wake_missed
from identity.models import Action, Event
from presence.availability import sweep_availability
from presence.models import Presence
from tests.pages.test_requests import other_iban
from tests.world.demo import Application, stored

pytestmark = pytest.mark.django_db

Later = Callable[[timedelta], datetime]


def waiting(payroll: Application, person: str, number: int, base: int = 0) -> None:
    """So many requests that wait, with deadlines in no order."""
    for index in range(base, base + number):
        answer = payroll.ask(
            person,
            payload={"account": other_iban(index)},
            requested_expiry=4000 + 37 * ((index * 7919) % 101),
        )
        assert answer.json()["status"] == "queued", answer.content


def asked_in_order() -> list[datetime]:
    """The deadlines of what was asked, in the order in which it was."""
    ids = list(Event.objects.filter(name="challenge.issued", kind="action").order_by("id"))
    ends = dict(Action.objects.values_list("pk", "expires_at"))
    return [ends[event.action_id] for event in ids if event.action_id in ends]


def test_q2_fifty_requests_of_one_person_come_by_deadline(payroll: Application) -> None:
    waiting(payroll, "sam", 50)
    payroll.signal("sam", "network", "returned")
    sweep_actions()
    order = asked_in_order()
    assert len(order) == 50
    assert order == sorted(order)


def test_q2_of_several_people_too(payroll: Application) -> None:
    for turn in range(5):
        waiting(payroll, "sam", 5, base=10 * turn)
        waiting(payroll, "tess", 5, base=10 * turn + 5)
    now = read_clock().isoformat()
    signals = [
        {"subject": "tess", "kind": "heartbeat", "value": "foreground", "observed_at": now},
        {"subject": "sam", "kind": "network", "value": "returned", "observed_at": now},
    ]
    assert payroll.call("POST", "signals/", {"signals": signals}).json()["accepted"] == 2
    sweep_actions()
    order = asked_in_order()
    assert len(order) == 50
    assert order == sorted(order)


@pytest.mark.parametrize(
    ("person", "kind", "value"),
    [("sam", "network", "returned"), ("tess", "heartbeat", "foreground")],
)
def test_q2_beat_alone_brings_it_within_ten_seconds(
    payroll: Application, later: Later, person: str, kind: str, value: str
) -> None:
    """No nudge arrives: what is due stands in the database, and the next sweep finds it."""
    every = {name: entry["schedule"] for name, entry in beat_schedule().items()}
    worst = every["presence.sweep_availability"] + every["identity.sweep_actions"]
    assert worst <= 10
    asked = payroll.ask(person).json()
    payroll.signal(person, kind, value)
    assert stored(asked["id"]).status == "queued"
    later(timedelta(seconds=every["presence.sweep_availability"]))
    sweep_availability()
    later(timedelta(seconds=every["identity.sweep_actions"]))
    sweep_actions()
    assert stored(asked["id"]).status == "pending"


def test_q2_a_request_stored_while_its_person_returns_is_found(payroll: Application) -> None:
    """Neither transaction saw the other: the sweep sees both."""
    asked = payroll.ask("sam").json()
    action = stored(asked["id"])
    later_try = action.next_attempt_at
    payroll.signal("sam", "network", "returned")
    assert Presence.objects.get(subject=action.subject_id).returned_at is not None
    # as if the wake had run before the request was visible
    Action.objects.filter(pk=action.pk).update(next_attempt_at=later_try, due_at=later_try)
    sweep_actions()
    assert stored(asked["id"]).status == "pending"


def test_q2_looking_for_what_was_missed_goes_by_the_index(payroll: Application) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("EXPLAIN SELECT subject_id FROM presence_presence WHERE returned_at > now()")
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "presence_returned" in plan
    assert wake_missed(read_clock()) == 0
