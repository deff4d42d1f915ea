"""Waking what waits for a person who is there again (Q2)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import F

from config.lifecycle import DomainEvent, wake
from identity.models import Action
from identity.states import Status

SWEEP = "identity.sweep_actions"
HELD = (Status.QUEUED, Status.DELAYED)
"""What waits for the person, rather than the person for it."""

LOOK_BACK = timedelta(minutes=1)
"""How far back the sweep looks for returns; twelve sweeps in a row would have to fail."""

OVERLAP = timedelta(seconds=5)
"""How long a request may take to be stored: a return within that time may not have seen it."""

_RETURNED = """
UPDATE identity_action AS held SET next_attempt_at = %(now)s, due_at = %(now)s,
       version = held.version + 1
FROM presence_presence AS presence
WHERE presence.returned_at > %(since)s AND presence.subject_id = held.subject_id
  AND presence.status = 'available'
  AND held.status = ANY(%(held)s) AND held.updated_at < presence.returned_at + %(overlap)s
  AND held.updated_at > presence.returned_at - %(overlap)s
  AND held.next_attempt_at > %(now)s
"""


def wake_person(user_id: int, at: datetime) -> None:
    """The person is there: what is held for them is due at `at`, in the caller's transaction.

    The sweep takes it by oldest deadline; it is nudged once the signal is committed.
    """
    due = Action.objects.filter(subject_id=user_id, status__in=HELD).update(
        next_attempt_at=at, due_at=at, version=F("version") + 1
    )
    if due:
        wake(SWEEP)


def wake_waiting(events: Sequence[DomainEvent]) -> None:
    """A person became reachable."""
    for event in events:
        if event.to_state in ("available", "degraded") and event.subject_id is not None:
            wake_person(event.subject_id, event.at)


def wake_missed(now: datetime) -> int:
    """Wake what was being stored at the very moment at which its person came back, so that neither
    could see the other; how many. One statement, by the index over returns."""
    parameters: dict[str, Any] = {
        "now": now,
        "since": now - LOOK_BACK,
        "overlap": OVERLAP,
        "held": [status.value for status in HELD],
    }
    with connection.cursor() as cursor:
        cursor.execute(_RETURNED, parameters)
        return int(cursor.rowcount)
