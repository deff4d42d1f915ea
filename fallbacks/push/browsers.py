"""The browsers that take prompts for a person and answer them.

A browser is known again by a secret of its own, which it holds in a cookie that no script can
read: that a number was typed there proves that the person has the device, and not only that
somebody sees the screen with the number.
"""

from __future__ import annotations

import hashlib
import secrets
import uuid
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from config.lifecycle import DomainEvent, announce
from fallbacks.channels.webpush import Recipient, is_usable
from fallbacks.errors import BadSubscription, SubscriptionTaken
from fallbacks.factors.registry import Kept
from fallbacks.models import PushSubscription

FACTOR = "push"
SECRET_BYTES = 32
LONGEST_SECRET = 64


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def enrol_browser(
    user_id: int, recipient: Recipient, *, name: str, device_id: uuid.UUID | None, now: datetime
) -> str:
    """Let a browser take prompts, in the caller's transaction; the secret that it is known by.

    Enrolled once more by the same person it is the same browser with a new secret. Raises
    BadSubscription, SubscriptionTaken.
    """
    if not is_usable(recipient):
        raise BadSubscription
    mark = _digest(recipient.endpoint)
    PushSubscription.objects.filter(subject_id=user_id, endpoint_digest=mark).delete()
    secret = secrets.token_urlsafe(SECRET_BYTES)
    try:
        with transaction.atomic():
            PushSubscription.objects.create(
                subject_id=user_id,
                device_id=device_id,
                name=name,
                endpoint=recipient.endpoint,
                endpoint_digest=mark,
                p256dh=recipient.p256dh,
                auth=recipient.auth,
                secret_digest=_digest(secret),
                added_at=now,
            )
    except IntegrityError as error:
        raise SubscriptionTaken from error
    return secret


def browser_of(user_id: int, secret: str) -> PushSubscription | None:
    """The person's browser that holds `secret`; None for somebody else's, as for none. One query
    at most."""
    if not secret or len(secret) > LONGEST_SECRET or "\0" in secret:
        return None
    rows = PushSubscription.objects.filter(subject_id=user_id, secret_digest=_digest(secret))
    return rows.first()


def kept(user_id: int) -> list[Kept]:
    """The person's browsers."""
    return [
        Kept(FACTOR, str(each.pk), each.name, each.added_at, each.last_used_at)
        for each in PushSubscription.objects.filter(subject_id=user_id)
    ]


def remove_browser(user_id: int, browser_id: str) -> bool:
    """Take a browser away; False where the person has no such one."""
    try:
        return bool(PushSubscription.objects.filter(subject_id=user_id, pk=browser_id).delete()[0])
    except ValidationError:
        return False


def forget_device(device_id: uuid.UUID) -> None:
    """A device was taken back: nothing on it answers any more (S3)."""
    PushSubscription.objects.filter(device_id=device_id).delete()


def browser_gone(browser: PushSubscription, now: datetime) -> None:
    """The push service says that nothing will reach this browser again: it counts no more.

    In the caller's transaction. A way that was there and is not is told to the person.
    """
    if PushSubscription.objects.filter(pk=browser.pk).delete()[0]:
        announce(
            DomainEvent(
                name="push.gone",
                kind="push",
                object_id=str(browser.pk),
                at=now,
                subject_id=browser.subject_id,
                attributes={"name": browser.name},
            )
        )
