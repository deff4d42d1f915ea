"""The log becomes partitions, and one table again, with the rows it holds (P6)."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from config.lifecycle import fetch, read_clock
from identity.models import Device, User
from presence.ingest import ingest_signals
from presence.models import SignalSource
from presence.partitions import keep_partitions, partition_of
from presence.signals import SignalIn

BEFORE, AFTER = "0002_rules_in_force", "0003_partitions"
COLUMNS = "id, subject_id, kind, value, device_id, source, observed_at, received_at"
DAY = timedelta(days=1)

pytestmark = pytest.mark.django_db


def migrate(name: str) -> None:
    """Take presence to that migration; the test's own transaction takes all of it back."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    MigrationExecutor(connection).migrate([("presence", name)])


def newest() -> str:
    found = MigrationExecutor(connection).loader.graph.leaf_nodes("presence")
    return str(found[0][1])


def rows() -> list[Any]:
    return fetch(f"SELECT {COLUMNS} FROM presence_signal ORDER BY id")


def put(person: User, kind: str, at: datetime, device: uuid.UUID | None = None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO presence_signal"
            " (subject_id, kind, value, device_id, source, observed_at, received_at)"
            " VALUES (%s, %s, '', %s, 'application', %s, %s)",
            [person.pk, kind, device, at, at],
        )


@pytest.fixture
def people(demo: None) -> tuple[User, Device]:
    """Somebody with a device, and a log that is empty."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM presence_signal")
    person = User.objects.create_user("quill")
    now = read_clock()
    device = Device.objects.create(
        user=person, reference="quill-phone", name="x", first_seen_at=now, last_seen_at=now
    )
    return person, device


def test_p6_rows_of_every_age_go_to_partitions_and_back(people: tuple[User, Device]) -> None:
    person, device = people
    now = read_clock()
    ages = [timedelta(), DAY, 5 * DAY, timedelta(days=settings.SIGNAL_RETENTION_DAYS + 20)]
    migrate(BEFORE)
    assert fetch("SELECT relkind::text FROM pg_class WHERE relname = 'presence_signal'") == [("r",)]
    for age in ages:
        put(person, "heartbeat", now - age)
        put(person, "heartbeat", now - age, device.pk)
    put(person, "heartbeat", now)  # observed twice: kept once
    old = rows()
    assert len(old) == 2 * len(ages) + 1

    migrate(AFTER)
    once = old[:-1]
    assert rows() == once
    where = fetch("SELECT DISTINCT tableoid::regclass::text FROM presence_signal ORDER BY 1")
    assert [name for (name,) in where] == sorted(partition_of((now - age).date()) for age in ages)
    put(person, "device_seen", now)  # numbers go on after those there are
    assert rows()[-1][0] > max(row[0] for row in once)

    migrate(BEFORE)
    assert [row[1:] for row in rows()] == [row[1:] for row in once] + [
        (person.pk, "device_seen", "", None, "application", now, now)
    ]
    put(person, "push_accepted", now)
    assert len({row[0] for row in rows()}) == len(once) + 2

    migrate(newest())  # and the product goes on with them
    kept = keep_partitions()
    assert kept.dropped == ((now - ages[-1]).date(),)
    assert len(rows()) == len(once)  # two are gone by age, two came meanwhile
    seen = SignalIn(person.pk, "network", now, "lost", device.pk)
    assert ingest_signals([seen], SignalSource.APPLICATION) == []
    assert len(rows()) == len(once) + 1


def test_p6_backwards_a_signal_of_a_device_that_is_gone_keeps_its_person(
    people: tuple[User, Device],
) -> None:
    person, device = people
    now = read_clock()
    put(person, "heartbeat", now, device.pk)
    put(person, "device_seen", now, uuid.uuid4())  # the log has no foreign keys
    migrate(BEFORE)
    assert sorted((row[2], row[4]) for row in rows()) == [
        ("device_seen", None),
        ("heartbeat", device.pk),
    ]
    migrate(newest())
    assert len(rows()) == 2


def test_p6_a_refusal_of_prompts_is_known_since_when(people: tuple[User, Device]) -> None:
    person, _ = people
    now = read_clock()
    migrate(BEFORE)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO presence_presence (subject_id, status, version, since, reasons,"
            " heartbeat_foreground, permission_denied_at)"
            " VALUES (%s, 'delayed', 0, %s, '[]', true, %s)",
            [person.pk, now, now],
        )
    migrate(newest())
    sql = "SELECT permission_at FROM presence_presence WHERE subject_id = %s"
    assert fetch(sql, [person.pk]) == [(now,)]
