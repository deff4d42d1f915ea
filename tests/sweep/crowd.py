"""Many people, and actions of theirs that are due."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any

from config.lifecycle import read_clock
from identity.models import Action, Application, User
from identity.models.actions import Window

ASKED = timedelta(hours=3)
"""How long ago they were asked for."""


def people(count: int) -> list[User]:
    """So many people of whom nothing is known, new every time."""
    made = [User(username=f"crowd-{uuid.uuid4().hex}", first_name="Crowd") for _ in range(count)]
    return User.objects.bulk_create(made)


def due_actions(
    count: int, *, now: datetime | None = None, subjects: list[User] | None = None, **columns: Any
) -> list[uuid.UUID]:
    """So many actions whose last window is over, the longest due first; a person each."""
    now = now or read_clock()
    application = Application.objects.get(client_id="demo-payroll")
    model = {
        "type_id": "payout.change",
        "application": application,
        "status": "fallback",
        "outcome": "fallback",
        "mode": "normal",
        "rule": "test",
        "policy_number": 1,
        "window": Window.LAST,
        "created_at": now - ASKED,
        "updated_at": now - ASKED,
        "expires_at": now - timedelta(minutes=1),
    }
    rows = []
    for number, subject in enumerate(subjects or people(count)):
        due_at = now - timedelta(minutes=1) + timedelta(milliseconds=number)
        fields = {**model, "due_at": due_at, **columns}
        rows.append(Action(subject=subject, payload_fingerprint=uuid.uuid4().hex, **fields))
    return [row.pk for row in Action.objects.bulk_create(rows)]
