"""Actions and the decisions about them."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from config.lifecycle import StateMachine
from identity.states import EDGES, OPEN, Status

ACTION_MACHINE = StateMachine("action", EDGES)

REVERSAL_UNDER_WAY = "reversal_under_way"
"""Why a committed action is not over: the application was told to undo it."""
WITH_SECURITY = "with_security"
"""Why a committed action is not over: it was not confirmed and cannot simply be undone."""
UNSETTLED = frozenset({REVERSAL_UNDER_WAY, WITH_SECURITY})


class Window(models.TextChoices):
    """Which deadline runs: every wait has an end and a next step."""

    FIRST = "first", "The first window"
    """At its end the action goes where `on_expiry` says."""
    LAST = "last", "The last window"
    """At its end the action is expired."""


class Action(models.Model):
    """What an application asked to do for a person, kept until it ends.

    `expires_at` is the end of the present window (`window`); `next_attempt_at` the next try;
    `due_at` the sooner of all moments at which the sweep must look. `sealed_payload` is emptied
    at the end; where it is to be confirmed afterwards (`confirm_by`), once that is settled.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    application = models.ForeignKey(
        settings.OAUTH2_PROVIDER_APPLICATION_MODEL, models.PROTECT, related_name="actions"
    )
    subject = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="actions")
    type = models.ForeignKey("identity.ActionType", models.PROTECT, related_name="+")
    status = models.CharField(max_length=10, choices=[(s.value, s.value.title()) for s in Status])
    version = models.PositiveIntegerField(default=0)
    outcome = models.CharField(max_length=22)
    mode = models.CharField(max_length=10)
    read_only = models.BooleanField(default=False)
    decision_id = models.UUIDField(default=uuid.uuid4)
    reason = models.CharField(max_length=40, blank=True)
    rule = models.CharField(max_length=64)
    policy_number = models.PositiveIntegerField()
    obligations = models.JSONField(default=dict)
    facts = models.JSONField(default=dict)
    reasons = models.JSONField(default=list)
    sealed_payload = models.BinaryField(default=b"", blank=True)
    payload_fingerprint = models.CharField(max_length=64)
    session = models.ForeignKey(
        "identity.Session", models.SET_NULL, null=True, blank=True, related_name="actions"
    )
    device = models.ForeignKey(
        "identity.Device", models.SET_NULL, null=True, blank=True, related_name="actions"
    )
    network = models.CharField(max_length=64, blank=True)
    country = models.CharField(max_length=2, blank=True)
    device_class = models.CharField(max_length=12, blank=True)
    binding_message = models.CharField(max_length=120, blank=True)
    return_url = models.CharField(max_length=500, blank=True)
    requested_expiry = models.PositiveIntegerField(null=True, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    ladder = models.JSONField(default=dict, db_default={})
    """The plan that its run began with, how many steps are `done`, and when the next is `due`."""
    window = models.CharField(max_length=5, choices=Window, default=Window.FIRST)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)
    next_attempt_at = models.DateTimeField(null=True, blank=True)
    challenge_ends_at = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    confirm_by = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(
                fields=["due_at", "id"],
                name="action_due_in_order",
                condition=models.Q(due_at__isnull=False),
            ),
            models.Index(fields=["subject", "-created_at"], name="action_by_subject"),
            models.Index(
                fields=["application", "-created_at", "-id"], name="action_by_application"
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["application", "subject", "type", "payload_fingerprint"],
                condition=models.Q(status__in=sorted(OPEN)),
                name="one_equal_open_action",
            )
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def reference(self) -> str:
        """What people call it on the telephone."""
        return f"R-{str(self.id)[:8].upper()}"

    @property
    def to_confirm(self) -> bool:
        """Done first, and the person's to confirm or refuse until `confirm_by`."""
        return self.status == Status.COMMITTED and self.confirm_by is not None

    @property
    def unsettled(self) -> bool:
        """Done first, and not settled yet: to be confirmed, being undone, or with security."""
        return self.status == Status.COMMITTED and (
            self.confirm_by is not None or self.reason in UNSETTLED
        )

    def event_context(self) -> Mapping[str, Any]:
        """What an action's events carry: coarse, and never the payload."""
        return {
            "subject_id": self.subject_id,
            "attributes": {
                "application": self.application_id,
                "session": str(self.session_id) if self.session_id else "",
                "type": self.type_id,
                "policy": self.policy_number,
                "rule": self.rule,
                "risk": self.facts.get("risk", ""),
                "availability": self.facts.get("availability", ""),
            },
        }


class Decision(models.Model):
    """One answer of the policy about an action, with what it was based on (D9).

    `inputs` are the words that the risk score was worked out from, so that a decision can be
    rehearsed under other weights: coarse, like `facts`.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    action = models.ForeignKey(Action, models.CASCADE, related_name="decisions")
    at = models.DateTimeField()
    policy_number = models.PositiveIntegerField()
    rule = models.CharField(max_length=64)
    outcome = models.CharField(max_length=22)
    mode = models.CharField(max_length=10)
    facts = models.JSONField()
    reasons = models.JSONField()
    inputs = models.JSONField(default=dict)
    risk_score = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["-at"]
        indexes = [models.Index(fields=["at"], name="decision_at")]

    def __str__(self) -> str:
        return f"{self.outcome} by {self.rule}"


class IdempotencyKey(models.Model):
    """A key an application used, and what came of it (Q2). Kept 24 h after the action ends."""

    application = models.ForeignKey(
        settings.OAUTH2_PROVIDER_APPLICATION_MODEL, models.CASCADE, related_name="+"
    )
    key = models.CharField(max_length=255)
    fingerprint = models.CharField(max_length=64)
    action = models.ForeignKey(Action, models.CASCADE, related_name="+")
    joined = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    look_at = models.DateTimeField(db_default=Now())
    """When the clean-up looks whether its time is over."""

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["application", "key"], name="one_use_of_a_key")
        ]
        indexes = [models.Index(fields=["look_at"], name="key_look_at")]

    def __str__(self) -> str:
        return f"key of {self.action_id}"
