"""Prompts above the channel: what they say, adding the browser that takes them, and losing it."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from config.lifecycle import DomainEvent
from fallbacks.channels.webpush import Recipient
from fallbacks.errors import FactorNotPermitted
from fallbacks.models import FactorChange, PushPrompt
from fallbacks.push.browsers import FACTOR, enrol_browser
from fallbacks.push.sending import Words
from identity.factor_changes import finish
from identity.messages import say
from identity.models import User
from identity.notices import notify_security


def prompt_words(prompt: PushPrompt) -> Words:
    """What a prompt says. It may be read by whoever sees the screen: nothing of what was asked,
    and never the number."""
    action = prompt.challenge.action
    application = str(action.application)
    return Words(
        title=say("push.prompt.title", application=application),
        body=say("push.prompt.body", application=application),
        url=f"/requests/{action.pk}/verify/{FACTOR}/",
    )


def add_browser(change: FactorChange, user: User, recipient: Recipient) -> str:
    """Let a browser take prompts, by a change that was proved; the secret it is known by.

    Raises FactorNotPermitted, ProofNeeded, ChangeOver, FactorsFrozen, BadSubscription,
    SubscriptionTaken.
    """
    if (change.factor, change.kind) != (FACTOR, FactorChange.Kind.ENROL):
        raise FactorNotPermitted(factor=FACTOR)
    with transaction.atomic():
        now = finish(change, user)
        device_id = change.session.device_id
        return enrol_browser(user.pk, recipient, name=change.name, device_id=device_id, now=now)


def tell_of_gone(events: Sequence[DomainEvent]) -> None:
    """A browser that takes no more prompts was a way to confirm: the person is told."""
    for event in events:
        user = User.objects.filter(pk=event.subject_id or 0, is_active=True).first()
        if user is not None:
            notify_security(user, "push_gone", {"name": event.attributes["name"]})
