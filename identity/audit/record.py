"""The record: every domain event becomes a row in the transaction that caused it (Q5, F26)."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection

from config.lifecycle import DomainEvent, listen
from config.lifecycle.gathering import as_records
from identity.audit.names import NAMES


class UnknownEvent(ValueError):
    """An event outside the vocabulary: a defect of ours, which rolls the change back."""


_COLUMNS = {
    "name": "text",
    "at": "timestamptz",
    "kind": "text",
    "object_id": "text",
    "subject_id": "bigint",
    "action_id": "uuid",
    "from_state": "text",
    "to_state": "text",
    "reason": "text",
    "actor": "text",
    "attributes": "jsonb",
}


def record_events(events: Sequence[DomainEvent]) -> None:
    """Write the events in their order, in one statement, in the caller's transaction.

    Plain SQL with one parameter: every transition pays for this, the ORM would treble the price,
    and a batch of a hundred is not a statement of a thousand parameters.
    """
    rows = []
    for event in events:
        if event.name not in NAMES:
            raise UnknownEvent(event.name)
        attributes = dict(event.attributes)
        about = event.object_id if event.kind == "action" else attributes.pop("action", None)
        rows.append(
            (
                event.name,
                event.at,
                event.kind,
                event.object_id,
                event.subject_id,
                about or None,
                event.from_state,
                event.to_state,
                event.reason,
                event.actor,
                attributes,
            )
        )
    columns = zip(_COLUMNS.items(), zip(*rows, strict=True), strict=True)
    records, document = as_records({name: (kind, each) for (name, kind), each in columns})
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO identity_event ({', '.join(_COLUMNS)}) SELECT * FROM {records}",  # noqa: S608
            [document],
        )


def register() -> None:
    """Let every domain event be recorded."""
    listen(record_events)
