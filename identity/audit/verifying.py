"""Verifying the record: every link with its event and salts, held against the checkpoints.

Reads in batches inside one snapshot, so memory does not grow with the record and what is written
meanwhile does not disturb.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from config.lifecycle import fetch
from identity.audit.chain import Entry, Link
from identity.audit.chaining import COLUMNS, EVENT, entry_of
from identity.audit.walk import Finding, Kind, Seen, Walk, swapped_with

BATCH = 5_000
NEAR = 10_000
"""So many places before and after are searched for the other one of a swap."""

_JOINED = f"""
SELECT link.seq, link.event_id, link.hash, link.subject_salt, link.subject_mark,
    link.actor_salt, link.actor_mark, subject.salt, actor.salt, {EVENT}
FROM identity_event_link AS link
LEFT JOIN identity_event AS event ON event.id = link.event_id
LEFT JOIN identity_event_salt AS subject ON subject.id = link.subject_salt
LEFT JOIN identity_event_salt AS actor ON actor.id = link.actor_salt
WHERE link.seq > %s ORDER BY link.seq LIMIT %s
"""  # noqa: S608
_NEIGHBOURS = f"""
SELECT {EVENT} FROM identity_event AS event WHERE event.id BETWEEN %s AND %s ORDER BY event.id
"""  # noqa: S608
_UNLINKED = """
SELECT count(*), coalesce(min(event.id), 0) FROM identity_event AS event
WHERE event.id <= (SELECT max(settled) FROM identity_event_progress)
    AND NOT EXISTS (SELECT FROM identity_event_link AS link WHERE link.event_id = event.id)
"""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a verification came to. `links` were walked, `vouched` of the places had a
    checkpoint; `finding` is the first thing wrong."""

    links: int
    vouched: int
    forgotten: int
    finding: Finding | None = None

    @property
    def holds(self) -> bool:
        """Whether nothing was found."""
        return self.finding is None


def verify_chain(
    vouched: Sequence[tuple[int, bytes]] = (), *, told: Callable[[int], None] = lambda _: None
) -> Verdict:
    """Walk the whole chain and hold it against `vouched` (place and hash, ascending).

    `told` hears how many links were walked since it last did. Changes nothing.
    """
    walk = Walk(vouched)
    with _one_snapshot():
        finding = _walked(walk, told) or walk.end() or _unlinked()
    return Verdict(walk.seq, walk.passed, len(walk.gone), finding)


def count_links() -> int:
    """How many links there are: the number of the last, which a sound chain has as many of."""
    found: int = fetch("SELECT coalesce(max(seq), 0) FROM identity_event_link")[0][0]
    return found


def links_after(seq: int, batch: int = BATCH) -> Iterator[Seen]:
    """Every link after place `seq` with what stands behind it, in order, read in batches."""
    while True:
        rows = fetch(_JOINED, [seq, batch])
        for row in rows:
            yield _seen(row)
        if len(rows) < batch:
            return
        seq = rows[-1][0]


def _walked(walk: Walk, told: Callable[[int], None]) -> Finding | None:
    for number, seen in enumerate(links_after(0), 1):
        finding = walk.step(seen)
        if finding is not None:
            return _named(finding, seen, walk)
        if number % BATCH == 0:
            told(BATCH)
    told(walk.seq % BATCH)
    return None


def _named(finding: Finding, seen: Seen, walk: Walk) -> Finding:
    """The same finding, or the swap that it is one half of."""
    if finding.kind is not Kind.EDITED:
        return finding
    other = swapped_with(seen, walk.head, _neighbours(seen.link.event_id))
    if other is None:
        return finding
    return Finding(Kind.SWAPPED, finding.seq, finding.event_id, other)


def _neighbours(event_id: int) -> Iterator[Entry]:
    start, last = max(0, event_id - NEAR), event_id + NEAR
    for first in range(start, last + 1, BATCH):
        rows = fetch(_NEIGHBOURS, [first, min(last, first + BATCH - 1)])
        yield from map(entry_of, rows)


def _unlinked() -> Finding | None:
    """What the chaining will never look at again: it was put in from aside, or kept from it."""
    number, first = fetch(_UNLINKED)[0]
    return Finding(Kind.NEVER_LINKED, event_id=first, other=number) if number else None


def _seen(row: tuple[Any, ...]) -> Seen:
    seq, event_id, digest, *marks = row[:7]
    subject_salt, subject_mark, actor_salt, actor_mark = marks
    event = row[9 : 9 + len(COLUMNS)]
    return Seen(
        Link(
            seq,
            event_id,
            bytes(digest),
            subject_salt,
            None if subject_mark is None else bytes(subject_mark),
            actor_salt,
            None if actor_mark is None else bytes(actor_mark),
        ),
        None if event[0] is None else entry_of(event),
        None if row[7] is None else bytes(row[7]),
        None if row[8] is None else bytes(row[8]),
    )


@contextmanager
def _one_snapshot() -> Iterator[None]:
    """Inside a transaction that is open already, its own isolation stands."""
    outermost = not connection.in_atomic_block
    with transaction.atomic():
        if outermost:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield
