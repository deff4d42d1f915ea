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
from identity.actions.confirming import in_time
from identity.actions.moves import block, due_of, issue, locked, obligations_of, withdraw_challenge
from identity.actions.proving import open_to_proof, passed
from identity.actions.situation import reassess
from identity.errors import ActionClosed
from identity.models import Action, User
from identity.policy.decision import Outcome
from identity.states import USER_CAN_FINISH, Status

REASON = "by_phone"


def ask_by_prompt(action_id: uuid.UUID, *, user: User, here: bool) -> Action:
    """A new number for the request, shown by its application; the old question counts no more.

    What was done first is asked about in the same way. A prompt goes to the person's phone, unless
    they are `here` on it already. Raises PromptsSpent, and what `open_to_proof` and `start` raise;
    nothing is changed then.
    """
    seen, now = open_to_proof(action_id, user)
    start(user.pk, FACTOR, permitted=obligations_of(seen).permitted_factors, now=now)
    with transaction.atomic():
        action = locked(action_id)
        now = read_clock()
        # The sweep or another tab may have been here meanwhile.
        if action is None or not _still_open(action, now):
            raise ActionClosed
        if action.to_confirm:
            _ask_afterwards(action, now, ask=not here)
        elif action.status == Status.PENDING:
            _ask_anew(action, now, ask=not here)
        else:
            _ask_who_waited(action, now, ask=not here)
        challenge = live_challenge(action.pk)
        if not here and challenge is not None and not was_prompted(challenge):
            raise PromptsSpent
        return action


def _still_open(action: Action, now: datetime) -> bool:
    if action.to_confirm:
        return in_time(action, now)
    return action.status in USER_CAN_FINISH and not passed(action, now)


def _ask_afterwards(action: Action, now: datetime, *, ask: bool) -> None:
    """A question about what was done first. It moves nothing: the deadline stays, and silence
    leads where it led."""
    _question(action, action.confirm_by, now, ask=ask)


def _ask_anew(action: Action, now: datetime, *, ask: bool) -> None:
    """Another question in the place of the one that is open."""
    ends = _question(action, action.expires_at, now, ask=ask)
    changes = {"challenge_ends_at": ends, "due_at": due_of(ends, action.expires_at)}
    Action.objects.filter(pk=action.pk).update(**changes, version=F("version") + 1)
    action.challenge_ends_at = ends


def _question(action: Action, until: datetime | None, now: datetime, *, ask: bool) -> datetime:
    """Issue it in the place of an older one, `until` at the longest; when it ends."""
    withdraw_challenge(action, now)
    window = timedelta(seconds=obligations_of(action).challenge_ttl)
    if until is not None:
        window = min(window, until - now)
    issued = issue_challenge(action.pk, action.subject_id, FACTOR, now, window, ask=ask)
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
    return issued.expires_at


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
