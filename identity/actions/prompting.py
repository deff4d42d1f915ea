"""`ask_by_prompt`: the person is at a request of theirs and wants to answer with their phone."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from config.lifecycle import DomainEvent, announce, read_clock
from fallbacks.challenges import issue_challenge, live_challenge, start
from fallbacks.errors import PromptsSpent
from fallbacks.push.browsers import FACTOR
from fallbacks.push.prompting import was_prompted
from identity.actions.moves import block, due_of, issue, locked, obligations_of, withdraw_challenge
from identity.actions.opening import opens_at
from identity.actions.situation import reassess
from identity.errors import ActionClosed, NotFound, WindowClosed
from identity.models import Action, User
from identity.policy.decision import Outcome
from identity.states import USER_CAN_FINISH, Status

REASON = "by_phone"


def ask_by_prompt(action_id: uuid.UUID, *, user: User, here: bool) -> Action:
    """A new number for the request, shown by its application; the old question counts no more.

    A prompt goes to the person's phone, unless they are `here` on it already. Raises NotFound,
    ActionClosed, WindowClosed, PromptsSpent, and what `start` raises; nothing is changed then.
    """
    with transaction.atomic():
        action = locked(action_id)
        if action is None or action.subject_id != user.pk:
            raise NotFound
        now = read_clock()
        if action.status not in USER_CAN_FINISH or action.expires_at is None:
            raise ActionClosed
        if now >= action.expires_at:
            raise ActionClosed
        obligations = obligations_of(action)
        opens = opens_at(user, obligations, now)
        if opens is not None:
            raise WindowClosed(until=opens)
        start(user.pk, FACTOR, permitted=obligations.permitted_factors, now=now)
        if action.status == Status.PENDING:
            _ask_anew(action, now, ask=not here)
        else:
            _ask_who_waited(action, now, ask=not here)
        challenge = live_challenge(action.pk)
        if not here and challenge is not None and not was_prompted(challenge):
            raise PromptsSpent
        return action


def _ask_anew(action: Action, now: datetime, *, ask: bool) -> None:
    """Another question in the place of the one that is open."""
    withdraw_challenge(action, now)
    window = timedelta(seconds=obligations_of(action).challenge_ttl)
    if action.expires_at is not None:
        window = min(window, action.expires_at - now)
    ends = issue_challenge(action.pk, action.subject_id, FACTOR, now, window, ask=ask).expires_at
    changes = {"challenge_ends_at": ends, "due_at": due_of(ends, action.expires_at)}
    Action.objects.filter(pk=action.pk).update(**changes, version=F("version") + 1)
    action.challenge_ends_at = ends
    announce(
        DomainEvent(
            name="challenge.issued",
            kind="action",
            object_id=str(action.pk),
            at=now,
            from_state=action.status,
            to_state=action.status,
            reason=REASON,
            **action.event_context(),
        )
    )


def _ask_who_waited(action: Action, now: datetime, *, ask: bool) -> None:
    """What was held, or was offered in another way, is asked about now; decided anew first."""
    situation = reassess(action, now)
    if situation is None:
        raise ActionClosed
    if situation.decision.outcome == Outcome.BLOCK:
        block(action, situation, now)
        return
    permitted = situation.decision.obligations.permitted_factors
    start(action.subject_id, FACTOR, permitted=permitted, now=now)
    issue(action, situation, now, REASON, factor=FACTOR, ask=ask)
