"""What presence stores: one coarse row a person, their choices, and a short log of signals."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db import models

from presence.states import State


class SignalKind(models.TextChoices):
    """What can be observed about a device or channel (P1)."""

    HEARTBEAT = "heartbeat", "Heartbeat"
    PUSH_ACCEPTED = "push_accepted", "Push accepted"
    PUSH_ACKNOWLEDGED = "push_acknowledged", "Push acknowledged"
    PUSH_BOUNCED = "push_bounced", "Push bounced"
    DEVICE_SEEN = "device_seen", "Device seen"
    PERMISSION = "permission", "Notification permission"
    NETWORK = "network", "Network"


class SignalSource(models.TextChoices):
    """Who observed it. What a real application saw counts over the demo's feeder."""

    APPLICATION = "application", "Application"
    PAGE = "page", "Own pages"
    FEEDER = "feeder", "Demo feeder"


class Signal(models.Model):
    """One observation, coarse, kept for a short time only (P6).

    The table is partitioned by the day of receipt (`presence.partitions`); its key in the database
    is `(id, received_at)`. There are no foreign keys in the database, so that making and dropping
    a partition never locks people or devices. A partition holds an observation once.
    """

    subject = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="signals",
        db_constraint=False,
        db_index=False,
    )
    kind = models.CharField(max_length=20, choices=SignalKind)
    value = models.CharField(max_length=20, blank=True)
    device = models.ForeignKey(
        "identity.Device",
        models.DO_NOTHING,
        null=True,
        blank=True,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    source = models.CharField(max_length=12, choices=SignalSource)
    observed_at = models.DateTimeField()
    received_at = models.DateTimeField()

    class Meta:
        ordering = ["-observed_at"]

    def __str__(self) -> str:
        return f"{self.kind} {self.value}".strip()


class Presence(models.Model):
    """The newest signal of each kind for one person, and what was last concluded from them.

    `status` is the conclusion without any action in mind; the question of an application names
    an action type and is answered anew (P3). `changes_at` is when it next changes by itself.
    `unsettled_since` is since when the signals say otherwise than what is recorded, `dark_since`
    since when the person is neither available nor silent by choice, `returned_at` when they last
    came back.
    """

    subject = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="presence"
    )
    status = models.CharField(
        max_length=12, choices=[(s.value, s.value.title()) for s in State], default=State.DELAYED
    )
    version = models.PositiveIntegerField(default=0)
    since = models.DateTimeField()
    reasons = models.JSONField(default=list)
    changes_at = models.DateTimeField(null=True, blank=True)
    heartbeat_at = models.DateTimeField(null=True, blank=True)
    heartbeat_foreground = models.BooleanField(default=True)
    push_accepted_at = models.DateTimeField(null=True, blank=True)
    push_acknowledged_at = models.DateTimeField(null=True, blank=True)
    push_bounced_at = models.DateTimeField(null=True, blank=True)
    device_seen_at = models.DateTimeField(null=True, blank=True)
    permission_at = models.DateTimeField(null=True, blank=True)
    permission_denied_at = models.DateTimeField(null=True, blank=True)
    network_lost_at = models.DateTimeField(null=True, blank=True)
    network_returned_at = models.DateTimeField(null=True, blank=True)
    application_signal_at = models.DateTimeField(null=True, blank=True)
    unsettled_since = models.DateTimeField(null=True, blank=True)
    dark_since = models.DateTimeField(null=True, blank=True)
    returned_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "presence"
        indexes = [
            models.Index(
                fields=["returned_at"],
                name="presence_returned",
                condition=models.Q(returned_at__isnull=False),
            ),
            models.Index(
                fields=["changes_at"],
                name="presence_due",
                condition=models.Q(changes_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.status

    def event_context(self) -> Mapping[str, Any]:
        """What `presence.updated` carries: whose it is and the coarse reasons."""
        return {"subject_id": self.subject_id, "attributes": {"reasons": list(self.reasons)}}


class Preference(models.Model):
    """What the person chose about being disturbed (P4). All times of day are in `zone`.

    `…_consent` says what they consent to and `…_consent_at` since when (P6); never chosen where
    that is empty. `…_permitted` names the channels on which they may be prompted. `overridden_…`
    is the last emergency that went before their quiet: from when until when, and which.
    """

    subject = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="preference"
    )
    zone = models.CharField(max_length=64, default="UTC")
    dnd_until = models.DateTimeField(null=True, blank=True)
    away_until = models.DateTimeField(null=True, blank=True)
    quiet_days = models.JSONField(default=list, blank=True)
    quiet_start = models.TimeField(null=True, blank=True)
    quiet_end = models.TimeField(null=True, blank=True)
    presence_consent = models.BooleanField(default=True)
    presence_consent_at = models.DateTimeField(null=True, blank=True)
    page_signals_consent = models.BooleanField(default=False)
    page_signals_consent_at = models.DateTimeField(null=True, blank=True)
    metrics_consent = models.BooleanField(default=True)
    metrics_consent_at = models.DateTimeField(null=True, blank=True)
    push_permitted = models.BooleanField(default=True)
    email_permitted = models.BooleanField(default=True)
    sms_permitted = models.BooleanField(default=False)
    overridden_at = models.DateTimeField(null=True, blank=True)
    overridden_until = models.DateTimeField(null=True, blank=True)
    overridden_for = models.CharField(max_length=40, blank=True)

    class Meta:
        permissions = [
            ("view_inventory", "Can view what is stored about people, and why"),
            ("override_quiet", "Can ask a person in spite of their quiet, in a named emergency"),
        ]

    def __str__(self) -> str:
        return self.zone


class RulesInForce(models.Model):
    """The presence rules of the policy version in force: one row, written when it changes."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    policy_number = models.PositiveIntegerField()
    rules = models.JSONField()

    class Meta:
        verbose_name_plural = "rules in force"
        constraints = [
            models.CheckConstraint(condition=models.Q(id=1), name="one_row_of_presence_rules")
        ]

    def __str__(self) -> str:
        return f"rules of policy {self.policy_number}"
