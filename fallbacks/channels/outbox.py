"""The outbox of messages to people: a row, written in the transaction of what it tells."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from django.db import connection

from config.lifecycle import read_clock, transition, wake
from fallbacks.channels.adapters import is_set_up
from fallbacks.channels.machine import MESSAGE_MACHINE
from fallbacks.errors import UnknownMessageRow
from fallbacks.models import ContactPoint, OutboundMessage

TASK = "fallbacks.send_messages"
KEPT = timedelta(days=30)
"""How long a message that is over is kept: as long as a notice can be disputed."""
Urgency = OutboundMessage.Urgency


def enqueue(
    user_id: int,
    channel: str,
    kind: str,
    *,
    about: str = "",
    urgency: Urgency,
    now: datetime,
    contact: ContactPoint | None = None,
    expires_at: datetime | None = None,
) -> OutboundMessage | None:
    """Write one message; it goes out once this transaction is committed.

    None where the channel is not set up: nothing waits for what will never be there. Raises
    RuntimeError outside a transaction: a message and its cause stand or fall together.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("enqueue() needs the transaction of what the message tells of")
    if not is_set_up(channel):
        return None
    message = OutboundMessage.objects.create(
        subject_id=user_id,
        channel=channel,
        contact=contact,
        kind=kind,
        about=about,
        urgency=urgency,
        created_at=now,
        next_attempt_at=now,
        expires_at=expires_at,
    )
    wake(TASK)
    return message


def send_again(message_id: uuid.UUID, actor: str) -> None:
    """Put a message out of quarantine back into the outbox, under the same id.

    Raises UnknownMessageRow, IllegalTransition.
    """
    message = OutboundMessage.objects.filter(pk=message_id).first()
    if message is None:
        raise UnknownMessageRow
    now = read_clock()
    changes = {"next_attempt_at": now, "attempts": 0, "ended_at": None}
    transition(message, "message.resent", MESSAGE_MACHINE, at=now, actor=actor, changes=changes)
    wake(TASK)


def forget_old(now: datetime) -> int:
    """Delete messages that were over `KEPT` ago; how many."""
    return OutboundMessage.objects.filter(ended_at__lt=now - KEPT).delete()[0]
