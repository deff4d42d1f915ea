"""When a person decides: help asked for, verdicts and case decisions applied to the action."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction

from config.lifecycle import DomainEvent, read_clock
from fallbacks.machines import CaseStatus
from fallbacks.models.people import Verdict
from identity.actions import moves
from identity.actions.agreeing import SECOND_PERSON
from identity.actions.committing import approve
from identity.actions.confirming import apply_verdict
from identity.actions.situation import reassess
from identity.actions.sweeping import advance, try_again
from identity.errors import ActionClosed, NotFound
from identity.models import Action, Session, User
from identity.models.actions import Window
from identity.notices import notify_security
from identity.policy.decision import Outcome
from identity.states import USER_CAN_FINISH, WITH_STAFF, Status

RELEASED_WINDOW = timedelta(hours=24)
"""How long a released action waits for the person's own proof."""


def ask_support(action_id: uuid.UUID, *, user: User, session: Session | None = None) -> Action:
    """The person has no way left and asks for a manual check: the action goes to `review`.

    It is told on every channel: whoever asks in their name would have to talk to the desk unseen
    (F21). `session` is where it was asked. Raises NotFound, ActionClosed.
    """
    with transaction.atomic():
        action = moves.locked(action_id)
        if action is None or action.subject_id != user.pk:
            raise NotFound
        now = read_clock()
        if action.status not in USER_CAN_FINISH:
            raise ActionClosed
        if action.expires_at is not None and now >= action.expires_at:
            advance(action, now)
            return action
        moves.open_review(action, now, "asked_for_help", user.username)
        notify_security(user, "support_asked", {"factor": "support"}, session=session)
        return action


def apply_verdicts(events: Sequence[DomainEvent]) -> None:
    """Hear `escalation.resolved` in its transaction and move the action as the verdict says."""
    for event in events:
        if "action" not in event.attributes:
            continue  # a verdict about a notice moves no action
        action = moves.locked(uuid.UUID(str(event.attributes["action"])))
        verdict = event.attributes["verdict"]
        if action is not None and action.status == Status.COMMITTED:
            apply_verdict(action, verdict, event.at, event.actor)
        if action is None or action.status != Status.BLOCKED:
            continue
        if verdict == Verdict.DENY:
            moves.end(action, "action.denied", event.at, "refused_by_security", event.actor)
        elif verdict == Verdict.HOLD:
            moves.open_review(action, event.at, "held_by_security", event.actor)
        else:
            _release(action, event.at)


def _release(action: Action, now: datetime) -> None:
    """A person let it go on: the policy is asked again, and the user still proves it is them."""
    situation = reassess(action, now)
    if situation is None or situation.decision.outcome == Outcome.BLOCK:
        moves.open_review(action, now, "still_blocked")
        return
    action.expires_at = now + moves.limited(int(RELEASED_WINDOW.total_seconds()), action)
    Action.objects.filter(pk=action.pk).update(expires_at=action.expires_at, window=Window.FIRST)
    if situation.decision.outcome == Outcome.FALLBACK:
        moves.select_fallback(action, now, "released_by_security", situation=situation)
    else:
        moves.issue(action, situation, now, "released_by_security")


def apply_cases(events: Sequence[DomainEvent]) -> None:
    """Hear `case.confirmed`, `case.agreed` and `case.refused` in their transaction and move the
    action; an agreement that is not the last one needed moves nothing."""
    for event in events:
        action = moves.locked(uuid.UUID(str(event.attributes["action"])))
        if action is None or action.status not in WITH_STAFF:
            continue
        if event.name == "case.refused":
            colleague = action.reason == SECOND_PERSON
            reason = "refused_by_colleague" if colleague else "refused_by_support"
            moves.end(action, "action.denied", event.at, reason, event.actor)
            continue
        if event.name == "case.agreed":
            if event.to_state == CaseStatus.CONFIRMED:
                _go_on(action, event.at)
            continue
        situation = reassess(action, event.at)
        if situation is None:
            moves.end(action, "action.cancelled", event.at, "account_closed")
        elif situation.decision.outcome == Outcome.BLOCK:
            moves.block(action, situation, event.at)
        else:
            notify_security(action.subject, "recovered", {})
            approve(
                action,
                situation,
                event.at,
                reason="confirmed_by_support",
                actor=event.actor,
                also=[("resume.completed", "confirmed_by_support")],
            )


def _go_on(action: Action, now: datetime) -> None:
    """Everybody needed agreed. Lockout, revocation, risk and policy are asked again; where the
    person's proof does not stand any more, they are asked for another (D10)."""
    within = moves.limited(moves.obligations_of(action).window, action)
    action.expires_at = now + within
    Action.objects.filter(pk=action.pk).update(expires_at=now + within, window=Window.FIRST)
    try_again(action, now)
