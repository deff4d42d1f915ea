"""Taking what is due: on a lease, the try counted before it is made (F34)."""

from __future__ import annotations

import logging
import random
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from config.lifecycle import Superseded, read_clock, transition
from fallbacks.channels.adapters import Outgoing, TransportError, composer_of
from fallbacks.channels.breaker import allowance, is_open, note_failure, note_success
from fallbacks.channels.machine import MESSAGE_MACHINE
from fallbacks.channels.permission import Unwanted, held_until
from fallbacks.machines import MessageStatus
from fallbacks.models import OutboundMessage

logger = logging.getLogger("holdfast.channels")

LEASE = timedelta(seconds=60)
"""Longer than the longest try, so nobody else sends what is on its way."""
MOST_TRIES = 5
WAITS = (10, 60, 300, 1800)
"""Seconds between tries. A channel that is down is not tried, so these are for single messages:
a full mailbox, a server that asks to come again (RFC 5321 §4.5.4.1)."""

_spread = random.SystemRandom()


@dataclass(frozen=True, slots=True)
class Try:
    """One message on its way: the row as it was claimed, and what goes out."""

    message: OutboundMessage
    outgoing: Outgoing


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a try: `error` is None where it was taken, by the word `code`."""

    code: str
    error: TransportError | None = None


def claim(channel: str, wanted: int) -> list[Try]:
    """Take up to `wanted` due messages of a channel, as far as its breaker allows.

    The words are put together after the claim is committed: whoever dies of them has been
    counted, and the fifth time the message is put aside.
    """
    claimed = _take(channel, wanted)
    tries = []
    for message in claimed:
        try:
            outgoing = composer_of(message.kind)(message)
        except Exception:
            logger.exception("message %s could not be put into words", message.pk)
            settle(message, Outcome("wordless", TransportError("wordless")))
            continue
        if outgoing is None:
            _end(message, "message.expired", read_clock(), "nothing_to_say")
        else:
            tries.append(Try(message, outgoing))
    return tries


def _take(channel: str, wanted: int) -> list[OutboundMessage]:
    if wanted < 1:
        return []
    now = read_clock()
    due = OutboundMessage.objects.filter(
        channel=channel, status=MessageStatus.PENDING, next_attempt_at__lte=now
    )
    if not due.exists():
        return []
    allowed = allowance(channel, wanted, now)
    taken: list[OutboundMessage] = []
    if allowed < 1:
        return taken
    with transaction.atomic():
        rows = due.select_for_update(skip_locked=True).order_by("next_attempt_at")
        for message in rows[:allowed]:
            if _may_go(message, now):
                message.attempts += 1
                message.version += 1
                message.next_attempt_at = now + LEASE
                message.save(update_fields=["attempts", "version", "next_attempt_at"])
                taken.append(message)
    return taken


def _may_go(message: OutboundMessage, now: datetime) -> bool:
    """Whether a held row goes out now; if not, it is ended or put off."""
    if message.expires_at is not None and now >= message.expires_at:
        _end(message, "message.expired", now, "too_late")
        return False
    if message.attempts >= MOST_TRIES:
        _end(message, "message.quarantined", now, message.last_answer or "no_answer")
        return False
    try:
        until = held_until(message, now)
    except Unwanted:
        _end(message, "message.withheld", now, "unwanted")
        return False
    if until is not None:
        message.next_attempt_at = until
        message.save(update_fields=["next_attempt_at"])
        return False
    return True


def settle(message: OutboundMessage, outcome: Outcome) -> None:
    """Write down what came of a try."""
    now = read_clock()
    error = outcome.error
    tries = message.attempts
    if error is not None and error.channel_down:
        # Of a channel that is known not to work no message is to blame: that try is given back,
        # or an outage of hours would put aside whatever was asked as a probe.
        tries -= is_open(message.channel)
        note_failure(message.channel, now)
    elif error is None or error.code != "wordless":
        note_success(message.channel, now)
    if error is None:
        _end(message, "message.sent", now, outcome.code)
    elif error.permanent:
        _end(message, "message.refused", now, error.code)
    elif tries >= MOST_TRIES:
        _end(message, "message.quarantined", now, error.code)
    else:
        wait = WAITS[max(tries, 1) - 1] * (1 + _spread.random() / 10)
        again = now + timedelta(seconds=wait)
        OutboundMessage.objects.filter(
            pk=message.pk, version=message.version, status=MessageStatus.PENDING
        ).update(next_attempt_at=again, last_answer=error.code, attempts=tries)


def _end(message: OutboundMessage, event: str, now: datetime, reason: str) -> None:
    changes = {"ended_at": now, "next_attempt_at": None, "last_answer": reason}
    try:
        with transaction.atomic():
            transition(message, event, MESSAGE_MACHINE, at=now, reason=reason, changes=changes)
    except Superseded:
        return  # the lease ran out while we waited, and another worker settled it first
