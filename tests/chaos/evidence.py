"""What the database says about the actions of a run, read by plain SQL from outside."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import psycopg

from tests.chaos.judging import Message, Step, Stored

Connection = psycopg.Connection[tuple[Any, ...]]

_ACTIONS = """
SELECT id::text, status, due_at, length(sealed_payload), created_at
FROM identity_action WHERE application_id = %s
"""
_STEPS = """
SELECT action.id::text, event.name, event.from_state, event.to_state, event.reason, event.at,
       pg_xact_commit_timestamp(event.xmin)
FROM identity_event event JOIN identity_action action ON action.id = event.action_id
WHERE event.kind = 'action' AND action.application_id = %s
ORDER BY event.id
"""
_MESSAGES = """
SELECT action_id::text, id, type, status, next_attempt_at, last_answer, created_at, delivered_at
FROM identity_delivery WHERE application_id = %s ORDER BY created_at
"""
_KEYS = "SELECT key, action_id::text FROM identity_idempotencykey WHERE application_id = %s"


def now(db: Connection) -> datetime:
    """The database's clock."""
    found = db.execute("SELECT clock_timestamp()").fetchone()
    assert found is not None
    moment: datetime = found[0]
    return moment


def stored(db: Connection, application: int) -> dict[str, Stored]:
    """Every action of the application by id, with its events and messages."""
    found = {row[0]: Stored(*row) for row in db.execute(_ACTIONS, [application])}
    for action, *step in db.execute(_STEPS, [application]):
        found[action].steps.append(Step(*step))
    for action, *message in db.execute(_MESSAGES, [application]):
        found[action].messages.append(Message(*message))
    return found


def keys(db: Connection, application: int) -> dict[str, str]:
    """Which action each idempotency key stands for."""
    return dict(db.execute(_KEYS, [application]))
