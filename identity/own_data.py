"""What is stored about a person's presence, as it is handed out: the copy with its history (P7)."""

from __future__ import annotations

from typing import Any

from config.lifecycle import read_clock
from identity.models import Event, User
from presence.choices import preference_of
from presence.rights import choices_in, export_presence


def presence_export(person: User, *, actor: str) -> dict[str, Any]:
    """Everything that presence stores about `person`, and what happened to it, newest first.

    That it was handed out to `actor` stands in the record from then on.
    """
    found = export_presence(person.pk, actor=actor)
    return {
        "subject": person.username,
        "exported_at": read_clock(),
        **found,
        "history": [
            {"name": event.name, "at": event.at, "reason": event.reason or None}
            for event in presence_events(person)
        ],
    }


def presence_choices(person: User) -> dict[str, Any]:
    """What the person chose and agreed to. One query."""
    return {"subject": person.username, **choices_in(preference_of(person.pk))}


def presence_events(person: User) -> list[Event]:
    """What happened to the person's presence data, newest first. One query."""
    return list(Event.objects.filter(subject=person, kind="presence").order_by("-id"))
