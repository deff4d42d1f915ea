"""What the sweep keeps of its own work: who holds which actions, and which would not be moved."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models

from config.lifecycle import StateMachine


class SweepBatch(models.Model):
    """Actions that one worker took, until its lease is over.

    `token` fences: who moves the actions deletes the row by it in the same transaction, and a row
    that is gone says that somebody else took over. A row left behind says that its worker died.
    """

    token = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    actions = ArrayField(models.UUIDField())
    lease_until = models.DateTimeField()

    class Meta:
        verbose_name_plural = "sweep batches"

    def __str__(self) -> str:
        return f"{len(self.actions)} until {self.lease_until}"


class AttemptStatus(models.TextChoices):
    """How the sweep stands with an action that it could not move."""

    FAILING = "failing", "To be tried again"
    """Taken by itself when `retry_at` has come. Success removes the row, the fifth failure puts
    the action aside."""
    QUARANTINED = "quarantined", "Put aside"
    """The sweep leaves it alone until a person of the staff has it tried again."""


ATTEMPT_MACHINE = StateMachine(
    "attempt",
    {
        (AttemptStatus.FAILING, "action.quarantined"): AttemptStatus.QUARANTINED,
        (AttemptStatus.QUARANTINED, "action.requeued"): AttemptStatus.FAILING,
    },
)


class SweepAttempt(models.Model):
    """An action whose move failed: how often in a row, why, and when it is tried again.

    No column of the action: its status says where it stands with its person, and that is unchanged.
    `last_error` is the kind of the error and never its text, which may quote anything.
    """

    action = models.OneToOneField(
        "identity.Action", models.CASCADE, primary_key=True, related_name="sweep_attempt"
    )
    status = models.CharField(max_length=11, choices=AttemptStatus, default=AttemptStatus.FAILING)
    version = models.PositiveIntegerField(default=0)
    count = models.PositiveSmallIntegerField(default=0)
    last_error = models.CharField(max_length=60, blank=True)
    last_at = models.DateTimeField()
    retry_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-last_at"]

    def __str__(self) -> str:
        return f"{self.count} × {self.last_error}"

    def event_context(self) -> Mapping[str, Any]:
        """What its events carry; they are shown with the action's own."""
        return {
            "subject_id": self.action.subject_id,
            "attributes": {"action": str(self.action_id), "count": self.count},
        }
