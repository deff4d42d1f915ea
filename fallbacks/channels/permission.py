"""Whether a message may disturb its person now, judged when it goes out and not before (P4)."""

from __future__ import annotations

from datetime import datetime

from fallbacks.models import OutboundMessage
from presence.availability import choice_of
from presence.choices import preference_of
from presence.consents import channels_in
from presence.purposes import Channel, may_contact
from presence.quiet import quiet_until

Urgency = OutboundMessage.Urgency


def held_until(message: OutboundMessage, now: datetime) -> datetime | None:
    """When the message may go: None for now, or the end of the person's quiet.

    Raises Unwanted for a prompt on a channel that the person does not want.
    """
    if message.urgency == Urgency.ASKED:
        return None
    preference = preference_of(message.subject_id)
    until, _ = quiet_until(choice_of(preference), now)
    channel = Channel(message.channel)
    chosen = channels_in(preference)
    mandatory = message.urgency != Urgency.PROMPT
    attack = message.urgency == Urgency.ALARM
    if may_contact(channel, chosen, quiet=until is not None, mandatory=mandatory, attack=attack):
        return None
    if not may_contact(channel, chosen, quiet=False, mandatory=mandatory, attack=attack):
        raise Unwanted
    return until


class Unwanted(Exception):
    """The person does not want such messages on this channel."""
