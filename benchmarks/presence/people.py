"""A scratch database with as many people as wanted, each with a row of presence."""

from __future__ import annotations

import random
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta

from django.db import connection, models

from config.lifecycle import read_clock
from identity.models import User
from identity.policy_activation import install_default_policy
from presence.models import Presence
from presence.signals import SignalIn


@contextmanager
def scratch_database(name: str | None = None) -> Iterator[None]:
    """An empty database with the default policy in force, gone afterwards. The one opened last is
    the one that is used; `name` tells it from others that are open."""
    connection.settings_dict["TEST"]["NAME"] = name
    created = connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        install_default_policy()
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = created
        connection.creation.destroy_test_db("unused", verbosity=0)


def add_people(count: int) -> list[int]:
    """`count` people who are available for a day yet, by a heartbeat; their keys.

    The rows come in no order of time or key, as in a table that has been in use.
    """
    now = read_clock()
    pattern = User.objects.create(username=uuid.uuid4().hex)
    Presence.objects.create(
        subject=pattern,
        status="available",
        since=now,
        reasons=["device_awake"],
        heartbeat_at=now - timedelta(minutes=1),
        device_seen_at=now - timedelta(days=1),
        changes_at=now + timedelta(days=1),
    )
    _multiply(User, pattern.pk, count, {"username": "md5(n::text || clock_timestamp())"})
    first = pattern.pk + 1
    numbers = f"(SELECT k FROM generate_series({first}, {first + count - 1}) k ORDER BY random())"
    _multiply(Presence, pattern.pk, count, {"subject_id": "n"}, numbers)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE identity_user, presence_presence")
    return list(range(first, first + count))


def _multiply(
    model: type[models.Model], key: int, count: int, other: dict[str, str], numbers: str = ""
) -> None:
    """Copy the row `key` `count` times with `other` columns as SQL over the number `n`."""
    columns = [field.column for field in model._meta.concrete_fields if field.column != "id"]
    chosen = ", ".join(other.get(name, f"r.{name}") for name in columns)
    table, primary = model._meta.db_table, model._meta.pk.column
    source = numbers or f"generate_series(1, {count})"
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({', '.join(columns)})"
            f" SELECT {chosen} FROM {table} r, {source} AS s(n) WHERE r.{primary} = {key}"
        )


class Heartbeats:
    """Batches of heartbeats in the foreground of people chosen evenly at random; each newer than
    all before, as live ones are."""

    def __init__(self, people: Sequence[int], seed: int = 1) -> None:
        self.people = people
        self.devices = [uuid.uuid4() for _ in range(1000)]
        self.random = random.Random(seed)

    def batch(self, size: int = 1000) -> list[SignalIn]:
        """One batch, of as many people."""
        now = read_clock()
        return [
            SignalIn(person, "heartbeat", now, "foreground", device)
            for person, device in zip(
                self.random.sample(self.people, size), self.devices, strict=False
            )
        ]
