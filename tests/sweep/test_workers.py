"""Workers that race, are killed, stop for too long or die of an action (F33, F34, F36, F38)."""

from __future__ import annotations

import os
import signal
import uuid
from datetime import datetime, timedelta

import pytest
from django.db.models import Count

from config.lifecycle import clock_at, read_clock
from identity.actions.claiming import LEASE
from identity.actions.sweeping import sweep_actions
from identity.models import Action, Event, SweepAttempt, SweepBatch
from tests.sweep.conftest import SPAWN, Start
from tests.sweep.crowd import due_actions
from tests.world.sessions import alone

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("demo")]
SECOND = timedelta(seconds=1)


def each_once(ids: list[uuid.UUID]) -> None:
    """Every one of them is expired, told by exactly one event, and nothing is left claimed."""
    assert set(Action.objects.filter(pk__in=ids).values_list("status", flat=True)) == {"expired"}
    told = Event.objects.filter(action_id__in=ids, name="action.expired")
    counted = told.values("action_id").annotate(count=Count("id")).values_list("count", flat=True)
    assert list(counted) == [1] * len(ids)
    assert not SweepBatch.objects.exists()


def test_f36_three_sweeps_at_once_move_each_action_once(start: Start) -> None:
    ids = due_actions(300)
    gate, out = SPAWN.Barrier(3), SPAWN.Queue()
    for _ in range(3):
        start({"gate": True}, gate, out)
    assert sum(out.get(timeout=90) for _ in range(3)) == 300
    each_once(ids)


def test_f33_a_killed_workers_batch_is_taken_over_within_two_leases(start: Start) -> None:
    ids = due_actions(150)
    signs, out = (SPAWN.Event(), SPAWN.Event()), SPAWN.Queue()
    worker = start({"stop_at": 50}, signs, out)
    assert signs[0].wait(60)
    killed = read_clock()
    assert sweep_actions() == 50  # what it had not claimed is nobody's loss
    worker.kill()
    alone()
    assert sweep_actions() == 0  # it may still be alive, for all that anybody knows
    with clock_at(killed + LEASE + 5 * SECOND):  # the next sweep after the lease
        assert LEASE + 5 * SECOND <= 2 * LEASE
        assert sweep_actions() == 100
    each_once(ids)
    assert not SweepAttempt.objects.exists()  # moved alone, and cleared


def test_f38_a_worker_that_stopped_past_its_lease_commits_nothing(start: Start) -> None:
    ids = due_actions(20)
    signs, out = (SPAWN.Event(), SPAWN.Event()), SPAWN.Queue()
    worker = start({"stop_at": 10, "lease": 1.0}, signs, out)
    assert signs[0].wait(60)
    os.kill(worker.pid, signal.SIGSTOP)
    alone()  # the database ended its session, and with it its locks
    with clock_at(read_clock() + 2 * SECOND):
        assert sweep_actions() == 20
    each_once(ids)
    versions = dict(Action.objects.filter(pk__in=ids).values_list("pk", "version"))
    os.kill(worker.pid, signal.SIGCONT)
    signs[1].set()
    assert out.get(timeout=60) in (0, "OperationalError", "InterfaceError", "InternalError")
    each_once(ids)
    assert dict(Action.objects.filter(pk__in=ids).values_list("pk", "version")) == versions


def test_f38_a_worker_that_stopped_before_its_work_finds_it_taken(start: Start) -> None:
    """The lease ran out between the claim and the work: nothing is locked, and nothing done."""
    ids = due_actions(5)
    SweepBatch.objects.create(actions=ids, lease_until=read_clock() - SECOND)
    assert sweep_actions() == 5
    each_once(ids)


def test_f34_an_action_that_kills_its_worker_is_put_aside_and_its_neighbours_are_moved(
    start: Start,
) -> None:
    ids = due_actions(6)
    poison, others = ids[2], [*ids[:2], *ids[3:]]
    at: datetime = read_clock()
    deaths = 0
    for life in range(1, 12):
        out = SPAWN.Queue()
        worker = start({"dies_of": str(poison), "at": at}, None, out)
        worker.join(60)
        deaths += worker.exitcode == 1
        if life == 3:  # taken one by one by now, and nobody waits for the one that kills
            assert Action.objects.filter(pk__in=others, status="expired").count() == len(others)
        attempt = SweepAttempt.objects.filter(pk=poison).first()
        if attempt is not None and attempt.status == "quarantined":
            break
        alone()
        at += timedelta(minutes=20)
    assert attempt is not None
    assert deaths == 5
    assert (attempt.count, attempt.last_error) == (5, "worker_died")
    assert set(SweepAttempt.objects.values_list("pk", flat=True)) == {poison}
    assert Event.objects.filter(action_id=poison, name="action.quarantined").count() == 1
    assert Action.objects.get(pk=poison).status == "fallback"
    with clock_at(at + timedelta(days=1)):
        assert sweep_actions() == 0
