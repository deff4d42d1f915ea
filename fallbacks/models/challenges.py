"""Challenges and the budget of guesses at them."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db import models

from fallbacks.machines import ChallengeStatus


class Challenge(models.Model):
    """One attempt at one factor, for one action: new and short every time (≤10 min).

    The action may wait for days; a challenge never does.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    subject = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    action = models.ForeignKey("identity.Action", models.CASCADE, related_name="challenges")
    factor = models.CharField(max_length=20)
    status = models.CharField(
        max_length=10,
        choices=[(s.value, s.value.title()) for s in ChallengeStatus],
        default=ChallengeStatus.ISSUED,
    )
    version = models.PositiveIntegerField(default=0)
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-issued_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["action"],
                condition=models.Q(status="issued"),
                name="one_live_challenge_an_action",
            )
        ]

    def __str__(self) -> str:
        return f"{self.factor}, {self.status}"

    def event_context(self) -> Mapping[str, Any]:
        """What a challenge's events carry."""
        return {
            "subject_id": self.subject_id,
            "attributes": {"action": str(self.action_id), "factor": self.factor},
        }


class GuessBudget(models.Model):
    """What one account has guessed, over all factors and sessions (F06), counted before checking.

    ≤5 in 5 minutes, ≤50 a day, ≤100 in a row before the factors must be bound anew (ASVS 5 6.6,
    NIST SP 800-63B-4 §3.2.2). Only this account's own success clears its row of misses (F07).
    """

    subject = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="guess_budget"
    )
    short_started_at = models.DateTimeField()
    short_count = models.PositiveIntegerField(default=0)
    day_started_at = models.DateTimeField()
    day_count = models.PositiveIntegerField(default=0)
    in_a_row = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.short_count} in 5 minutes, {self.day_count} today"
