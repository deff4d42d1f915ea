"""Browsers that take prompts, the prompts sent to them, and how many were sent to a person."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

from fallbacks.machines import PromptStatus


class PushSubscription(models.Model):
    """A browser that a person let us send prompts to, and that answers them.

    What it answers with is a secret of that browser, kept here as a mark only. The endpoint and
    its keys let somebody send to the browser, and only together with our own push key.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    subject = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    device = models.ForeignKey(
        "identity.Device", models.SET_NULL, null=True, blank=True, related_name="+"
    )
    name = models.CharField(max_length=40)
    endpoint = models.TextField(max_length=1000)
    endpoint_digest = models.CharField(max_length=64, unique=True)
    """SHA-256 in hex: one browser is one person's."""
    p256dh = models.CharField(max_length=100)
    auth = models.CharField(max_length=40)
    secret_digest = models.CharField(max_length=64, unique=True)
    """SHA-256 in hex of the browser's 256 random bits."""
    added_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["added_at"]
        indexes = [models.Index(fields=["subject"], name="push_by_subject")]

    def __str__(self) -> str:
        return self.name


class PushPrompt(models.Model):
    """One prompt on its way to one browser: written with the challenge it is for, sent after."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    challenge = models.ForeignKey("fallbacks.Challenge", models.CASCADE, related_name="prompts")
    subscription = models.ForeignKey(PushSubscription, models.CASCADE, related_name="prompts")
    status = models.CharField(
        max_length=12,
        choices=[(s.value, s.value.title()) for s in PromptStatus],
        default=PromptStatus.WAITING,
    )
    version = models.PositiveIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField(null=True, blank=True)
    last_answer = models.CharField(max_length=40, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["challenge", "subscription"], name="one_prompt_a_browser"
            )
        ]
        indexes = [
            models.Index(
                fields=["next_attempt_at"],
                condition=models.Q(status="waiting"),
                name="prompts_due",
            )
        ]

    def __str__(self) -> str:
        return f"prompt, {self.status}"

    def event_context(self) -> Mapping[str, Any]:
        """What a prompt's events carry."""
        return {
            "subject_id": self.challenge.subject_id,
            "attributes": {"action": str(self.challenge.action_id), "channel": "push"},
        }


class PromptBudget(models.Model):
    """When a person was prompted of late, over all requests, applications and channels (F17)."""

    subject = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="prompt_budget"
    )
    sent_at = ArrayField(models.DateTimeField(), default=list)

    def __str__(self) -> str:
        return f"{len(self.sent_at)} of late"
