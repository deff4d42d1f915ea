"""Changes of a person's factors, and what the person is told about them."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db import models

from fallbacks.machines import ChangeStatus, NoticeStatus


class FactorChange(models.Model):
    """One change of one person's factors, from one session, with the proof that was given for it.

    The steps live here and nowhere else: a step that was not taken is not made up for by a form
    that pretends it was (F10). A proof serves the one change it was given for.
    """

    class Kind(models.TextChoices):
        """What is done to the factor."""

        ENROL = "enrol", "Add"
        REPLACE = "replace", "Make anew"
        REMOVE = "remove", "Remove"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    subject = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    session = models.ForeignKey("identity.Session", models.CASCADE, related_name="+")
    factor = models.CharField(max_length=20)
    kind = models.CharField(max_length=8, choices=Kind)
    credential = models.CharField(max_length=64, blank=True)
    """Which credential, by the id its factor's module gave it; set once there is one."""
    name = models.CharField(max_length=40, blank=True)
    status = models.CharField(
        max_length=10,
        choices=[(s.value, s.value.title()) for s in ChangeStatus],
        default=ChangeStatus.BEGUN,
    )
    version = models.PositiveIntegerField(default=0)
    begun_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    proved_at = models.DateTimeField(null=True, blank=True)
    proved_with = models.CharField(max_length=20, blank=True)

    class Meta:
        ordering = ["-begun_at"]
        indexes = [models.Index(fields=["subject", "-begun_at"], name="change_by_subject")]

    def __str__(self) -> str:
        return f"{self.kind} {self.factor}, {self.status}"

    def event_context(self) -> Mapping[str, Any]:
        """What a change's events carry."""
        return {
            "subject_id": self.subject_id,
            "attributes": {
                "factor": self.factor,
                "session": str(self.session_id),
                "proved_with": self.proved_with,
            },
        }


class SecurityNotice(models.Model):
    """Something the person is always told: a changed factor, a recovery, a fallback used (P4).

    It stays on their pages until they have seen it in another session than the one it came from,
    so that whoever did it cannot wave it away.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    subject = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    session = models.ForeignKey(
        "identity.Session", models.SET_NULL, null=True, blank=True, related_name="+"
    )
    message_id = models.CharField(max_length=60)
    facts = models.JSONField(default=dict)
    """What fills the sentence: coarse words, a way's own name; never a secret."""
    status = models.CharField(
        max_length=10,
        choices=[(s.value, s.value.title()) for s in NoticeStatus],
        default=NoticeStatus.OPEN,
    )
    version = models.PositiveIntegerField(default=0)
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at"]
        indexes = [models.Index(fields=["subject", "-at"], name="notice_by_subject")]

    def __str__(self) -> str:
        return f"N-{str(self.id)[:8].upper()}"

    def event_context(self) -> Mapping[str, Any]:
        """What a notice's events carry."""
        return {"subject_id": self.subject_id, "attributes": {"about": self.message_id}}
