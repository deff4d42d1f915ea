"""Telling a person on every channel they have: security notices, and that a request waits.

A notice goes everywhere but to the channel it is about: whoever took that one over would read it
first (P4). What is told goes to stored addresses only.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from config.lifecycle import DomainEvent
from fallbacks.channels.budgets import count_prompt
from fallbacks.channels.outbox import Urgency, enqueue
from fallbacks.contacts import confirmed
from fallbacks.errors import TooManyMessages
from fallbacks.escalations import has_open_escalation
from fallbacks.factors import FACTORS
from fallbacks.models import ContactPoint, SecurityNotice
from identity.mailing import NOTICE, PROMPT
from identity.models import Action, User
from identity.notices import notify_security

EMAIL = "email"
ATTACKS = frozenset({"change_disputed"})
"""Notices that tell of an attack under way: they do not wait for the morning."""

Place = tuple[str, ContactPoint | None]
"""A channel, and where on it: None is the address of the account."""


def places_of(user: User) -> Iterator[Place]:
    """Everywhere that the person can be told something, each address once."""
    if user.email:
        yield EMAIL, None
    for contact in confirmed(user.pk):
        if contact.address.casefold() != user.email.casefold():
            yield contact.kind, contact


def carry_notices(events: Sequence[DomainEvent]) -> None:
    """A notice was given: it goes to every channel that the person has, but the one it is about."""
    for event in events:
        notice = SecurityNotice.objects.select_related("subject").get(pk=event.object_id)
        tell_notice(notice, event.at)


def tell_consents(events: Sequence[DomainEvent]) -> None:
    """The person agreed that something is done before they confirm it: whoever agreed in their
    name could have it done."""
    for user in User.objects.filter(pk__in=[event.subject_id for event in events]):
        notify_security(user, "consent_given", {})


def tell_notice(notice: SecurityNotice, now: datetime) -> int:
    """Write the messages of a notice, in the caller's transaction; how many."""
    attack = notice.message_id in ATTACKS or has_open_escalation(notice.subject_id)
    factor = FACTORS.get(str(notice.facts.get("factor", "")))
    used = factor.channel if factor is not None else None
    written = [
        enqueue(
            notice.subject_id,
            channel,
            NOTICE,
            about=str(notice.pk),
            urgency=Urgency.ALARM if attack else Urgency.NOTICE,
            now=now,
            contact=contact,
        )
        for channel, contact in places_of(notice.subject)
        if channel != used
    ]
    return sum(message is not None for message in written)


def prompt(action: Action, channel: str, now: datetime) -> bool:
    """Tell the person by `channel` that `action` waits, in the caller's transaction.

    Counted in the one budget of prompts, whoever asks for it; false where the person was prompted
    often enough or cannot be reached there. Whether they want it is judged when it goes out.
    """
    place = next((each for each in places_of(action.subject) if each[0] == channel), None)
    if place is None:
        return False
    try:
        count_prompt(action.subject_id, now)
    except TooManyMessages:
        return False
    message = enqueue(
        action.subject_id,
        channel,
        PROMPT,
        about=str(action.pk),
        urgency=Urgency.PROMPT,
        now=now,
        contact=place[1],
        expires_at=action.expires_at,
    )
    return message is not None
