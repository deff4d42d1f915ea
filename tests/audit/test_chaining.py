"""Events become links, whoever writes meanwhile; what is tampered with is found (F27)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction
from pytest_django import DjangoAssertNumQueries

from identity.audit.chain import START
from identity.audit.chaining import LOCK, chain_events, head_of_chain
from identity.audit.verifying import Verdict, verify_chain
from identity.models import ChainProgress, Event, EventLink, EventSalt
from tests.audit.events import INSERT, write_events

People = list[tuple[int, str]]


def linked(people: People, count: int) -> None:
    write_events(count, people)
    chain_events()


@pytest.mark.django_db
def test_q5_every_event_is_linked_once_and_the_chain_holds(people: People) -> None:
    chain_events()
    begun = head_of_chain().seq
    write_events(250, people)
    assert chain_events(batch=40) == 250
    assert chain_events() == 0
    assert head_of_chain().seq == begun + 250 == EventLink.objects.count() == Event.objects.count()
    assert set(EventLink.objects.values_list("event_id", flat=True)) == set(
        Event.objects.values_list("id", flat=True)
    )
    assert verify_chain() == Verdict(begun + 250, 0, 0)


@pytest.mark.django_db
def test_p6_one_salt_a_person_and_none_for_those_who_have_no_account(people: People) -> None:
    linked(people, 100)
    people_seen = set(Event.objects.values_list("subject_id", flat=True)) - {None}
    assert people_seen <= set(EventSalt.objects.values_list("person_id", flat=True))
    assert EventSalt.objects.count() <= len(people)
    plain = Event.objects.filter(actor="demo-payroll").values_list("id", flat=True)
    assert plain
    assert not EventLink.objects.filter(event_id__in=plain, actor_salt__isnull=False).exists()


@pytest.mark.django_db
def test_a_batch_costs_the_same_queries_whatever_its_size(
    people: People, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    linked(people, 100)
    for count in (10, 400):
        write_events(count, people, first=count)
        ChainProgress.objects.update(looked_at=None)
        with django_assert_max_num_queries(10):
            chain_events()


# -- the database itself ---------------------------------------------------------------------------

FORBIDDEN = [
    "UPDATE identity_event SET name = 'x'",
    "UPDATE identity_event SET subject_id = NULL",
    "UPDATE identity_event SET actor = ''",
    "DELETE FROM identity_event",
    "UPDATE identity_event_link SET hash = ''",
    "DELETE FROM identity_event_link",
]


@pytest.mark.django_db
@pytest.mark.parametrize("again", [False, True], ids=["by right", "by trigger"])
@pytest.mark.parametrize("sql", FORBIDDEN)
def test_q5_the_database_refuses_to_change_the_record(
    people: People, sql: str, again: bool
) -> None:
    """Twice over: the role has no right to, and one that took it back meets the trigger."""
    linked(people, 10)
    if again:
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("GRANT ALL ON identity_event, identity_event_link TO CURRENT_USER")
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


@pytest.mark.django_db
@pytest.mark.parametrize("table", ["identity_event", "identity_event_link"])
def test_q5_the_database_refuses_to_empty_the_record(people: People, table: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER {table}_no_truncate")
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"TRUNCATE {table} CASCADE")


# -- several at once -------------------------------------------------------------------------------


@pytest.fixture
def beside(transactional_db: None) -> Iterator[Callable[[], psycopg.Connection[Any]]]:
    """Further connections to the same database, whose record is linked so far."""
    settle()
    params = connection.get_connection_params()
    names = ("host", "port", "user", "password", "dbname")
    made: list[psycopg.Connection[Any]] = []

    def another() -> psycopg.Connection[Any]:
        made.append(psycopg.connect(**{name: params[name] for name in names}))
        return made[-1]

    yield another
    for each in made:
        each.close()


def insert(by: psycopg.Connection[Any]) -> int:
    row = by.execute(INSERT).fetchone()
    assert row is not None
    return int(row[0])


def linked_since(seq: int) -> list[int]:
    """The events in their order from place `seq` on."""
    return list(EventLink.objects.filter(seq__gte=seq).values_list("event_id", flat=True))


def settle(moments: int = 4) -> None:
    """As if so many pauses between looks had gone by."""
    for _ in range(moments):
        ChainProgress.objects.update(looked_at=None)
        chain_events()


def test_f27_an_event_that_commits_late_is_linked_late_and_none_is_forgotten(
    beside: Callable[[], psycopg.Connection[Any]],
) -> None:
    slow, quick = beside(), beside()
    early = insert(slow)
    late = insert(quick)
    quick.commit()
    settle()
    begun = EventLink.objects.get(event_id=late).seq
    assert linked_since(begun) == [late]
    assert ChainProgress.objects.get().settled < early, "the slow one may still commit"
    rolled_back = insert(quick)
    quick.rollback()
    last = insert(quick)
    quick.commit()
    settle()
    slow.commit()
    settle()
    assert rolled_back < last
    assert linked_since(begun) == [late, last, early]
    assert ChainProgress.objects.get().settled == last
    assert verify_chain().holds


def test_writers_do_not_wait_for_the_chaining_nor_it_for_them(
    beside: Callable[[], psycopg.Connection[Any]],
) -> None:
    """A run that holds everything it takes, and a writer that holds everything it takes."""
    chainer, writer = beside(), beside()
    writer.execute("SET lock_timeout = 1")
    begun = head_of_chain().seq
    chainer.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    link = "INSERT INTO identity_event_link (seq, event_id, hash) VALUES (%s, 0, '')"
    chainer.execute(link, [begun + 1])
    written = insert(writer)
    writer.commit()
    assert chain_events() == 0, "somebody else is at it"
    chainer.rollback()
    open_still = insert(writer)
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = 1")
    assert chain_events() == 1
    with connection.cursor() as cursor:
        cursor.execute("RESET lock_timeout")
    assert head_of_chain().hash != START
    writer.commit()
    assert chain_events() == 1
    assert linked_since(begun + 1) == [written, open_still]


def test_the_chain_goes_on_after_a_restore_into_another_cluster(
    beside: Callable[[], psycopg.Connection[Any]],
) -> None:
    """There the numbers of transactions begin anew."""
    insert(by := beside())
    by.commit()
    settle()
    ChainProgress.objects.update(fence=10**15, candidate=10**6)
    insert(by)
    by.commit()
    settle()
    assert ChainProgress.objects.get().settled < 10**6
    assert EventLink.objects.count() == Event.objects.count()
    assert verify_chain().holds
