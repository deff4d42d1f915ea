"""Others have to agree: policy wants more people than the one who asked (D2, D10)."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta

from config.lifecycle import transition
from fallbacks.budget import refusals
from fallbacks.cases import agreed_among, open_case
from fallbacks.models.people import Question
from identity.actions.deciding import decided_anew
from identity.actions.moves import limited, withdraw_challenge
from identity.actions.opening import WINDOW_CLOSED
from identity.actions.situation import Situation
from identity.models import ACTION_MACHINE, Action, Evidence, SessionStatus
from identity.models.actions import Window

SECOND_PERSON = "second_person_needed"
"""Why an action is with people: what the person had to do is done, and others have to agree."""
AGREED = "second_person_agreed"
"""Why it goes on."""


def ask_others(action: Action, situation: Situation, now: datetime) -> timedelta:
    """Open the case of `action` for as many others as policy wants; how long they have."""
    obligations = situation.decision.obligations
    within = limited(obligations.grace, action)
    open_case(
        action.pk,
        action.subject_id,
        because=SECOND_PERSON,
        now=now,
        within=within,
        asks=Question.ACTION,
        needed=obligations.approvals,
    )
    return within


def put_to_others(action: Action, situation: Situation, now: datetime, actor: str) -> None:
    """What the person had to do is done: `review`, until the others agreed or one refused."""
    withdraw_challenge(action, now)
    ends = now + ask_others(action, situation, now)
    transition(
        action,
        "review.opened",
        ACTION_MACHINE,
        at=now,
        reason=SECOND_PERSON,
        actor=actor,
        changes={
            **decided_anew(action, situation),
            "reason": SECOND_PERSON,
            "read_only": False,
            "window": Window.LAST,
            "expires_at": ends,
            "next_attempt_at": None,
            "challenge_ends_at": None,
            "due_at": ends,
            "updated_at": now,
        },
    )


def agreement_stands(action: Action, situation: Situation, now: datetime) -> bool:
    """Whether as many people as policy wants agreed: `agreements` of one."""
    return action.pk in agreements([(action, situation)], now)


def agreements(found: Iterable[tuple[Action, Situation]], now: datetime) -> frozenset[uuid.UUID]:
    """The actions to which as many people as policy wants agreed, and for which the person's own
    proof still stands. At most four queries, none where nothing was put to others.

    The proof stands for this action however long they took: its age does not count. Its
    credentials, the session it was given in, a lockout and signs of misuse do (D10).
    """
    asked = [
        (action, situation)
        for action, situation in found
        if action.reason in (SECOND_PERSON, WINDOW_CLOSED) and not situation.anomaly
    ]
    counts = agreed_among([action.pk for action, _ in asked])
    asked = [
        (action, situation)
        for action, situation in asked
        if counts[action.pk] >= max(1, situation.decision.obligations.approvals)
    ]
    if not asked:
        return frozenset()
    locked_out = refusals({action.subject_id for action, _ in asked}, now)
    given = Evidence.objects.filter(action__in=[action.pk for action, _ in asked])
    given = given.exclude(session__status=SessionStatus.REVOKED)
    proofs = list(given.values_list("action_id", "credentials", "aal", "factor"))
    return frozenset(
        action.pk
        for action, situation in asked
        if action.subject_id not in locked_out
        and any(
            (action_id, credentials) == (action.pk, situation.credentials)
            and situation.decision.obligations.satisfied_by(aal, factor, 0)
            for action_id, credentials, aal, factor in proofs
        )
    )
