"""What stands before every proof for an action, whatever proves it, asked for and given (F05)."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import transaction

from config.lifecycle import read_clock
from identity.actions.confirming import in_time, let_pass
from identity.actions.moves import locked, obligations_of
from identity.actions.opening import WINDOW_CLOSED, hold_until_open, opens_at
from identity.actions.situation import reassess
from identity.actions.sweeping import advance
from identity.darkness import clock_of
from identity.errors import ActionClosed, NotFound, TooLateToConfirm, WindowClosed
from identity.models import Action, User
from identity.states import USER_CAN_FINISH


def open_to_proof(action_id: uuid.UUID, user: User) -> tuple[Action, datetime]:
    """The person's own action, where a proof moves it on, and the time at which that was so: it
    waits for them, or it was done first and they may confirm it.

    What the clock says is done at once: a window that passed, hours that are closed, a time to
    confirm that is over. Call it outside a transaction.

    Raises NotFound, ActionClosed, TooLateToConfirm, WindowClosed.
    """
    action = Action.objects.filter(pk=action_id, subject=user).first()
    if action is None:
        raise NotFound
    now = read_clock()
    if action.to_confirm:
        if not in_time(action, now):
            let_pass(action_id)
            raise TooLateToConfirm
        return action, now
    if not passed(action, now) and clock_of(action, now).passed(now):
        _settle(action_id)
        action.refresh_from_db()
    if action.status not in USER_CAN_FINISH or passed(action, now):
        _settle(action_id)
        raise ActionClosed
    opens = opens_at(user, obligations_of(action), now)
    if opens is not None:
        _hold(action_id)
        raise WindowClosed(until=opens)
    return action, now


def passed(action: Action, now: datetime) -> bool:
    """Whether its time to wait for the person is over."""
    return action.expires_at is not None and now >= action.expires_at


def _settle(action_id: uuid.UUID) -> None:
    """Expiry is checked at use: do now what the sweep would do about a window that passed."""
    with transaction.atomic():
        row = locked(action_id)
        if row is not None:
            advance(row, read_clock())


def _hold(action_id: uuid.UUID) -> None:
    """It may not happen at this hour, and nobody is asked meanwhile."""
    with transaction.atomic():
        row = locked(action_id)
        if row is None or row.status not in USER_CAN_FINISH or row.reason == WINDOW_CLOSED:
            return
        now = read_clock()
        situation = reassess(row, now)
        if situation is None:
            return
        opens = opens_at(row.subject, situation.decision.obligations, now)
        if opens is not None:
            hold_until_open(row, situation, opens, now)
