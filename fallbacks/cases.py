"""Verification cases: a manual check by two people, with reason codes (F6, F21, F22)."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import Q

from config.lifecycle import IllegalTransition, StateMachine, insert, read_clock, transition
from fallbacks.errors import DistinctPeopleNeeded, PermissionNeeded, WrongReasonCode
from fallbacks.escalations import Staff
from fallbacks.machines import CASE_EDGES, CaseStatus
from fallbacks.models import Approval, VerificationCase
from fallbacks.models.people import (
    CASE_CONFIRM_CODES,
    CASE_DISAGREE_CODES,
    CASE_REFUSE_CODES,
    Question,
)
from fallbacks.shelves import Shelf

CASE_MACHINE = StateMachine("case", CASE_EDGES)
OPEN_STATES = (CaseStatus.OPEN, CaseStatus.PROPOSED)
OPEN_CASES = Shelf("cases.open", VerificationCase, OPEN_STATES)


def open_case(
    action_id: uuid.UUID,
    user_id: int,
    *,
    because: str,
    now: datetime,
    within: timedelta,
    asks: Question = Question.PERSON,
    needed: int = 2,
) -> VerificationCase:
    """Put an action to the desk, to be decided within `within` by `needed` people."""
    case = VerificationCase(
        action_id=action_id,
        subject_id=user_id,
        opened_because=because,
        asks=asks,
        needed=needed,
        opened_at=now,
        due_at=now + within,
    )
    OPEN_CASES.put(action_id, case)
    insert(case)
    return case


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
        if case.asks != Question.PERSON:
            raise IllegalTransition(kind="case", state=case.status, event="case.proposed", to="")
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
        Approval.objects.create(case=case, person_id=by.pk, at=now)
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
        Approval.objects.create(case=held, person_id=by.pk, at=now)
    return held


def agree_case(case_id: uuid.UUID, *, by: Staff) -> VerificationCase:
    """One more person agrees that it may happen; the last one that it needs confirms the case.

    The row is held, so two who agree at once stand in line and are compared; a unique index holds
    it so (F22). Nobody agrees to what is their own. Raises PermissionNeeded,
    DistinctPeopleNeeded, IllegalTransition, Superseded.
    """
    if not by.has_perm("fallbacks.decide_case"):
        raise PermissionNeeded
    with transaction.atomic():
        case = VerificationCase.objects.select_for_update().get(pk=case_id)
        if case.subject_id == by.pk:
            raise PermissionNeeded
        if case.asks != Question.ACTION:
            raise IllegalTransition(kind="case", state=case.status, event="case.agreed", to="")
        if case.approvals.filter(person_id=by.pk).exists():
            raise DistinctPeopleNeeded
        now = read_clock()
        Approval.objects.create(case=case, person_id=by.pk, at=now)
        done = case.approvals.count() >= case.needed
        transition(
            case,
            "case.agreed",
            CASE_MACHINE,
            at=now,
            to=CaseStatus.CONFIRMED if done else CaseStatus.OPEN,
            actor=by.get_username(),
            changes={"decided_by_id": by.pk, "decided_at": now} if done else {},
        )
    return case


def agreed_among(action_ids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, int]:
    """How many people answered for each of these actions in cases that were confirmed, and still
    may. Two queries, none for no action.

    Asked when it counts: whoever lost the right since does not count (F25), and whoever agreed in
    two cases is one person.
    """
    people: dict[uuid.UUID, set[int]] = {action_id: set() for action_id in action_ids}
    if not people:
        return {}
    rows = Approval.objects.filter(case__action_id__in=people, case__status=CaseStatus.CONFIRMED)
    for action_id, person_id in rows.values_list("case__action_id", "person_id"):
        people[action_id].add(person_id)
    able = _able_to_decide(set().union(*people.values()))
    return {action_id: len(found & able) for action_id, found in people.items()}


def _able_to_decide(people: Collection[int]) -> set[int]:
    """Those of `people` who are still there and hold the right now."""
    if not people:
        return set()
    holders = get_user_model()._default_manager.with_perm(
        "fallbacks.decide_case", backend="django.contrib.auth.backends.ModelBackend"
    )
    return set(holders.filter(pk__in=people).values_list("pk", flat=True))


def agreed(action_id: uuid.UUID) -> int:
    """`agreed_among` of one."""
    return agreed_among([action_id])[action_id]


def refuse_case(
    case_id: uuid.UUID, *, by: Staff, reason_code: str, note: str = ""
) -> VerificationCase:
    """It is not the user, or it could not be shown: one person may refuse.

    Raises PermissionNeeded, WrongReasonCode, IllegalTransition, Superseded.
    """
    if not by.has_perm("fallbacks.propose_case"):
        raise PermissionNeeded
    with transaction.atomic():
        case = _somebody_elses(case_id, by)
        about_person = case.asks == Question.PERSON
        if reason_code not in (CASE_REFUSE_CODES if about_person else CASE_DISAGREE_CODES):
            raise WrongReasonCode(reason_code=reason_code)
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
    for case in OPEN_CASES.of(action_id):
        if case.status in OPEN_STATES:
            transition(case, "case.closed", CASE_MACHINE, at=now)
