"""Fifty writers in several processes while the chaining runs: nothing lost, no false alarm."""

from __future__ import annotations

import multiprocessing
import queue
import threading
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connection
from pytest_django.fixtures import Settings

from config.lifecycle import read_clock
from identity.audit.chaining import chain_events
from identity.audit.checkpoints import write_checkpoint
from identity.audit.recheck import verify_record
from identity.models import Event, EventLink, User
from tests.audit.events import INSERT
from tests.audit.writing import ROUNDS, write

pytestmark = pytest.mark.django_db(transaction=True)
SPAWN = multiprocessing.get_context("spawn")
PROCESSES, THREADS = 5, 10


def beside_the_crowd() -> psycopg.Connection[Any]:
    """One more connection to the same database."""
    params = connection.get_connection_params()
    names = ("host", "port", "user", "password", "dbname")
    return psycopg.connect(**{name: params[name] for name in names})


def test_f27_fifty_writers_and_two_chainings_at_once_and_no_false_alarm(
    settings: Settings, tmp_path: Path
) -> None:
    settings.AUDIT_CHECKPOINT_DIR = tmp_path
    User.objects.create_user("ann")
    User.objects.create_user("bob")
    begun = Event.objects.count()
    name = {"NAME": connection.settings_dict["NAME"]}
    gate, kept = SPAWN.Barrier(PROCESSES + 1), SPAWN.Queue()
    crowd = [
        SPAWN.Process(target=write, args=(name, number, THREADS, gate, kept))
        for number in range(PROCESSES)
    ]
    for each in crowd:
        each.start()
    over, linked_beside = threading.Event(), []
    slow = beside_the_crowd()
    late = slow.execute(INSERT).fetchone()
    assert late is not None

    def chain_beside() -> None:
        try:
            while not over.is_set():
                linked_beside.append(chain_events(batch=50))
        finally:
            connection.close()

    beside = threading.Thread(target=chain_beside)
    gate.wait(120)
    beside.start()
    written: list[int] = []
    alarms = []
    while len(written) < PROCESSES:
        chain_events(batch=50)
        alarms += [write_checkpoint(read_clock()), verify_record().finding]
        try:
            written.append(kept.get(timeout=0.05))
        except queue.Empty:
            pass
    slow.commit()
    slow.close()
    over.set()
    beside.join(60)
    for each in crowd:
        each.join(60)
    chain_events()
    assert write_checkpoint(read_clock()) is None
    verification = verify_record()
    assert set(alarms) == {None}, alarms
    assert verification.holds
    assert 0 < sum(written) < PROCESSES * THREADS * ROUNDS * 3, "some gave up, as planned"
    assert Event.objects.count() == begun + sum(written) + 1
    assert sum(linked_beside) > 0
    assert verification.verdict.links == EventLink.objects.count() == Event.objects.count()
    ids = list(EventLink.objects.values_list("event_id", flat=True))
    assert ids.index(late[0]) > begun, "it committed last and is linked late"
