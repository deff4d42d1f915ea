"""Escalations: a blocked action put to the security staff, and their verdict (F7)."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from django.db import transaction

from config.lifecycle import (
    StateMachine,
    fetch_planned,
    insert,
    read_clock,
    transition,
)
from fallbacks.errors import PermissionNeeded, WrongReasonCode
from fallbacks.machines import ESCALATION_EDGES, EscalationStatus
from fallbacks.models import Escalation, SecurityNotice
from fallbacks.models.people import CODES_OF_VERDICT, Verdict
from fallbacks.shelves import Shelf

ESCALATION_MACHINE = StateMachine("escalation", ESCALATION_EDGES)
OPEN_ESCALATIONS = Shelf("escalations.open", Escalation, [EscalationStatus.OPEN])
ANSWER_WITHIN = timedelta(hours=4)
"""The time security staff have for a verdict; later it shows as late."""


class Staff(Protocol):
    """A member of staff, as far as this app needs to know one."""

    pk: Any

    def get_username(self) -> str:
        """The name that is logged."""

    def has_perm(self, perm: str) -> bool:
        """Whether the person holds a permission, asked at the moment of use (F25)."""


def open_escalation(
    action_id: uuid.UUID,
    user_id: int,
    *,
    queue: str,
    reasons: Sequence[str],
    facts: Mapping[str, str],
    now: datetime,
) -> Escalation:
    """Put a blocked action to the staff of `queue`, with the decision's coarse inputs.

    The caller's transition to `blocked` tells `escalation.triggered`.
    """
    escalation = Escalation(
        action_id=action_id,
        subject_id=user_id,
        queue=queue,
        reasons=list(reasons),
        facts=dict(facts),
        opened_at=now,
        due_at=now + ANSWER_WITHIN,
    )
    OPEN_ESCALATIONS.put(action_id, escalation)
    insert(escalation)
    return escalation


def escalate_notice(notice: SecurityNotice, reasons: Sequence[str], now: datetime) -> Escalation:
    """Put a notice that the person disputes to the security staff.

    The caller's transition of the notice tells `escalation.triggered`.
    """
    return Escalation.objects.create(
        notice=notice,
        subject_id=notice.subject_id,
        reasons=list(reasons),
        opened_at=now,
        due_at=now + ANSWER_WITHIN,
    )


def resolve_escalation(
    escalation_id: uuid.UUID, *, by: Staff, verdict: str, reason_code: str, note: str = ""
) -> Escalation:
    """Give the verdict; whoever listens to `escalation.resolved` moves the action with it.

    Raises PermissionNeeded, WrongReasonCode, IllegalTransition when it is no longer open,
    Superseded when somebody else was first.
    """
    if not by.has_perm("fallbacks.resolve_escalation"):
        raise PermissionNeeded
    if reason_code not in CODES_OF_VERDICT.get(verdict, frozenset()):
        raise WrongReasonCode(verdict=verdict, reason_code=reason_code)
    with transaction.atomic():
        escalation = Escalation.objects.get(pk=escalation_id)
        if escalation.subject_id == by.pk:
            raise PermissionNeeded
        now = read_clock()
        escalation.verdict = verdict
        transition(
            escalation,
            "escalation.resolved",
            ESCALATION_MACHINE,
            at=now,
            reason=reason_code,
            actor=by.get_username(),
            changes={
                "verdict": verdict,
                "reason_code": reason_code,
                "note": note[:2000],
                "resolved_by_id": by.pk,
                "resolved_at": now,
            },
        )
    return escalation


def close_escalation(action_id: uuid.UUID, now: datetime) -> None:
    """The action ended without a verdict: take its escalation off the list."""
    for escalation in OPEN_ESCALATIONS.of(action_id):
        if escalation.status == EscalationStatus.OPEN:
            transition(escalation, "escalation.closed", ESCALATION_MACHINE, at=now)


_ESCALATIONS = f"""
SELECT subject_id, NULL FROM fallbacks_escalation
WHERE subject_id = ANY(%s::bigint[]) AND status = '{EscalationStatus.OPEN.value}'
UNION
SELECT NULL, action_id FROM fallbacks_escalation
WHERE action_id = ANY(%s::uuid[]) AND status = '{EscalationStatus.RESOLVED.value}'
    AND verdict = '{Verdict.RELEASE.value}'
"""  # noqa: S608


@dataclass(frozen=True, slots=True)
class Escalated:
    """Who has anything that waits for the security staff, and the very actions that they looked
    at and let go on."""

    people: frozenset[int] = frozenset()
    released: frozenset[uuid.UUID] = frozenset()


def escalated(people: Collection[int], actions: Collection[uuid.UUID] = ()) -> Escalated:
    """What is escalated of these `people` and released of these `actions`. One query for all of
    them, none for nobody."""
    if not people and not actions:
        return Escalated()
    rows = fetch_planned(_ESCALATIONS, [list(people), list(actions)])
    return Escalated(
        people=frozenset(user_id for user_id, _ in rows if user_id is not None),
        released=frozenset(action_id for _, action_id in rows if action_id is not None),
    )


def has_open_escalation(user_id: int) -> bool:
    """Whether anything of this person waits for the security staff."""
    return bool(escalated([user_id]).people)


def is_escalated(action_id: uuid.UUID) -> bool:
    """Whether this very action waits for the security staff."""
    return any(each.status == EscalationStatus.OPEN for each in OPEN_ESCALATIONS.of(action_id))
