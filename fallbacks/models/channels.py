"""What goes out to people: messages, the channels they take, addresses and what was sent there."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from phonenumber_field.modelfields import PhoneNumberField

from fallbacks.machines import BreakerStatus, MessageStatus


class ContactPoint(models.Model):
    """Where a person can be reached, shown to be theirs by a code that was sent there.

    Nothing is ever sent to an address that came with a request: only here, and to the address of
    the account (F14).
    """

    class Kind(models.TextChoices):
        """The channel that leads there."""

        EMAIL = "email", "E-mail"
        SMS = "sms", "Text message"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    subject = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    kind = models.CharField(max_length=5, choices=Kind)
    email = models.EmailField(blank=True)
    number = PhoneNumberField(blank=True)
    """E.164."""
    added_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True, blank=True)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["added_at"]
        indexes = [models.Index(fields=["subject"], name="contact_by_subject")]

    def __str__(self) -> str:
        return f"C-{str(self.id)[:8].upper()}"

    @property
    def address(self) -> str:
        """The address itself."""
        return self.email if self.kind == self.Kind.EMAIL else str(self.number)


class OutboundMessage(models.Model):
    """One message to one person on one channel: written with what causes it, sent after commit.

    It holds no text and no secret: `kind` and `about` say what to tell, and the words are put
    together when it goes out. Its id is the mail's Message-ID and the gateway's idempotency key.
    """

    class Urgency(models.TextChoices):
        """What may hold it back."""

        ASKED = "asked", "The person asked for it just now: nothing holds it"
        PROMPT = "prompt", "Only where the person wants it, and never in quiet hours"
        NOTICE = "notice", "A security notice: wanted or not, but never in quiet hours"
        ALARM = "alarm", "A security notice while an attack is under way: at once"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    subject = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    channel = models.CharField(max_length=8)
    contact = models.ForeignKey(
        ContactPoint, models.CASCADE, null=True, blank=True, related_name="+"
    )
    """Where it goes; None for the address of the account."""
    kind = models.CharField(max_length=20)
    about = models.CharField(max_length=64, blank=True)
    urgency = models.CharField(max_length=6, choices=Urgency)
    status = models.CharField(
        max_length=12,
        choices=[(s.value, s.value.title()) for s in MessageStatus],
        default=MessageStatus.PENDING,
    )
    version = models.PositiveIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    last_answer = models.CharField(max_length=40, blank=True)
    created_at = models.DateTimeField()
    next_attempt_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at"]
        indexes = [
            models.Index(
                fields=["channel", "next_attempt_at"],
                condition=models.Q(status="pending"),
                name="message_due",
            ),
            models.Index(fields=["subject", "-created_at"], name="message_by_subject"),
            models.Index(
                fields=["ended_at"],
                condition=models.Q(ended_at__isnull=False),
                name="message_ended",
            ),
            models.Index(
                fields=["-ended_at"],
                condition=models.Q(status="quarantined"),
                name="message_put_aside",
            ),
        ]

    def __str__(self) -> str:
        return f"M-{str(self.id)[:8].upper()}"

    def event_context(self) -> Mapping[str, Any]:
        """What a message's events carry."""
        return {
            "subject_id": self.subject_id,
            "attributes": {"channel": self.channel, "about": self.kind},
        }


class ChannelBreaker(models.Model):
    """How a channel does, for all workers at once."""

    channel = models.CharField(max_length=8, primary_key=True)
    status = models.CharField(
        max_length=10,
        choices=[(s.value, s.value.title()) for s in BreakerStatus],
        default=BreakerStatus.CLOSED,
    )
    version = models.PositiveIntegerField(default=0)
    failures = models.PositiveIntegerField(default=0)
    """In a row."""
    openings = models.PositiveIntegerField(default=0)
    """How often in a row it was found not to work again: the pauses grow by it."""
    retry_at = models.DateTimeField(null=True, blank=True)
    changed_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.channel}, {self.status}"

    def event_context(self) -> Mapping[str, Any]:
        """What a breaker's events carry."""
        return {"attributes": {"channel": self.channel}}


class SendBudget(models.Model):
    """The latest sendings of one kind to one place: what is sent is bounded by them.

    The key holds a keyed mark of a number: no address is kept here.
    """

    key = models.CharField(max_length=80, primary_key=True)
    recent = ArrayField(models.DateTimeField())
    """Oldest first, never more than the limit."""

    def __str__(self) -> str:
        return f"{len(self.recent)} lately"


class SentSecret(models.Model):
    """A code or link that was sent for one purpose, to be answered once.

    The secret itself is nowhere stored: it is worked out from this row with a key. Whatever is
    swapped, person, session, purpose or address, gives another secret (F09).
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    subject = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    session = models.ForeignKey("identity.Session", models.CASCADE, related_name="+")
    """The browser that asked."""
    contact = models.ForeignKey(ContactPoint, models.CASCADE, related_name="+")
    factor = models.CharField(max_length=20)
    action = models.ForeignKey(
        "identity.Action", models.CASCADE, null=True, blank=True, related_name="+"
    )
    change = models.ForeignKey(
        "fallbacks.FactorChange", models.CASCADE, null=True, blank=True, related_name="+"
    )
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    spent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-issued_at"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(action__isnull=False) ^ models.Q(change__isnull=False),
                name="sent_secret_for_one_thing",
            )
        ]
        indexes = [models.Index(fields=["subject", "-issued_at"], name="secret_by_subject")]

    def __str__(self) -> str:
        return f"{self.factor}, {self.issued_at:%H:%M}"
