"""The record of everything that happened."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class Event(models.Model):
    """One thing that happened, written in the transaction that did it, never changed after.

    A trigger in the database refuses UPDATE and DELETE. Coarse values only: no payload, no
    address, no raw channel data (P6).
    """

    id = models.BigAutoField(primary_key=True)
    name = models.CharField(max_length=40)
    at = models.DateTimeField()
    kind = models.CharField(max_length=20)
    object_id = models.CharField(max_length=40)
    subject = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="events"
    )
    action_id = models.UUIDField(null=True)
    from_state = models.CharField(max_length=12, blank=True)
    to_state = models.CharField(max_length=12, blank=True)
    reason = models.CharField(max_length=40, blank=True)
    actor = models.CharField(max_length=150, blank=True)
    attributes = models.JSONField(default=dict)

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(fields=["action_id", "id"], name="event_by_action"),
            models.Index(fields=["subject", "-id"], name="event_by_subject"),
        ]

    def __str__(self) -> str:
        return self.name
