"""A worker is killed at every point of a delivery: one effect, whatever was on its way (F40)."""

from __future__ import annotations

import multiprocessing
import os
import signal
from datetime import timedelta

import pytest
from django.db import connection

from config.lifecycle import clock_at, read_clock
from identity.models import Action, Event
from identity.webhooks.claiming import LEASE
from identity.webhooks.sending import deliver_due
from tests.once.dying import deliver_and_die
from tests.world.demo import Application
from tests.world.receiver import Receiver
from tests.world.sessions import alone

pytestmark = pytest.mark.django_db(transaction=True)
SPAWN = multiprocessing.get_context("spawn")


@pytest.mark.parametrize(
    ("point", "arrivals"), [("claimed", 1), ("sent", 2), ("settling", 2), ("settled", 1)]
)
def test_f40_a_kill_at_any_point_leaves_one_effect(
    payroll: Application, receiver: Receiver, point: str, arrivals: int
) -> None:
    action_id = payroll.ask("avery", "payslip.view").json()["id"]
    worker = SPAWN.Process(
        target=deliver_and_die, args=(dict(connection.settings_dict), point), daemon=True
    )
    worker.start()
    worker.join(60)
    assert worker.exitcode == -signal.SIGKILL
    assert Action.objects.get(pk=action_id).sealed_payload if point != "settled" else True
    assert deliver_due() == 0  # still on lease, or done
    with clock_at(read_clock() + LEASE + timedelta(seconds=1)):
        deliver_due()
        deliver_due()
    assert len(receiver.received) == arrivals
    assert len({each["headers"]["webhook-id"] for each in receiver.received}) == 1
    action = Action.objects.get(pk=action_id)
    assert (action.status, bytes(action.sealed_payload)) == ("committed", b"")
    names = Event.objects.filter(action_id=action_id, name="action.committed")
    assert names.count() == 1


def test_f38_a_worker_that_stops_while_it_writes_an_answer_down_commits_nothing(
    payroll: Application, receiver: Receiver
) -> None:
    action_id = payroll.ask("avery", "payslip.view").json()["id"]
    worker = SPAWN.Process(
        target=deliver_and_die, args=(dict(connection.settings_dict), "stopped"), daemon=True
    )
    worker.start()
    assert os.WIFSTOPPED(os.waitpid(worker.pid or 0, os.WUNTRACED)[1])
    alone()  # the database ended its session, and with it its locks
    with clock_at(read_clock() + LEASE + timedelta(seconds=1)):
        assert deliver_due() == 1
    version = Action.objects.get(pk=action_id).version
    os.kill(worker.pid or 0, signal.SIGCONT)
    worker.join(60)
    assert worker.exitcode == 1  # its session is gone
    action = Action.objects.get(pk=action_id)
    assert (action.status, action.version) == ("committed", version)
    assert Event.objects.filter(action_id=action_id, name="action.committed").count() == 1
    assert len({each["headers"]["webhook-id"] for each in receiver.received}) == 1
