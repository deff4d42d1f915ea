"""The record: every domain event becomes a row in the transaction that caused it (Q5, F26)."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from config.lifecycle import DomainEvent, listen
from identity.models import Event

NAMES = frozenset(
    {
        # the eight of the minimal event model
        "presence.updated",
        "auth.requested",
        "auth.queued",
        "challenge.issued",
        "challenge.expired",
        "fallback.selected",
        "resume.completed",
        "escalation.triggered",
        # every other transition
        "challenge.answered",
        "challenge.missed",
        "challenge.withdrawn",
        "action.rescheduled",
        "action.approved",
        "action.committed",
        "action.denied",
        "action.cancelled",
        "action.expired",
        "action.failed",
        "action.reversed",
        "review.opened",
        "escalation.resolved",
        "escalation.closed",
        "case.proposed",
        "case.confirmed",
        "case.refused",
        "case.closed",
        "delivery.acknowledged",
        "delivery.abandoned",
        "delivery.resent",
        "session.started",
        "session.ended",
        "session.revoked",
        "device.revoked",
        "policy.activated",
    }
)
"""The closed vocabulary: a name that is not here is an error, not a new kind of event."""


class UnknownEvent(ValueError):
    """An event outside the vocabulary: a defect of ours, which rolls the change back."""


def record_events(events: Sequence[DomainEvent]) -> None:
    """Write the events, in one statement, in the caller's transaction."""
    rows = []
    for event in events:
        if event.name not in NAMES:
            raise UnknownEvent(event.name)
        attributes = dict(event.attributes)
        about = event.object_id if event.kind == "action" else attributes.pop("action", None)
        rows.append(
            Event(
                name=event.name,
                at=event.at,
                kind=event.kind,
                object_id=event.object_id,
                subject_id=event.subject_id,
                action_id=uuid.UUID(about) if about else None,
                from_state=event.from_state,
                to_state=event.to_state,
                reason=event.reason,
                actor=event.actor,
                attributes=attributes,
            )
        )
    Event.objects.bulk_create(rows)


def register() -> None:
    """Let every domain event be recorded."""
    listen(record_events)
