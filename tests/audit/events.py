"""Events for the chain: many, of many kinds, about several people and about nobody."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from django.db import transaction

from config.lifecycle import DomainEvent, announce

INSERT = (
    "INSERT INTO identity_event (name, at, kind, object_id, from_state, to_state, reason, actor,"
    " attributes) VALUES ('policy.signed', clock_timestamp(), 'policy', '1', '', '', '', '', '{}')"
    " RETURNING id"
)
"""One event about nobody, in plain SQL."""
BEGAN = datetime(2026, 3, 1, 8, tzinfo=UTC)


def event_number(number: int, people: Sequence[tuple[int, str]]) -> DomainEvent:
    """The `number`-th of an endless, always equal row of events."""
    subject, name = people[number % len(people)]
    at = BEGAN + timedelta(milliseconds=137 * number)
    ident = str(uuid.UUID(int=number + 1))
    match number % 5:
        case 0:
            return DomainEvent(
                name="session.started",
                kind="session",
                object_id=ident,
                at=at,
                subject_id=subject,
                to_state="active",
                actor=name,
                attributes={"session": ident},
            )
        case 1 | 2:
            return DomainEvent(
                name="action.rescheduled",
                kind="action",
                object_id=ident,
                at=at,
                subject_id=subject,
                from_state="queued",
                to_state="queued",
                reason="away",
                attributes={"risk": "green", "session": ident, "policy": number, "share": 0.25},
            )
        case 3:
            return DomainEvent(
                name="presence.exported",
                kind="presence",
                object_id=str(subject),
                at=at,
                subject_id=subject,
                actor="demo-payroll",
            )
        case _:
            return DomainEvent(
                name="policy.signed",
                kind="policy",
                object_id=ident,
                at=at,
                actor=name,
                attributes={"area": "security"},
            )


def write_events(count: int, people: Sequence[tuple[int, str]], first: int = 0) -> None:
    """So many events, in one transaction."""
    with transaction.atomic():
        for start in range(first, first + count, 1000):
            stop = min(start + 1000, first + count)
            announce(*(event_number(number, people) for number in range(start, stop)))
