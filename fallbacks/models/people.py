"""Where a person decides: escalations and verification cases."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db import models

from fallbacks.machines import CaseStatus, EscalationStatus


class Verdict(models.TextChoices):
    """What security staff can decide about an escalation."""

    RELEASE = "release", "Let it go on: the user must still prove who they are"
    DENY = "deny", "Refuse it"
    HOLD = "hold", "Hold it and pass it to support for a manual check"


class ReasonCode(models.TextChoices):
    """Why; a verdict without a code of its kind is refused."""

    GENUINE_CONTACTED = "genuine_contacted", "Reached the user on a known channel: genuine"
    GENUINE_EXPLAINED = "genuine_explained", "The anomaly is explained by a known event"
    SUSPECTED_TAKEOVER = "suspected_takeover", "Signs of account takeover"
    USER_DENIED = "user_denied", "The user says it was not them"
    NOT_REACHED = "not_reached", "The user could not be reached"
    EVIDENCE_MATCHED = "evidence_matched", "Call-back and evidence matched"
    EVIDENCE_FAILED = "evidence_failed", "Evidence did not match"
    NOT_AGREED = "not_agreed", "It should not happen"


CODES_OF_VERDICT: Mapping[str, frozenset[str]] = {
    Verdict.RELEASE: frozenset({ReasonCode.GENUINE_CONTACTED, ReasonCode.GENUINE_EXPLAINED}),
    Verdict.DENY: frozenset({ReasonCode.SUSPECTED_TAKEOVER, ReasonCode.USER_DENIED}),
    Verdict.HOLD: frozenset({ReasonCode.NOT_REACHED}),
}
CASE_CONFIRM_CODES = frozenset({ReasonCode.EVIDENCE_MATCHED})
CASE_REFUSE_CODES = frozenset(
    {ReasonCode.EVIDENCE_FAILED, ReasonCode.NOT_REACHED, ReasonCode.USER_DENIED}
)
CASE_DISAGREE_CODES = frozenset({ReasonCode.NOT_AGREED, ReasonCode.USER_DENIED})


class Question(models.TextChoices):
    """What the people of a case answer for."""

    PERSON = "person", "Is it the user?"
    """A manual check of who somebody is: one proposes, a second, other person decides."""
    ACTION = "action", "May it happen?"
    """The user proved who they are; policy wants `needed` others to agree to the thing itself."""


class Escalation(models.Model):
    """A question to the security staff, with its context (F7): about a blocked action and the
    inputs of its decision, or about a notice that the person says was not them."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    subject = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    action = models.ForeignKey(
        "identity.Action", models.CASCADE, null=True, blank=True, related_name="escalations"
    )
    notice = models.ForeignKey(
        "fallbacks.SecurityNotice",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="escalations",
    )
    status = models.CharField(
        max_length=10,
        choices=[(s.value, s.value.title()) for s in EscalationStatus],
        default=EscalationStatus.OPEN,
    )
    version = models.PositiveIntegerField(default=0)
    queue = models.CharField(max_length=12, default="security")
    reasons = models.JSONField(default=list)
    facts = models.JSONField(default=dict)
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField()
    verdict = models.CharField(max_length=10, choices=Verdict, blank=True)
    reason_code = models.CharField(max_length=24, choices=ReasonCode, blank=True)
    note = models.TextField(blank=True, max_length=2000)
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    resolved_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["due_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["action"],
                condition=models.Q(status="open"),
                name="one_open_escalation_an_action",
            ),
            models.CheckConstraint(
                condition=models.Q(action__isnull=False) ^ models.Q(notice__isnull=False),
                name="escalation_about_one_thing",
            ),
        ]
        permissions = [("resolve_escalation", "Can give a verdict on an escalation")]

    def __str__(self) -> str:
        return f"E-{str(self.id)[:8].upper()}"

    def event_context(self) -> Mapping[str, Any]:
        """What an escalation's events carry."""
        about = {"action": self.action_id, "notice": self.notice_id}
        named = {name: str(found) for name, found in about.items() if found is not None}
        return {"subject_id": self.subject_id, "attributes": {**named, "verdict": self.verdict}}


class VerificationCase(models.Model):
    """Where several people answer for an action, with reason codes (F6).

    A manual check by support, when no factor is left; or the agreement of others that policy asks
    for. `needed` people have to agree; each is one row of `Approval`.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    subject = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    action = models.ForeignKey("identity.Action", models.CASCADE, related_name="cases")
    status = models.CharField(
        max_length=10,
        choices=[(s.value, s.value.title()) for s in CaseStatus],
        default=CaseStatus.OPEN,
    )
    version = models.PositiveIntegerField(default=0)
    opened_because = models.CharField(max_length=40)
    asks = models.CharField(max_length=6, choices=Question, default=Question.PERSON)
    needed = models.PositiveSmallIntegerField(default=2)
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField()
    reason_code = models.CharField(max_length=24, choices=ReasonCode, blank=True)
    note = models.TextField(blank=True, max_length=2000)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    proposed_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["due_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["action"],
                condition=models.Q(status__in=["open", "proposed"]),
                name="one_open_case_an_action",
            ),
            models.CheckConstraint(
                condition=~models.Q(status="confirmed")
                | ~models.Q(proposed_by=models.F("decided_by")),
                name="case_confirmed_by_two_people",
            ),
        ]
        permissions = [
            ("propose_case", "Can propose the outcome of a verification case"),
            ("decide_case", "Can decide a verification case that somebody else proposed"),
        ]

    def __str__(self) -> str:
        return f"V-{str(self.id)[:8].upper()}"

    def event_context(self) -> Mapping[str, Any]:
        """What a case's events carry."""
        return {"subject_id": self.subject_id, "attributes": {"action": str(self.action_id)}}


class Approval(models.Model):
    """One person's agreement to a case: each person counts once, whatever is sent twice (F22)."""

    case = models.ForeignKey(VerificationCase, models.CASCADE, related_name="approvals")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["at"]
        constraints = [
            models.UniqueConstraint(fields=["case", "person"], name="one_approval_a_person")
        ]

    def __str__(self) -> str:
        return f"{self.person} agreed"
