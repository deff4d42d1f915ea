"""Taking due actions: many at once, on a lease, with a token that fences whoever was too slow.

A claim is one short transaction that writes down who has which actions. The work is another one: it
holds the claim's row and removes it as it commits, so there is no moment at which a worker that was
overtaken could commit. A row that is left behind is a worker that died, and is counted (F33, F34).
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from config.lifecycle import bounded, fetch, injected_clock, read_clock, read_clock_with
from identity.actions.failing import count_deaths
from identity.models import SweepBatch
from identity.models.sweeps import AttemptStatus
from identity.states import WAITING, Status

logger = logging.getLogger("holdfast.sweep")

LEASE = timedelta(seconds=15)
"""How long a worker may take for a batch (the bound is 30 s); a hundred take a fraction of one. A
session that is idle for as long within its transaction is ended by the database."""

BATCH = 100
"""Actions a claim takes: enough for the commit to be a small part, few enough to be done again."""

SWEPT = tuple(sorted(status.value for status in WAITING | {Status.COMMITTED}))

_ONE_CLAIM_AT_A_TIME = 0x486F6C64  # "Hold", a number of our own among advisory locks

Place = tuple[datetime, uuid.UUID]
"""Where a run of the sweep is, in the order of `due_at` and id."""


class LeaseLost(Exception):
    """The claim is not ours any more: somebody took over, or may do so at any moment."""


@dataclass(frozen=True, slots=True)
class Claim:
    """Actions that are ours to move; `last` is the place up to which they were taken."""

    token: uuid.UUID
    actions: tuple[uuid.UUID, ...]
    last: Place


_TAKE = """
WITH due AS (
    SELECT id, due_at FROM identity_action AS action
    WHERE due_at <= %(now)s AND status = ANY(%(swept)s) {after}
      AND id NOT IN (SELECT unnest(actions) FROM identity_sweepbatch)
      AND NOT EXISTS (SELECT FROM identity_sweepattempt WHERE action_id = action.id)
    ORDER BY due_at, id LIMIT %(limit)s
), taken AS (
    INSERT INTO identity_sweepbatch (token, actions, lease_until)
    SELECT %(token)s, array_agg(id), %(until)s FROM due HAVING count(*) > 0
)
SELECT id, due_at FROM due ORDER BY due_at, id
"""
_AFTER = "AND (due_at, id) > (%(due_at)s, %(id)s)"

_TAKE_FAILING = """
WITH due AS (
    SELECT action_id, due_at FROM identity_sweepattempt AS attempt
    JOIN identity_action AS action ON action.id = attempt.action_id
    WHERE attempt.status = %(failing)s AND attempt.retry_at <= %(now)s
      AND action.due_at <= %(now)s AND action.status = ANY(%(swept)s) {after}
      AND action_id NOT IN (SELECT unnest(actions) FROM identity_sweepbatch)
    ORDER BY action.due_at, action_id LIMIT 1
), taken AS (
    INSERT INTO identity_sweepbatch (token, actions, lease_until)
    SELECT %(token)s, ARRAY[action_id], %(until)s FROM due
)
SELECT action_id, due_at FROM due
"""


_HOLD = """
SELECT lease_until, clock_timestamp() FROM identity_sweepbatch WHERE token = %s
FOR UPDATE SKIP LOCKED
"""


def claim_due(after: Place | None = None, limit: int = BATCH) -> Claim | None:
    """Take up to `limit` due actions, the longest due first; None when there is none.

    `after` is where this run of the sweep is: what it completed before lies below, and its dead
    index entries are not walked again while somebody holds an old snapshot.
    """
    return _claim(_TAKE, after, limit=limit)


def claim_failing(after: Place | None = None) -> Claim | None:
    """Take one action that could not be moved before and is to be tried again: by itself."""
    return _claim(_TAKE_FAILING, after, failing=AttemptStatus.FAILING)


def _claim(sql: str, after: Place | None, **facts: Any) -> Claim | None:
    token = uuid.uuid4()
    facts["due_at"], facts["id"] = after or (None, None)
    with bounded(LEASE):
        now = _alone()
        facts |= {"now": now, "swept": list(SWEPT), "token": token, "until": now + LEASE}
        rows = fetch(sql.format(after=_AFTER if after is not None else ""), facts)
    if not rows:
        return None
    return Claim(token, tuple(row[0] for row in rows), (rows[-1][1], rows[-1][0]))


def take_over() -> int:
    """Free what dead workers left behind, an attempt counted on each action of theirs; how many.

    Nobody can know which of them the worker died of, so from now on each is taken by itself: the
    one that kills counts on, its neighbours are moved and cleared.
    """
    freed = 0
    with bounded(LEASE):
        now = read_clock()
        left = SweepBatch.objects.select_for_update(skip_locked=True)
        for batch in left.filter(lease_until__lte=now):
            logger.warning("took over %d actions whose worker died", len(batch.actions))
            count_deaths(batch.actions, now)
            batch.delete()
            freed += len(batch.actions)
    return freed


@contextmanager
def working_on(claim: Claim) -> Iterator[datetime]:
    """The transaction of the work, with the clock: the claim's row is held all through it, and goes
    with its commit. Raises LeaseLost when the claim is not ours any more."""
    with bounded(LEASE):
        yield _hold(claim)
        if not SweepBatch.objects.filter(token=claim.token).delete()[0]:
            raise LeaseLost


@contextmanager
def working_on_one(claim: Claim, action_id: uuid.UUID) -> Iterator[datetime]:
    """The same for one of its actions: the others stay claimed, with a new lease from now."""
    with bounded(LEASE):
        now = _hold(claim)
        batch = SweepBatch.objects.get(token=claim.token)
        batch.actions = [each for each in batch.actions if each != action_id]
        batch.lease_until = now + LEASE
        if batch.actions:
            batch.save(update_fields=["actions", "lease_until"])
        else:
            batch.delete()
        yield now


def _hold(claim: Claim) -> datetime:
    """Lock the claim's row, and the clock. Somebody who takes over skips what is locked."""
    found = fetch(_HOLD, [claim.token])
    if not found:
        raise LeaseLost
    until, now = found[0]
    now = injected_clock() or now
    if until <= now:
        raise LeaseLost
    return now


def _alone() -> datetime:
    """Let no other claim run until this transaction ends, and the clock after the wait for that:
    the next statement sees what the last claim wrote."""
    return read_clock_with("pg_advisory_xact_lock(%s)", [_ONE_CLAIM_AT_A_TIME])[1]
