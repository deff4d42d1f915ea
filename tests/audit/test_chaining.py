"""Events become links, whoever writes meanwhile; what is tampered with is found (F27)."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction
from pytest_django import DjangoAssertNumQueries

from identity.audit.chain import START, link_of
from identity.audit.chaining import LOCK, chain_events, head_of_chain
from identity.audit.verifying import Verdict, links_after, verify_chain
from identity.audit.walk import Finding, Kind, Seen, Walk
from identity.models import ChainProgress, Event, EventLink, EventSalt
from tests.audit.events import write_events
from tests.world.record import as_owner_without_scruples

People = list[tuple[int, str]]
MANY = 10_000


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


# -- what somebody can do who owns the database ---------------------------------------------------


@contextmanager
def tampered(sql: str, *parameters: Any) -> Iterator[None]:
    """As it is after `sql`, and as it was again afterwards."""
    point = transaction.savepoint()
    with connection.cursor() as cursor, as_owner_without_scruples():
        cursor.execute(sql, parameters)
    yield
    transaction.savepoint_rollback(point)


@pytest.mark.django_db
def test_f27_every_deed_in_ten_thousand_events_is_found(people: People) -> None:
    """Edits, deletions, swaps and cuts at every single place (by the walk, from the rows as they
    are stored), and a sample of them done to the tables themselves."""
    linked(people, MANY - Event.objects.count())
    chain = list(links_after(0))
    vouched = [(seen.link.seq, seen.link.hash) for seen in chain if seen.link.seq % 1000 == 0]
    assert len(chain) == MANY == vouched[-1][0]
    assert verify_chain(vouched) == Verdict(MANY, 10, 0)
    _everywhere(chain, vouched)
    _in_the_tables(chain, vouched)


def _everywhere(chain: list[Seen], vouched: list[tuple[int, bytes]]) -> None:
    """The state before each place is that of a whole walk up to it, so one step tells."""
    walk = Walk(vouched)
    for place, seen in enumerate(chain):
        assert seen.entry is not None
        following = chain[place + 1] if place + 1 < MANY else None
        swapped = chain[(place * 7919 + 1) % MANY]
        assert swapped.entry is not None
        deeds = [
            (Kind.EDITED, replace(seen, entry=replace(seen.entry, reason="forged"))),
            (Kind.EDITED, replace(seen, entry=replace(seen.entry, subject_id=10**9))),
            (Kind.EDITED, replace(seen, entry=replace(swapped.entry, id=seen.entry.id))),
            (Kind.DELETED, replace(seen, entry=None)),
        ]
        if swapped is seen:
            deeds.pop(2)
        if following is not None:
            deeds.append((Kind.CUT if place else Kind.HEAD_CUT, following))
        for kind, deed in deeds:
            branch = replace(walk, gone={}, told=set())
            found = branch.step(deed)
            assert found is not None, (place, kind)
            assert (found.kind, found.seq) == (kind, place + 1)
        cut = replace(walk).end()
        assert cut is not None
        assert cut.kind is Kind.TAIL_CUT
        if place < MANY:
            forged = link_of(
                seen.link.seq,
                walk.head,
                replace(seen.entry, reason="forged"),
                None,
                None,
            )
            rewritten = Walk([(seen.link.seq, seen.link.hash)], walk.seq, walk.head)
            found = rewritten.step(
                Seen(forged, replace(seen.entry, reason="forged", subject_id=None))
            )
            assert found is not None
        assert walk.step(seen) is None
    assert walk.end() is None


def _in_the_tables(chain: list[Seen], vouched: list[tuple[int, bytes]]) -> None:
    dice = random.Random(6)

    def found_after(sql: str, *parameters: Any) -> Finding:
        with tampered(sql, *parameters):
            verdict = verify_chain(vouched)
        assert verdict.finding is not None, sql
        return verdict.finding

    for seq in (1, dice.randrange(2, MANY), MANY):
        event_id = chain[seq - 1].link.event_id
        for change in ("reason = 'x'", "at = at + interval '1 microsecond'", "actor = 'x'"):
            found = found_after(f"UPDATE identity_event SET {change} WHERE id = %s", event_id)
            assert found == Finding(Kind.EDITED, seq, event_id), change
        found = found_after("DELETE FROM identity_event WHERE id = %s", event_id)
        assert found == Finding(Kind.DELETED, seq, event_id)
    one, two = chain[4000].link, chain[4100].link
    swap = (
        "UPDATE identity_event AS one SET {} FROM identity_event AS two"
        " WHERE (one.id, two.id) IN ((%s, %s), (%s, %s))"
    ).format(", ".join(f"{n} = two.{n}" for n in CONTENT))
    ids = (one.event_id, two.event_id, two.event_id, one.event_id)
    assert found_after(swap, *ids) == Finding(Kind.SWAPPED, one.seq, one.event_id, two.event_id)
    head = found_after("DELETE FROM identity_event_link WHERE seq <= 500")
    assert (head.kind, head.seq, head.other) == (Kind.HEAD_CUT, 1, 500)
    gap = found_after("DELETE FROM identity_event_link WHERE seq BETWEEN 700 AND 800")
    assert (gap.kind, gap.seq, gap.other) == (Kind.CUT, 700, 800)
    tail = found_after("DELETE FROM identity_event_link WHERE seq > 9990")
    assert tail == Finding(Kind.TAIL_CUT, 9990, other=MANY)
    assert found_after("DELETE FROM identity_event_link").kind is Kind.TAIL_CUT
    hidden = found_after(
        "WITH gone AS (DELETE FROM identity_event_salt WHERE id = %s)"
        " UPDATE identity_event AS event SET subject_id = NULL, object_id = '',"
        " attributes = '{}', actor = '' FROM identity_event_link AS link"
        " WHERE link.event_id = event.id AND %s IN (link.subject_salt, link.actor_salt)",
        chain[0].link.subject_salt or chain[1].link.subject_salt,
        chain[0].link.subject_salt or chain[1].link.subject_salt,
    )
    assert hidden.kind in (Kind.EDITED, Kind.FORGOTTEN_UNTOLD)
    _rewritten_in_the_tables(chain, vouched)
    assert verify_chain(vouched).holds


CONTENT = (
    "name",
    "at",
    "kind",
    "object_id",
    "subject_id",
    "action_id",
    "from_state",
    "to_state",
    "reason",
    "actor",
    "attributes",
)


def _rewritten_in_the_tables(chain: list[Seen], vouched: list[tuple[int, bytes]]) -> None:
    """The whole chain is made anew over a forged event, by the product's own code."""
    point = transaction.savepoint()
    with connection.cursor() as cursor, as_owner_without_scruples():
        cursor.execute(
            "UPDATE identity_event SET reason = 'forged' WHERE id = %s", [chain[2500].link.event_id]
        )
        cursor.execute("DELETE FROM identity_event_link")
        cursor.execute("DELETE FROM identity_event_progress")
    assert chain_events() == MANY
    assert verify_chain().holds
    found = verify_chain(vouched).finding
    assert found is not None
    assert (found.kind, found.seq) == (Kind.REWRITTEN, 1000 if _reordered(chain) else 3000)
    transaction.savepoint_rollback(point)


def _reordered(chain: list[Seen]) -> bool:
    """Whether the first links were made in another order than that of the ids."""
    ids = [seen.link.event_id for seen in chain]
    return ids != sorted(ids)


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


INSERT = (
    "INSERT INTO identity_event (name, at, kind, object_id, from_state, to_state, reason, actor,"
    " attributes) VALUES ('policy.signed', clock_timestamp(), 'policy', '1', '', '', '', '', '{}')"
    " RETURNING id"
)


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
