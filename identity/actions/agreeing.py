"""Others have to agree: policy wants more people than the one who asked (D2, D10)."""

from __future__ import annotations

from datetime import datetime, timedelta

from config.lifecycle import transition
from fallbacks.budget import check_budget
from fallbacks.cases import agreed, open_case
from fallbacks.errors import LockedOut, RebindNeeded
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
    """Whether as many people as policy wants agreed to what the person's own proof was good for.

    The proof stands for this action however long they took: its age does not count. Its
    credentials, the session it was given in, a lockout and signs of misuse do (D10).
    """
    obligations = situation.decision.obligations
    if action.reason not in (SECOND_PERSON, WINDOW_CLOSED):
        return False
    if situation.anomaly or agreed(action.pk) < max(1, obligations.approvals):
        return False
    try:
        check_budget(action.subject_id, now)
    except (LockedOut, RebindNeeded):
        return False
    given = Evidence.objects.filter(action=action, credentials=situation.credentials)
    given = given.exclude(session__status=SessionStatus.REVOKED)
    proofs = given.values_list("aal", "factor")
    return any(obligations.satisfied_by(aal, factor, 0) for aal, factor in proofs)
