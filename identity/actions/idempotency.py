"""Idempotency: a key that an application used is answered with what came of it (Q2, F45).

Kept until 24 h after the action is over, by the database's clock; after that the key is as good
as new, whether or not the clean-up came by.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction

from config.lifecycle import fetch
from identity.errors import IdempotencyKeyReused
from identity.models import Action, Application, IdempotencyKey
from identity.models.actions import UNSETTLED
from identity.states import TERMINAL

KEPT = timedelta(hours=24)
"""How long a key is known after its action is over (the contract)."""
BATCH = 500
"""Rows of one transaction of the clean-up."""
BATCHES = 20
"""Of one run: what is left over is still due a minute later."""

_OVER = """
a.status = ANY(%(terminal)s) AND a.confirm_by IS NULL AND a.reason <> ALL(%(unsettled)s)
"""
_KNOWN = f"""
SELECT k.id, k.fingerprint, k.action_id, k.joined,
       {_OVER} AND a.updated_at <= %(before)s
FROM identity_idempotencykey k JOIN identity_action a ON a.id = k.action_id
WHERE k.application_id = %(application)s AND k.key = %(key)s
"""  # noqa: S608 (constants only)
_CLEAN = f"""
WITH due AS (
    SELECT k.id, a.updated_at, {_OVER} AS over
    FROM identity_idempotencykey k JOIN identity_action a ON a.id = k.action_id
    WHERE k.look_at <= %(now)s ORDER BY k.look_at LIMIT %(batch)s
    FOR UPDATE OF k SKIP LOCKED
), gone AS (
    DELETE FROM identity_idempotencykey k USING due
    WHERE k.id = due.id AND due.over AND due.updated_at <= %(before)s RETURNING 1
), kept AS (
    UPDATE identity_idempotencykey k
    SET look_at = CASE WHEN due.over THEN due.updated_at ELSE %(now)s END + %(kept)s
    FROM due WHERE k.id = due.id AND NOT (due.over AND due.updated_at <= %(before)s) RETURNING 1
)
SELECT (SELECT count(*) FROM gone), (SELECT count(*) FROM kept)
"""  # noqa: S608 (constants only)
_STATES: dict[str, Any] = {"terminal": sorted(TERMINAL), "unsettled": sorted(UNSETTLED)}


@dataclass(frozen=True, slots=True)
class Answered:
    """What came of an earlier request with the same key and body."""

    action_id: uuid.UUID
    joined: bool


def answered_before(
    application: Application, key: str, fingerprint: str, now: datetime
) -> Answered | None:
    """What came of this key before; None for a new one, or one whose time is over.

    The caller holds the key's lock. Raises IdempotencyKeyReused for another body.
    """
    rows = fetch(
        _KNOWN,
        {**_STATES, "before": now - KEPT, "application": application.pk, "key": key},
    )
    for pk, used_for, action_id, joined, over in rows:
        if over:
            IdempotencyKey.objects.filter(pk=pk).delete()
            return None
        if used_for != fingerprint:
            raise IdempotencyKeyReused
        return Answered(action_id, joined)
    return None


def remember(
    application: Application,
    key: str,
    fingerprint: str,
    action: Action,
    now: datetime,
    *,
    joined: bool,
) -> None:
    """Keep what came of a key, in the transaction that it came of."""
    IdempotencyKey.objects.create(
        application=application,
        key=key,
        fingerprint=fingerprint,
        action=action,
        joined=joined,
        created_at=now,
        look_at=now + KEPT,
    )


def forget_keys(now: datetime) -> int:
    """Delete the keys whose time is over, in bounded batches; how many went.

    A key is looked at again a day later at the soonest: no action that is open now can be over
    for 24 h before that.
    """
    facts = {**_STATES, "now": now, "before": now - KEPT, "kept": KEPT, "batch": BATCH}
    gone = 0
    for _ in range(BATCHES):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(_CLEAN, facts)
            deleted, kept = cursor.fetchone()
        gone += deleted
        if not deleted and not kept:
            break
    return gone
