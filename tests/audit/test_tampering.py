"""Ten thousand events, and everything that somebody who owns the database can do to them (F27)."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
from django.db import connection, transaction

from identity.audit.chain import link_of
from identity.audit.chaining import chain_events
from identity.audit.verifying import Verdict, links_after, verify_chain
from identity.audit.walk import Finding, Kind, Seen, Walk
from identity.models import ChainProgress, Event
from tests.audit.events import write_events
from tests.world.record import as_owner_without_scruples

People = list[tuple[int, str]]
MANY = 10_000


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
    write_events(MANY - Event.objects.count(), people)
    chain_events()
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


@pytest.mark.django_db
def test_f27_an_event_that_was_put_in_from_aside_is_found(people: People) -> None:
    """Somebody raised the mark below which the chaining does not look any more."""
    write_events(20, people)
    chain_events()
    write_events(1, people, first=20)
    event_id = Event.objects.latest("id").pk
    assert verify_chain().holds, "it only waits"
    ChainProgress.objects.update(settled=event_id)
    assert chain_events() == 0
    assert verify_chain().finding == Finding(Kind.NEVER_LINKED, event_id=event_id, other=1)
