"""The log by days: made ahead, dropped in time, never in the way of a signal (P6)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from threading import Barrier

import psycopg
import pytest
from django.db import connection, connections
from pytest_django.fixtures import Settings

from config.lifecycle import clock_at, fetch, read_clock
from identity.models import User
from presence.ingest import SignalIn, ingest_signals
from presence.models import Presence, Signal, SignalSource
from presence.partitions import AHEAD, DEFAULT, Kept, keep_partitions, partition_of
from presence.tasks import keep_partitions_task
from tests.presence.ruled import NOON

DAY = timedelta(days=1)
TODAY = NOON.date()


@pytest.fixture
def person(demo: None) -> User:
    """Somebody of whom nothing is known."""
    user: User = User.objects.create_user("quill")
    return user


def days() -> list[date]:
    """The days that have a partition of the log."""
    rows = fetch(
        "SELECT inhrelid::regclass::text FROM pg_inherits"
        " WHERE inhparent = 'presence_signal'::regclass AND inhrelid <> %s::regclass"
        " ORDER BY 1",
        [DEFAULT],
    )
    return [date.fromisoformat(name.rsplit("_", 1)[1]) for (name,) in rows]


def keep(now: datetime) -> Kept:
    with clock_at(now):
        return keep_partitions()


def beat(person: User, now: datetime) -> None:
    """A heartbeat that is received at `now`."""
    assert ingest_signals([SignalIn(person.pk, "heartbeat", now)], SignalSource.PAGE, now) == []


def where(person: User) -> list[str]:
    """In which partitions the person's signals lie, oldest first."""
    rows = fetch(
        "SELECT tableoid::regclass::text FROM presence_signal WHERE subject_id = %s"
        " ORDER BY received_at",
        [person.pk],
    )
    return [name for (name,) in rows]


@pytest.mark.django_db
def test_an_installation_begins_with_days_ahead() -> None:
    today = read_clock().date()
    assert {today + DAY * ahead for ahead in range(1, 4)} <= set(days())


@pytest.mark.django_db
def test_p6_days_are_made_ahead_and_dropped_when_their_time_is_over(
    person: User, settings: Settings
) -> None:
    settings.SIGNAL_RETENTION_DAYS = 3
    first = keep(NOON)
    assert first.made == tuple(TODAY + DAY * ahead for ahead in range(AHEAD + 1))
    beat(person, NOON)
    assert where(person) == [partition_of(TODAY)]
    assert keep(NOON) == Kept()  # again, at once: nothing to do
    for later in (1, 2):
        assert keep(NOON + later * DAY).dropped == ()
    assert TODAY in days()
    # From the third midnight on; nothing is kept for longer than three days.
    midnight = NOON.replace(hour=0) + 3 * DAY
    assert keep(midnight - timedelta(microseconds=1)).dropped == ()
    assert TODAY in keep(midnight).dropped
    assert TODAY not in days()
    assert where(person) == []
    assert Presence.objects.filter(pk=person.pk).exists()  # the newest of each kind stays


@pytest.mark.django_db
def test_workers_may_rest_for_a_week_and_longer(person: User) -> None:
    keep(NOON)
    after_a_week, after_a_month = NOON + 7 * DAY, NOON + 30 * DAY
    beat(person, after_a_week)
    beat(person, after_a_month)
    assert where(person) == [partition_of(after_a_week.date()), DEFAULT]
    # The day that began in the default partition stays there; those after it get their own.
    kept = keep(after_a_month)
    assert after_a_month.date() not in kept.made
    assert after_a_month.date() + DAY in kept.made
    beat(person, after_a_month + DAY)
    assert where(person)[-2:] == [DEFAULT, partition_of(after_a_month.date() + DAY)]
    # And retention holds for it as for all others.
    assert keep(after_a_month + 13 * DAY).deleted == 0
    assert keep(after_a_month + 14 * DAY).deleted == 1


@pytest.mark.django_db
def test_a_day_that_was_taken_out_and_not_dropped_is_dropped_the_next_time(person: User) -> None:
    keep(NOON)
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE presence_signal DETACH PARTITION {partition_of(TODAY)}")
    assert TODAY in keep(NOON + DAY).dropped
    assert fetch("SELECT to_regclass(%s)", [partition_of(TODAY)]) == [(None,)]


@pytest.mark.django_db
def test_the_log_works_with_the_orm_by_its_plain_id(person: User) -> None:
    row = Signal.objects.create(
        subject=person, kind="heartbeat", source="page", observed_at=NOON, received_at=NOON
    )
    assert Signal.objects.get(pk=row.pk).subject == person
    Signal.objects.filter(pk=row.pk).update(value="background")
    row.refresh_from_db()
    assert row.value == "background"
    person.delete()
    assert not Signal.objects.filter(pk=row.pk).exists()


@pytest.fixture
def tidy(transactional_db: None) -> Iterator[None]:
    """What was made for other days than ours goes again."""
    before = set(days())
    yield
    for day in set(days()) - before:
        with connection.cursor() as cursor:
            cursor.execute(f"DROP TABLE {partition_of(day)}")


@pytest.mark.usefixtures("tidy")
def test_f36_two_workers_at_once_make_each_day_once() -> None:
    gate = Barrier(2)

    def work() -> tuple[date, ...]:
        try:
            gate.wait()
            return keep(NOON).made
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        first, second = (each.result() for each in [pool.submit(work), pool.submit(work)])
    assert not set(first) & set(second)
    keep(NOON)
    assert {TODAY + DAY * ahead for ahead in range(AHEAD + 1)} <= set(days())


@pytest.mark.usefixtures("tidy")
def test_a_long_reader_keeps_a_day_and_stops_nobody(
    demo: None, django_user_model: type[User]
) -> None:
    person = django_user_model.objects.create_user("quill")
    keep(NOON)
    params = connection.get_connection_params()
    names = ("host", "port", "user", "password", "dbname")
    with psycopg.connect(**{name: params[name] for name in names}) as reader:
        reader.execute("SELECT count(*) FROM presence_signal")  # holds all its partitions
        assert TODAY not in keep(NOON + 14 * DAY).dropped
        beat(person, NOON)
        assert where(person) == [partition_of(TODAY)]
    assert TODAY in keep(NOON + 14 * DAY).dropped


@pytest.mark.django_db
def test_the_task_looks_after_the_log(person: User, later: Callable[[timedelta], datetime]) -> None:
    later(3 * DAY)
    keep_partitions_task()
    assert read_clock().date() + AHEAD * DAY in days()
