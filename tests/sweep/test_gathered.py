"""Gathered writes come to the same as one at a time, in as many queries for ten as a hundred."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from config.lifecycle import (
    DomainEvent,
    Superseded,
    amend,
    announce,
    clock_at,
    gathered,
    insert,
    read_clock,
    transition,
    write_gathered,
)
from fallbacks.challenges import end_challenge, issue_challenge, live_challenge
from fallbacks.models import Challenge, Escalation, VerificationCase
from identity.actions import sweeping
from identity.models import ACTION_MACHINE, Action, Decision, Delivery, Event, User
from identity.models.actions import Window
from tests.sweep.crowd import due_actions

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo")]

MINUTE = timedelta(minutes=1)
PEOPLE = ("avery", "tess", "sam", "noor", "kai", "riley")
OBLIGED = {"window": 3600, "retries": [900], "on_expiry": "fallback", "grace": 600}


@pytest.fixture(autouse=True)
def sharp(monkeypatch: pytest.MonkeyPatch) -> None:
    """No spread, so that two runs come to the same moments."""
    monkeypatch.setattr("identity.actions.climbing._spread.random", lambda: 0.5)


def expired(now: datetime) -> dict[str, Any]:
    return {}


def passing(now: datetime) -> dict[str, Any]:
    return {"status": "queued", "outcome": "queue", "window": Window.FIRST}


def to_review(now: datetime) -> dict[str, Any]:
    return {**passing(now), "obligations": {**OBLIGED, "on_expiry": "review"}}


def waiting(now: datetime) -> dict[str, Any]:
    return {
        "status": "queued",
        "outcome": "queue",
        "window": Window.FIRST,
        "expires_at": now + timedelta(hours=5),
        "next_attempt_at": now - MINUTE,
        "created_at": now - MINUTE,
    }


def delayed(now: datetime) -> dict[str, Any]:
    return {**waiting(now), "status": "delayed"}


def unanswered(now: datetime) -> dict[str, Any]:
    over = {"status": "pending", "next_attempt_at": None, "challenge_ends_at": now - MINUTE}
    return {**waiting(now), **over}


def unanswered_and_over(now: datetime) -> dict[str, Any]:
    return {**unanswered(now), "expires_at": now - MINUTE}


def blocked(now: datetime) -> dict[str, Any]:
    return {"status": "blocked", "outcome": "block"}


def in_review(now: datetime) -> dict[str, Any]:
    return {"status": "review"}


def looked_at(now: datetime) -> dict[str, Any]:
    """Due for a look, and for nothing else."""
    return {**waiting(now), "next_attempt_at": now + MINUTE}


KINDS: dict[str, Callable[[datetime], dict[str, Any]]] = {
    each.__name__: each
    for each in (
        expired,
        passing,
        to_review,
        waiting,
        delayed,
        unanswered,
        unanswered_and_over,
        blocked,
        in_review,
        looked_at,
    )
}


def make(mix: Sequence[tuple[str, str]], now: datetime) -> list[uuid.UUID]:
    """The actions of a mix, with what belongs to them."""
    ids = []
    for name, kind in mix:
        subject = User.objects.get(username=name)
        columns = {"obligations": OBLIGED, **KINDS[kind](now)}
        action_id = due_actions(1, now=now, subjects=[subject], **columns)[0]
        ids.append(action_id)
        about = {"action_id": action_id, "subject": subject}
        if kind.startswith("unanswered"):
            then = now - 5 * MINUTE
            Challenge.objects.create(
                **about, factor="totp", issued_at=then, expires_at=now - MINUTE
            )
        if kind == "blocked":
            Escalation.objects.create(
                **about, queue="security", reasons=[], facts={}, opened_at=now, due_at=now
            )
        if kind == "in_review":
            VerificationCase.objects.create(**about, opened_because="x", opened_at=now, due_at=now)
    return ids


def rows_of(ids: Sequence[uuid.UUID]) -> list[Any]:
    """Everything that a sweep writes about these actions, without the ids it makes up."""
    left_out = ("id", "decision_id", "payload_fingerprint", "sealed_payload")
    found: list[Any] = []
    for action_id in ids:
        row = Action.objects.filter(pk=action_id).values().get()
        found.append({name: value for name, value in row.items() if name not in left_out})
        events = Event.objects.filter(action_id=action_id).order_by("id")
        told = events.values_list(
            "name", "at", "kind", "from_state", "to_state", "reason", "subject_id", "attributes"
        )
        found.append(list(told))
        for model, columns in {
            Challenge: ("factor", "status", "version", "issued_at", "expires_at", "ended_at"),
            Decision: ("at", "rule", "outcome", "facts", "reasons", "inputs", "risk_score"),
            Delivery: ("type", "status", "next_attempt_at", "created_at"),
            Escalation: ("queue", "status", "version", "reasons", "facts", "opened_at"),
            VerificationCase: ("opened_because", "status", "version", "opened_at", "due_at"),
        }.items():
            about = model._default_manager.filter(action_id=action_id)
            found.append(sorted(map(repr, about.values_list(*columns))))
    return found


@contextmanager
def undone() -> Iterator[None]:
    """What happens within is taken back."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@given(
    mix=st.lists(
        st.tuples(st.sampled_from(PEOPLE), st.sampled_from(sorted(KINDS))), min_size=1, max_size=8
    )
)
@settings(
    max_examples=25,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_f36_gathered_comes_to_the_same_rows_and_events_as_one_by_one(
    mix: list[tuple[str, str]],
) -> None:
    now = read_clock()
    with clock_at(now):
        with undone():
            ids = make(mix, now)
            in_order = [action.pk for action in sweeping._still_due(ids, now)]
            assert sum(sweeping._move_one(action_id, now) for action_id in in_order) == len(mix)
            alone = rows_of(ids)
        with undone():
            ids = make(mix, now)
            assert sweeping._move_gathered(ids, now) == len(mix)
            together = rows_of(ids)
    assert together == alone


def queries_of(count: int, kind: str) -> int:
    now = read_clock()
    with clock_at(now), undone():
        due_actions(count, now=now, **{"obligations": OBLIGED, **KINDS[kind](now)})
        with CaptureQueriesContext(connection) as found:
            assert sweeping.sweep_actions() == count
    return len(found)


@pytest.mark.parametrize("kind", ["expired", "passing", "to_review", "waiting", "delayed"])
def test_a_batch_of_a_hundred_costs_as_many_queries_as_one_of_ten(kind: str) -> None:
    queries_of(1, kind)  # the process is warm
    assert queries_of(100, kind) == queries_of(10, kind)


def first_of(kind: str = "waiting") -> Action:
    now = read_clock()
    return Action.objects.get(pk=make([("avery", kind)], now)[0])


def test_a_challenge_that_ends_in_the_batch_is_live_no_more_in_it() -> None:
    action = first_of("unanswered")
    now = read_clock()
    with gathered():
        challenge = live_challenge(action.pk)
        assert challenge is not None
        end_challenge(challenge, "challenge.expired", now)
        assert live_challenge(action.pk) is None
        made = issue_challenge(action.pk, action.subject_id, "totp", now, MINUTE)
        assert live_challenge(action.pk) is made
        end_challenge(made, "challenge.withdrawn", now)
        assert live_challenge(action.pk) is None
        assert not Event.objects.filter(action_id=action.pk).exists()
    told = Event.objects.filter(action_id=action.pk).order_by("id").values_list("name", flat=True)
    assert list(told) == ["challenge.expired", "challenge.withdrawn"]
    ended = Challenge.objects.filter(action_id=action.pk).values_list("status", flat=True)
    assert sorted(ended) == ["expired", "withdrawn"]


def test_a_row_that_moves_twice_has_both_events_and_the_last_values() -> None:
    action, now = first_of(), read_clock()
    with gathered():
        for event in ("action.rescheduled", "fallback.selected"):
            transition(action, event, ACTION_MACHINE, at=now, changes={"reason": event[:20]})
        amend(action, due_at=now)
    stored = Action.objects.get(pk=action.pk)
    assert (stored.status, stored.version, stored.due_at) == ("fallback", 2, now)
    assert stored.reason == "fallback.selected"
    told = Event.objects.filter(action_id=action.pk).order_by("id")
    assert list(told.values_list("from_state", "to_state")) == [
        ("queued", "queued"),
        ("queued", "fallback"),
    ]


def test_a_row_that_somebody_moved_takes_the_whole_batch_back() -> None:
    now = read_clock()
    ids = make([("avery", "waiting"), ("sam", "waiting")], now)
    rows = list(Action.objects.filter(pk__in=ids))
    Action.objects.filter(pk=ids[0]).update(version=5)

    def move_both() -> None:
        with transaction.atomic(), gathered():
            for row in rows:
                transition(row, "action.rescheduled", ACTION_MACHINE, at=now)

    with pytest.raises(Superseded):
        move_both()
    assert not Event.objects.filter(action_id__in=ids).exists()
    assert Action.objects.get(pk=ids[1]).version == 0


def test_what_is_written_on_the_way_can_be_read_and_nothing_is_written_after_an_error() -> None:
    action, now = first_of(), read_clock()

    def break_off() -> None:
        with gathered():
            transition(action, "action.rescheduled", ACTION_MACHINE, at=now)
            write_gathered()
            assert Action.objects.get(pk=action.pk).version == 1
            transition(action, "action.rescheduled", ACTION_MACHINE, at=now)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        break_off()
    assert Action.objects.get(pk=action.pk).version == 1
    assert Event.objects.filter(action_id=action.pk).count() == 1


def test_outside_a_gathering_everything_is_written_as_it_is_made() -> None:
    action, now = first_of(), read_clock()
    delivery = Delivery(
        id="msg_1",
        application_id=action.application_id,
        action=action,
        type="action.blocked",
        data={},
        created_at=now,
    )
    insert(delivery)
    assert Delivery.objects.filter(pk="msg_1").exists()
    announce(DomainEvent("ladder.notified", "action", str(action.pk), now))
    assert Event.objects.filter(action_id=action.pk).exists()
