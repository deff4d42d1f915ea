"""Versions of the policy."""

from __future__ import annotations

from django.db import models


class PolicyVersion(models.Model):
    """One version of the policy document; the number is what every decision quotes."""

    class Status(models.TextChoices):
        """One version is active at a time; the database holds it so."""

        DRAFT = "draft", "Draft"
        ACTIVE = "active", "Active"
        RETIRED = "retired", "Retired"

    number = models.PositiveIntegerField(unique=True)
    name = models.CharField(max_length=80)
    status = models.CharField(max_length=8, choices=Status, default=Status.DRAFT)
    document = models.TextField()
    digest = models.CharField(max_length=64)
    created_at = models.DateTimeField()
    activated_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["status"],
                condition=models.Q(status="active"),
                name="one_active_policy",
            )
        ]

    def __str__(self) -> str:
        return f"Version {self.number}"
