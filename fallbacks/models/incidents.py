"""Incidents: what people are told while something that identity needs is down."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models.functions import Now


class Incident(models.Model):
    """One outage in concrete sentences (O5): what fails, what works, what to do, next update.

    While it is open, the mode of every decision is at least `mode`.
    """

    class Mode(models.TextChoices):
        """How far the rules step down."""

        NORMAL = "normal", "Normal: told only, rules unchanged"
        DEGRADED = "degraded", "Degraded"
        EMERGENCY = "emergency", "Emergency"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    title = models.CharField(max_length=60)
    mode = models.CharField(max_length=10, choices=Mode, default=Mode.DEGRADED)
    fails = models.TextField(max_length=400, help_text="What fails, and for how many people.")
    works = models.TextField(max_length=400, help_text="What goes on working.")
    what_to_do = models.TextField(max_length=400, help_text="What a person can do now.")
    dependencies = models.JSONField(default=list, db_default=[], blank=True)
    """What is down: names of `fallbacks.factors.dependencies`. No way to confirm that hangs on one
    of them is offered while it is open."""
    opened_at = models.DateTimeField(db_default=Now())
    next_update_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-opened_at"]

    def __str__(self) -> str:
        return self.title


class IncidentUpdate(models.Model):
    """One dated sentence in an incident's log."""

    incident = models.ForeignKey(Incident, models.CASCADE, related_name="updates")
    at = models.DateTimeField(db_default=Now())
    title = models.CharField(max_length=60)
    text = models.TextField(max_length=400)

    class Meta:
        ordering = ["-at"]

    def __str__(self) -> str:
        return self.title
