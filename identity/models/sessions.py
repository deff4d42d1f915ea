"""Sessions, devices and evidence: where a person is signed in and what was proved there."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db import models


class DeviceStatus(models.TextChoices):
    """A revoked device stops everything bound to it."""

    ACTIVE = "active", "Active"
    REVOKED = "revoked", "Revoked"


class SessionStatus(models.TextChoices):
    """Only an active session counts; checked at every use."""

    ACTIVE = "active", "Active"
    ENDED = "ended", "Signed out"
    REVOKED = "revoked", "Revoked"


class Device(models.Model):
    """A device as coarse as a decision needs it: a class and a name, never a fingerprint (P6).

    `reference` is what an application calls it; unique for one person.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="devices")
    reference = models.CharField(max_length=64)
    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=12, default="unknown")
    status = models.CharField(max_length=8, choices=DeviceStatus, default=DeviceStatus.ACTIVE)
    version = models.PositiveIntegerField(default=0)
    first_seen_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()

    class Meta:
        ordering = ["-last_seen_at"]
        constraints = [
            models.UniqueConstraint(fields=["user", "reference"], name="one_device_a_reference")
        ]

    def __str__(self) -> str:
        return self.name

    def event_context(self) -> Mapping[str, Any]:
        """What a device's events carry."""
        return {"subject_id": self.user_id, "attributes": {"device": str(self.id)}}


class Session(models.Model):
    """A sign-in, here or in an application. Freshness is not connection (S1)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="sessions")
    device = models.ForeignKey(Device, models.SET_NULL, null=True, blank=True, related_name="+")
    application = models.ForeignKey(
        settings.OAUTH2_PROVIDER_APPLICATION_MODEL,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
    )
    reference = models.CharField(max_length=64, blank=True)
    status = models.CharField(max_length=8, choices=SessionStatus, default=SessionStatus.ACTIVE)
    version = models.PositiveIntegerField(default=0)
    network = models.CharField(max_length=64, blank=True)
    country = models.CharField(max_length=2, blank=True)
    started_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()
    last_proof_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-last_seen_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "reference"],
                condition=~models.Q(reference=""),
                name="one_session_a_reference",
            )
        ]

    def __str__(self) -> str:
        return f"S-{str(self.id)[:8].upper()}"

    def event_context(self) -> Mapping[str, Any]:
        """What a session's events carry."""
        return {"subject_id": self.user_id, "attributes": {"session": str(self.id)}}


class Evidence(models.Model):
    """A record that a factor was verified, bound to where and for what (D8).

    Evidence is kept, authority never: what it is worth is worked out anew at each decision.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="evidence")
    session = models.ForeignKey(Session, models.CASCADE, null=True, blank=True, related_name="+")
    device = models.ForeignKey(Device, models.CASCADE, null=True, blank=True, related_name="+")
    action = models.ForeignKey(
        "identity.Action", models.SET_NULL, null=True, blank=True, related_name="evidence"
    )
    factor = models.CharField(max_length=20)
    aal = models.PositiveSmallIntegerField()
    issuer = models.CharField(max_length=40, default="holdfast")
    application = models.ForeignKey(
        settings.OAUTH2_PROVIDER_APPLICATION_MODEL,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
    )
    """Its scope: it counts for what this application asks, and for no other."""
    credentials = models.CharField(max_length=64, blank=True)
    """Fingerprint of the person's credentials when it was given; other ones make it void."""
    network = models.CharField(max_length=64, blank=True)
    country = models.CharField(max_length=2, blank=True)
    verified_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        ordering = ["-verified_at"]
        verbose_name_plural = "evidence"
        indexes = [models.Index(fields=["user", "-verified_at"], name="evidence_by_user")]

    def __str__(self) -> str:
        return f"{self.factor}, AAL{self.aal}"
