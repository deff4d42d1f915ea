"""Beat and workers whose machine's clock is wrong: sweeps go on, the database's clock decides."""

from __future__ import annotations

import threading
import time
import uuid
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from celery.contrib.testing.worker import start_worker
from kombu import Connection

from config.celery import TickScheduler, app

HOUR = timedelta(hours=1)


@pytest.fixture
def queue() -> str:
    """A queue of its own."""
    return f"clocks-{uuid.uuid4().hex}"


def told(connection: Connection, queue: str) -> int:
    """How many messages lie in the queue."""
    waiting = connection.SimpleQueue(queue)
    try:
        return waiting.qsize()
    finally:
        waiting.close()


@pytest.mark.parametrize("jump", [HOUR, -HOUR])
def test_f36_a_clock_that_jumps_keeps_no_beat_from_its_ticks(queue: str, jump: timedelta) -> None:
    scheduler = TickScheduler(app, lazy=True)
    entry = {"task": "identity.sweep_actions", "schedule": 0.01, "options": {"queue": queue}}
    scheduler.update_from_dict({"sweep": entry})
    with app.connection_for_write() as connection:
        scheduler.tick()
        assert told(connection, queue) == 1
        with time_machine.travel(datetime.now(UTC) + jump, tick=True):
            ends = time.monotonic() + 5
            while told(connection, queue) == 1 and time.monotonic() < ends:
                assert scheduler.tick() <= 0.01
        assert told(connection, queue) > 1


def test_f36_beat_waits_for_what_is_due_first(queue: str) -> None:
    scheduler = TickScheduler(app, lazy=True)
    options = {"options": {"queue": queue}}
    scheduler.update_from_dict(
        {
            "often": {"task": "identity.sweep_actions", "schedule": 5.0, **options},
            "seldom": {"task": "presence.keep_partitions", "schedule": 60.0, **options},
        }
    )
    with app.connection_for_write() as connection:
        assert 4 < scheduler.tick() <= 5
        assert told(connection, queue) == 2
        assert 4 < scheduler.tick() <= 5
        assert told(connection, queue) == 2


def test_f42_a_connection_on_which_a_tick_fails_is_given_up(queue: str) -> None:
    scheduler = TickScheduler(app, lazy=True)
    told_to = {"task": "identity.sweep_actions", "schedule": 60.0, "options": {"queue": queue}}
    scheduler.update_from_dict({"broken": {**told_to, "args": [object()]}})
    before = scheduler.connection
    scheduler.tick()
    assert not before.connected
    scheduler.update_from_dict({"sound": told_to})
    with app.connection_for_write() as connection:
        scheduler.tick()
        assert scheduler.connection is not before
        assert told(connection, queue) == 1


def test_f36_a_tick_from_a_clock_that_is_behind_is_not_lost() -> None:
    """To the worker it seems to be an hour old, as every one of them will."""
    looked = threading.Event()
    name = f"tests.clocks.{uuid.uuid4().hex}"
    app.task(name=name)(looked.set)
    app.control.purge()
    try:
        with start_worker(app, pool="solo", perform_ping_check=False, shutdown_timeout=30):
            app.send_task(name, expires=datetime.now(UTC) - HOUR)
            assert looked.wait(20)
    finally:
        del app.tasks[name]
