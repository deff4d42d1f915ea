"""Verification cases: a manual check by two people, with reason codes (F6, F21, F22)."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from config.lifecycle import StateMachine, read_clock, transition
from fallbacks.errors import DistinctPeopleNeeded, PermissionNeeded, WrongReasonCode
from fallbacks.escalations import Staff
from fallbacks.machines import CASE_EDGES, CaseStatus
from fallbacks.models import VerificationCase
from fallbacks.models.people import CASE_CONFIRM_CODES, CASE_REFUSE_CODES

CASE_MACHINE = StateMachine("case", CASE_EDGES)
OPEN_STATES = (CaseStatus.OPEN, CaseStatus.PROPOSED)


def open_case(
    action_id: uuid.UUID, user_id: int, *, because: str, now: datetime, within: timedelta
) -> VerificationCase:
    """Put an action to the support desk, to be decided within `within`."""
    return VerificationCase.objects.create(
        action_id=action_id,
        subject_id=user_id,
        opened_because=because,
        opened_at=now,
        due_at=now + within,
    )


def _somebody_elses(case_id: uuid.UUID, by: Staff) -> VerificationCase:
    """The case, unless it is about `by`: nobody has a say in their own. Raises PermissionNeeded."""
    case = VerificationCase.objects.get(pk=case_id)
    if case.subject_id == by.pk:
        raise PermissionNeeded
    return case


def propose_case(
    case_id: uuid.UUID, *, by: Staff, reason_code: str, note: str = ""
) -> VerificationCase:
    """One agent says that the evidence matched; nothing happens until another agrees.

    Raises PermissionNeeded, WrongReasonCode, IllegalTransition, Superseded.
    """
    if not by.has_perm("fallbacks.propose_case"):
        raise PermissionNeeded
    if reason_code not in CASE_CONFIRM_CODES:
        raise WrongReasonCode(reason_code=reason_code)
    with transaction.atomic():
        case = _somebody_elses(case_id, by)
        now = read_clock()
        transition(
            case,
            "case.proposed",
            CASE_MACHINE,
            at=now,
            reason=reason_code,
            actor=by.get_username(),
            changes={
                "reason_code": reason_code,
                "note": note[:2000],
                "proposed_by_id": by.pk,
                "proposed_at": now,
            },
        )
    return case


def confirm_case(case_id: uuid.UUID, *, by: Staff) -> VerificationCase:
    """A second, other person agrees: it is the user.

    That the two differ is compared in the write itself (F22). Raises PermissionNeeded,
    DistinctPeopleNeeded, IllegalTransition, Superseded.
    """
    if not by.has_perm("fallbacks.decide_case"):
        raise PermissionNeeded
    with transaction.atomic():
        distinct = ~Q(proposed_by_id=by.pk) & ~Q(subject_id=by.pk)
        held = VerificationCase.objects.select_for_update().filter(Q(pk=case_id) & distinct).first()
        if held is None:
            raise DistinctPeopleNeeded
        now = read_clock()
        transition(
            held,
            "case.confirmed",
            CASE_MACHINE,
            at=now,
            reason=held.reason_code,
            actor=by.get_username(),
            changes={"decided_by_id": by.pk, "decided_at": now},
        )
    return held


def refuse_case(
    case_id: uuid.UUID, *, by: Staff, reason_code: str, note: str = ""
) -> VerificationCase:
    """It is not the user, or it could not be shown: one person may refuse.

    Raises PermissionNeeded, WrongReasonCode, IllegalTransition, Superseded.
    """
    if not by.has_perm("fallbacks.propose_case"):
        raise PermissionNeeded
    if reason_code not in CASE_REFUSE_CODES:
        raise WrongReasonCode(reason_code=reason_code)
    with transaction.atomic():
        case = _somebody_elses(case_id, by)
        now = read_clock()
        transition(
            case,
            "case.refused",
            CASE_MACHINE,
            at=now,
            reason=reason_code,
            actor=by.get_username(),
            changes={
                "reason_code": reason_code,
                "note": note[:2000] or case.note,
                "decided_by_id": by.pk,
                "decided_at": now,
            },
        )
    return case


def close_case(action_id: uuid.UUID, now: datetime) -> None:
    """The action ended or went on without the desk: take its case off the list."""
    for case in VerificationCase.objects.filter(action_id=action_id, status__in=OPEN_STATES):
        transition(case, "case.closed", CASE_MACHINE, at=now)
