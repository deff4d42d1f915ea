"""Linking what is committed into the chain. Writers of events never wait for it, nor it for them.

One at a time, by an advisory lock: whoever comes second leaves. Ids are drawn before a transaction
commits, so a lower one may appear late; it is linked when it appears, since the chain has an order
of its own (`seq`). An id whose transaction was rolled back is never linked, and a linked event that
is missing was deleted: that is how the two gaps are told apart.
"""

from __future__ import annotations

import json
import secrets
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction

from config.lifecycle import fetch
from identity.audit.chain import SALT_BYTES, START, Entry, Link, Salt, link_of
from identity.models import ChainProgress

BATCH = 2_000
"""Events a transaction: some 10 MB at the most, a tenth of a second."""
MOST_BATCHES = 20
"""In one run; the next one goes on."""
PAUSE = timedelta(seconds=1)
"""Between drawing an id and having a number as a transaction there is far less than that."""
LOCK = 0x486F6C6463686169
"""Ours among PostgreSQL's advisory locks ("Holdchai")."""

COLUMNS = (
    "id",
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
"""What an `Entry` is made of, in its order."""
EVENT = ", ".join(f"event.{name}" for name in COLUMNS[:-1]) + ", event.attributes::text"
_NEW = f"""
SELECT {EVENT}, subject.id, subject.salt, person.id, doer.id, doer.salt
FROM identity_event AS event
LEFT JOIN identity_event_salt AS subject ON subject.person_id = event.subject_id
LEFT JOIN identity_user AS person ON person.username = event.actor AND event.actor <> ''
LEFT JOIN identity_event_salt AS doer ON doer.person_id = person.id
WHERE event.id > %s
    AND NOT EXISTS (SELECT FROM identity_event_link AS link WHERE link.event_id = event.id)
ORDER BY event.id LIMIT %s
"""  # noqa: S608
_LINKS = """
INSERT INTO identity_event_link
    (seq, event_id, hash, subject_salt, subject_mark, actor_salt, actor_mark)
SELECT * FROM unnest(
    %s::bigint[], %s::bigint[], %s::bytea[], %s::uuid[], %s::bytea[], %s::uuid[], %s::bytea[]
)
"""
_SALTS = """
INSERT INTO identity_event_salt (id, person_id, salt)
SELECT * FROM unnest(%s::uuid[], %s::bigint[], %s::bytea[])
"""


@dataclass(frozen=True, slots=True)
class Head:
    """The last link; `seq` 0 and `START` before the first."""

    seq: int
    hash: bytes


def chain_events(batch: int = BATCH, most: int = MOST_BATCHES) -> int:
    """Link what is committed and not linked yet; how many events. Safe to run at any time.

    Does nothing while another run is at it.
    """
    linked, full = 0, True
    while full and most > 0:
        with transaction.atomic():
            if not fetch("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])[0][0]:
                return linked
            found = _link_batch(batch)
        linked += found
        full = found == batch
        most -= 1
    return linked


def chain_all() -> None:
    """Link everything that is there, in the caller's transaction, and keep others from linking
    until it ends."""
    fetch("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    while _link_batch(BATCH) == BATCH:
        pass


def head_of_chain() -> Head:
    """The last link. One query."""
    found = fetch("SELECT seq, hash FROM identity_event_link ORDER BY seq DESC LIMIT 1")
    return Head(found[0][0], bytes(found[0][1])) if found else Head(0, START)


def entry_of(row: Sequence[Any]) -> Entry:
    """The event of a row with `COLUMNS`, attributes read from JSON."""
    last = len(COLUMNS) - 1
    values = dict(zip(COLUMNS, row[:last], strict=False))
    return Entry(**values, attributes=json.loads(row[last]))


def _link_batch(batch: int) -> int:
    look = _look_around()
    rows = fetch(_NEW, [look.progress.settled, batch])
    if rows:
        _write(_linked(rows, head_of_chain()))
    if len(rows) < batch:
        _remember(look)
    return len(rows)


def _linked(rows: Sequence[tuple[Any, ...]], head: Head) -> list[Link]:
    """The links of the rows after `head`, with the salts that they need made where missing."""
    width = len(COLUMNS)
    known: dict[int, Salt] = {}
    wanted: dict[int, None] = {}
    for row in rows:
        subject_id, (sid, salt, doer_id, aid, doer_salt) = row[5], row[width:]
        for person, found, secret in ((subject_id, sid, salt), (doer_id, aid, doer_salt)):
            if person is None or person in known:
                continue
            if found is None:
                wanted[person] = None
            else:
                known[person] = Salt(found, bytes(secret))
    known |= _salts_for(list(wanted))
    links, seq, before = [], head.seq, head.hash
    for row in rows:
        seq += 1
        entry, doer_id = entry_of(row), row[width + 2]
        subject = None if entry.subject_id is None else known[entry.subject_id]
        link = link_of(seq, before, entry, subject, None if doer_id is None else known[doer_id])
        links.append(link)
        before = link.hash
    return links


def _salts_for(people: Sequence[int]) -> dict[int, Salt]:
    salts = {each: Salt(uuid.uuid4(), secrets.token_bytes(SALT_BYTES)) for each in people}
    if salts:
        with connection.cursor() as cursor:
            made = list(salts.values())
            cursor.execute(_SALTS, [[s.id for s in made], list(salts), [s.salt for s in made]])
    return salts


def _write(links: Sequence[Link]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            _LINKS,
            [
                [link.seq for link in links],
                [link.event_id for link in links],
                [link.hash for link in links],
                [link.subject_salt for link in links],
                [link.subject_mark for link in links],
                [link.actor_salt for link in links],
                [link.actor_mark for link in links],
            ],
        )


# -- how far back to look ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Look:
    """What a run knows before it reads: the clock, the next number of a transaction, and whether
    every transaction before the fence is over."""

    progress: ChainProgress
    at: datetime
    coming: int
    over: bool


def _look_around() -> Look:
    """Look before reading, so that whatever is over by now is visible to what reads next.

    `fence` is the next transaction's number at a moment when every id up to `candidate` belonged
    to a transaction with a lower one. A fence beyond the present number comes from another
    cluster (the database was restored): forgotten.
    """
    progress = ChainProgress.objects.first() or ChainProgress()
    at, oldest, coming = fetch(
        "SELECT clock_timestamp(), pg_snapshot_xmin(found)::text::bigint,"
        " pg_snapshot_xmax(found)::text::bigint FROM pg_current_snapshot() AS found"
    )[0]
    if progress.fence is not None and progress.fence > coming:
        progress.fence = None
    return Look(progress, at, coming, progress.fence is not None and oldest >= progress.fence)


def _remember(look: Look) -> None:
    """All that was seen is linked: settle what may be, and begin on what came since.

    `newest` becomes the candidate at the next look, a pause later, when every id up to it belongs
    to a transaction that has its number.
    """
    progress = look.progress
    if progress.looked_at is not None and look.at - progress.looked_at < PAUSE:
        return
    newest = fetch("SELECT coalesce(max(id), 0) FROM identity_event")[0][0]
    if look.over:
        progress.settled, progress.fence = progress.candidate, None
    elif progress.fence is not None or progress.settled == newest:
        return
    progress.candidate, progress.fence = progress.newest, look.coming
    progress.newest, progress.looked_at = newest, look.at
    progress.save()
