"""What cannot be moved: counted, stepped back, put aside, and tried again by the staff (F34)."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from config.lifecycle import clock_at, read_clock
from fallbacks.errors import PermissionNeeded
from identity.actions import sweeping
from identity.actions.failing import MOST_ATTEMPTS, WAITS, try_put_aside_again
from identity.actions.sweeping import sweep_actions
from identity.models import Action, Event, SweepAttempt, SweepBatch, User
from tests.console.conftest import Colleague, has_text, says
from tests.sweep.crowd import due_actions
from tests.world.demo import Visitor

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo")]
Broken = Callable[[Any], None]


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> Broken:
    """Let the move of one action raise until it is repaired with None."""
    take, wrong = sweeping.take_what_is_due, [None]

    def moved(action: Action, *rest: Any) -> None:
        if action.pk == wrong[0]:
            raise RuntimeError("a secret that nobody may read")
        take(action, *rest)

    monkeypatch.setattr(sweeping, "take_what_is_due", moved)

    def choose(action_id: Any) -> None:
        wrong[0] = action_id

    return choose


def fail_until_put_aside() -> None:
    """Sweep as often as it takes."""
    at = read_clock()
    for _ in range(MOST_ATTEMPTS):
        with clock_at(at):
            sweep_actions()
        at += timedelta(seconds=WAITS[-1] + 1)


def test_f34_a_row_that_raises_is_counted_and_its_neighbours_are_moved(broken: Broken) -> None:
    ids = due_actions(10)
    broken(ids[4])
    now = read_clock()
    with clock_at(now):
        assert sweep_actions() == 9
        assert sweep_actions() == 0
    attempt = SweepAttempt.objects.get()
    assert (attempt.pk, attempt.count, attempt.last_error) == (ids[4], 1, "RuntimeError")
    assert attempt.retry_at == now + timedelta(seconds=WAITS[0])
    assert Action.objects.filter(pk__in=ids, status="expired").count() == 9
    assert not SweepBatch.objects.exists()


def test_f34_repaired_it_is_moved_and_cleared(broken: Broken) -> None:
    ids = due_actions(1)
    broken(ids[0])
    assert sweep_actions() == 0
    broken(None)
    with clock_at(read_clock() + timedelta(seconds=WAITS[0] + 1)):
        assert sweep_actions() == 1
    assert not SweepAttempt.objects.exists()
    assert Action.objects.get(pk=ids[0]).status == "expired"


def test_f34_after_five_it_is_put_aside_with_an_alert_and_the_staff_have_it_tried_again(
    broken: Broken,
    staff: Callable[[str], Colleague],
    caplog: pytest.LogCaptureFixture,
) -> None:
    avery = User.objects.get(username="avery")
    action_id = due_actions(1, subjects=[avery])[0]
    broken(action_id)
    with caplog.at_level(logging.ERROR, logger="holdfast.sweep"):
        fail_until_put_aside()
    assert any("aside" in each.getMessage() for each in caplog.records)
    told = Event.objects.get(action_id=action_id, name="action.quarantined")
    assert (told.reason, told.subject_id) == ("RuntimeError", avery.pk)
    with clock_at(read_clock() + timedelta(days=2)):
        assert sweep_actions() == 0

    visitor = Visitor("avery")
    page = visitor.client.get(f"/requests/{action_id}/")
    assert says(page, "request.put_aside")

    colleague = staff("security1")
    assert says(colleague.get(""), "console.home.attempts", count=1)
    address = f"identity/sweepattempt/{action_id}/"
    page = colleague.get(f"{address}change/")
    assert has_text(page, "RuntimeError")
    assert not has_text(page, "a secret that")
    broken(None)
    answer = colleague.post(f"{address}requeue/")
    assert answer.status_code == 302
    assert Event.objects.get(action_id=action_id, name="action.requeued").actor == "security1"
    assert sweep_actions() == 1
    assert Action.objects.get(pk=action_id).status == "expired"
    assert not SweepAttempt.objects.exists()
    page = visitor.client.get(f"/requests/{action_id}/")
    assert not says(page, "request.put_aside")


def test_f34_only_who_may_has_it_tried_again(broken: Broken) -> None:
    action_id = due_actions(1)[0]
    broken(action_id)
    fail_until_put_aside()
    for name in ("support1", "auditor1", "legal1"):
        with pytest.raises(PermissionNeeded):
            try_put_aside_again(action_id, by=User.objects.get(username=name))
    assert SweepAttempt.objects.get().status == "quarantined"


def test_f34_what_its_person_brings_to_an_end_is_forgotten(broken: Broken) -> None:
    action_id = due_actions(1)[0]
    broken(action_id)
    fail_until_put_aside()
    Action.objects.filter(pk=action_id).update(status="cancelled", due_at=None)
    sweep_actions()
    assert not SweepAttempt.objects.exists()


def test_a_row_that_somebody_else_holds_is_left_and_costs_no_attempt() -> None:
    """What is locked is in use at this moment; it stays due."""
    ids = due_actions(2)
    assert sweep_actions(limit=1) == 1
    assert Action.objects.filter(pk__in=ids, status="expired").count() == 1
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM identity_sweepattempt")
        assert cursor.fetchone()[0] == 0
