"""Versions of the policy, and who answers for them (D3)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db import models

from config.lifecycle import StateMachine


class PolicyVersion(models.Model):
    """One version of the policy document; the number is what every decision quotes.

    The database refuses to change what it says once it is no draft, to skip a state, and to
    delete anything but a draft.
    """

    class Status(models.TextChoices):
        """One version is active at a time; the database holds it so."""

        DRAFT = "draft", "Draft"
        REVIEW = "review", "Review"
        ACTIVE = "active", "Active"
        RETIRED = "retired", "Retired"

    number = models.PositiveIntegerField(unique=True)
    name = models.CharField(max_length=80)
    status = models.CharField(max_length=8, choices=Status, default=Status.DRAFT)
    version = models.PositiveIntegerField(default=0)
    document = models.TextField()
    digest = models.CharField(max_length=64)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    """Nobody for the policy that came with the product."""
    created_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True, blank=True)
    compared_with = models.PositiveIntegerField(null=True, blank=True)
    """The version in force when this one was submitted: the one that signers compare it with."""
    returned_because = models.TextField(blank=True, max_length=2000)
    activated_at = models.DateTimeField(null=True, blank=True)
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["status"],
                condition=models.Q(status="active"),
                name="one_active_policy",
            )
        ]
        permissions = [
            ("draft_policy", "Can draft a policy version and submit it"),
            ("return_policy", "Can return a policy version to its author"),
            ("activate_policy", "Can bring a signed policy version into force"),
            ("sign_policy_security", "Can sign a policy version for security"),
            ("sign_policy_compliance", "Can sign a policy version for compliance"),
            ("sign_policy_product", "Can sign a policy version for product"),
            ("sign_policy_support", "Can sign a policy version for support"),
        ]

    def __str__(self) -> str:
        return f"Version {self.number}"

    def event_context(self) -> Mapping[str, Any]:
        """What a version's events carry."""
        return {"attributes": {"number": self.number, "digest": self.digest}}


POLICY_EDGES: Mapping[tuple[str, str], str] = {
    ("draft", "policy.drafted"): "draft",
    ("draft", "policy.submitted"): "review",
    ("review", "policy.signed"): "review",
    ("review", "policy.returned"): "draft",
    ("review", "policy.activated"): "active",
    ("active", "policy.retired"): "retired",
}
POLICY_MACHINE = StateMachine("policy", POLICY_EDGES)


class SignOff(models.Model):
    """One area's signature under a version in review; a version that is returned loses them.

    Four areas are four people, none of them the author: held by the database, whoever writes.
    """

    class Area(models.TextChoices):
        """Who must agree before a version comes into force (D3)."""

        SECURITY = "security", "Security"
        COMPLIANCE = "compliance", "Compliance"
        PRODUCT = "product", "Product"
        SUPPORT = "support", "Support"

    policy = models.ForeignKey(PolicyVersion, models.PROTECT, related_name="sign_offs")
    area = models.CharField(max_length=10, choices=Area)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["at"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["policy", "area"], name="one_signature_an_area"),
            models.UniqueConstraint(fields=["policy", "person"], name="one_area_a_person"),
            models.CheckConstraint(
                condition=models.Q(area__in=["security", "compliance", "product", "support"]),
                name="signature_for_a_known_area",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.area}: {self.person}"
