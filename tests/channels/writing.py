"""Messages of the tests' own, in the outbox."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from config.lifecycle import read_clock
from fallbacks.channels.adapters import Outgoing
from fallbacks.channels.outbox import Urgency, enqueue
from fallbacks.models import OutboundMessage
from identity.models import Event, User

TEST = "tried"


def plain(message: OutboundMessage) -> Outgoing:
    """Its words."""
    return Outgoing(str(message.pk), message.subject.email, f"Hello {message.about}", "Words", "")


def write(about: str = "", urgency: Urgency = Urgency.ASKED, **more: Any) -> OutboundMessage:
    """A mail to Avery, in the outbox."""
    user = User.objects.get(username="avery")
    with transaction.atomic():
        found = enqueue(
            user.pk, "email", TEST, about=about, urgency=urgency, now=read_clock(), **more
        )
    assert found is not None
    return found


def names() -> list[str]:
    """What was recorded about messages and channels, oldest first."""
    kinds = Event.objects.filter(kind__in=["message", "channel"]).order_by("id")
    return list(kinds.values_list("name", flat=True))


def now_is(message: OutboundMessage) -> str:
    """How it stands."""
    message.refresh_from_db()
    return message.status
