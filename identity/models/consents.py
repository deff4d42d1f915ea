"""What a person agreed to beforehand: go on without me, and ask me afterwards (D2)."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db import models

from config.lifecycle import StateMachine


class ConsentStatus(models.TextChoices):
    """Only a given consent counts, and only until it ends; checked at every use."""

    GIVEN = "given", "Given"
    WITHDRAWN = "withdrawn", "Withdrawn"


CONSENT_MACHINE = StateMachine("consent", {("given", "consent.withdrawn"): "withdrawn"})


class Consent(models.Model):
    """One person's standing consent that one application may do one type of action first and
    have it confirmed afterwards. It ends at `until` by itself."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="consents")
    application = models.ForeignKey(
        settings.OAUTH2_PROVIDER_APPLICATION_MODEL, models.CASCADE, related_name="+"
    )
    type = models.ForeignKey("identity.ActionType", models.CASCADE, related_name="+")
    status = models.CharField(max_length=9, choices=ConsentStatus, default=ConsentStatus.GIVEN)
    version = models.PositiveIntegerField(default=0)
    given_at = models.DateTimeField()
    until = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-given_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "application", "type"],
                condition=models.Q(status="given"),
                name="one_standing_consent",
            )
        ]

    def __str__(self) -> str:
        return f"consent to {self.type_id}"

    def event_context(self) -> Mapping[str, Any]:
        """What a consent's events carry."""
        return {"subject_id": self.user_id, "attributes": {"type": self.type_id}}
