"""The outbox of webhooks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db import models


class DeliveryStatus(models.TextChoices):
    """How far a message has come."""

    PENDING = "pending", "Waiting to be sent"
    """Sent when due; a receiver's 2xx moves it on, ten tries without one end it."""
    DELIVERED = "delivered", "Delivered"
    """The receiver acknowledged. Final."""
    ABANDONED = "abandoned", "Given up"
    """Every try failed, or the receiver said that it is gone. Staff can send it again."""


class Delivery(models.Model):
    """One webhook message, written with the transition it tells of and sent after commit.

    `id` is the `webhook-id`: the same at every try, so the receiver can tell a repeat. The lease
    is a due time: who claims a row moves `next_attempt_at` past the longest a try can take.
    """

    id = models.CharField(primary_key=True, max_length=40)
    application = models.ForeignKey(
        settings.OAUTH2_PROVIDER_APPLICATION_MODEL, models.CASCADE, related_name="deliveries"
    )
    action = models.ForeignKey("identity.Action", models.CASCADE, related_name="deliveries")
    type = models.CharField(max_length=40)
    data = models.JSONField()
    status = models.CharField(max_length=10, choices=DeliveryStatus, default=DeliveryStatus.PENDING)
    version = models.PositiveIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField(null=True, blank=True)
    last_answer = models.CharField(max_length=60, blank=True)
    created_at = models.DateTimeField()
    delivered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at"]
        verbose_name_plural = "deliveries"
        indexes = [
            models.Index(
                fields=["next_attempt_at"],
                name="delivery_due",
                condition=models.Q(status="pending"),
            ),
            models.Index(
                fields=["application", "next_attempt_at"],
                name="delivery_of_endpoint",
                condition=models.Q(status="pending"),
            ),
        ]

    def __str__(self) -> str:
        return self.id

    def event_context(self) -> Mapping[str, Any]:
        """What a delivery's events carry."""
        return {
            "subject_id": None,
            "attributes": {"action": str(self.action_id), "type": self.type},
        }


class EndpointStatus(models.TextChoices):
    """Whether an application's webhook address is called."""

    OPEN = "open", "Called"
    """Called when something is due; a 410 closes it."""
    GONE = "gone", "Said that it is gone"
    """The receiver answered 410. What is to be sent is held; staff open it again."""


class Endpoint(models.Model):
    """What became of an application's webhook address; no row means that it is called.

    While a secret is being changed, messages carry a second signature by the one before, until
    `previous_until`.
    """

    application = models.OneToOneField(
        settings.OAUTH2_PROVIDER_APPLICATION_MODEL,
        models.CASCADE,
        primary_key=True,
        related_name="endpoint",
    )
    status = models.CharField(max_length=10, choices=EndpointStatus, default=EndpointStatus.OPEN)
    version = models.PositiveIntegerField(default=0)
    changed_at = models.DateTimeField()
    previous_secret_sealed = models.BinaryField(blank=True, default=b"")
    previous_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["application__name"]

    def __str__(self) -> str:
        return str(self.application)

    def event_context(self) -> Mapping[str, Any]:
        """What an endpoint's events carry."""
        return {"subject_id": None, "attributes": {"application": self.application_id}}


class SweepRun(models.Model):
    """When a sweep last ran to its end: liveness is told by progress, not by a ping (F35, F36)."""

    name = models.CharField(primary_key=True, max_length=40)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name
