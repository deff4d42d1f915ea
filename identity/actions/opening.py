"""When an effect may happen: until then an action is held, and nobody is asked (D2)."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from config.lifecycle import transition
from identity.actions.deciding import decided_anew
from identity.actions.moves import due_of, limited, withdraw_challenge
from identity.actions.situation import Situation
from identity.models import ACTION_MACHINE, Action, Event, User
from identity.policy.decision import Obligations, Outcome
from identity.policy.execution import closed_until
from identity.states import Status

WINDOW_CLOSED = "window_closed"
"""Why an action is held: policy lets it happen in certain hours only, and they are over."""


def zone_of(person: User) -> ZoneInfo:
    """The zone whose clock the person lives by; UTC where none was chosen."""
    preference = getattr(person, "preference", None)
    return ZoneInfo(preference.zone if preference is not None else "UTC")


def opens_at(person: User, obligations: Obligations, now: datetime) -> datetime | None:
    """When it may happen (aware, UTC); None: now. At most one query, and only for a window."""
    if obligations.execution is None:
        return None
    return closed_until(obligations.execution, now, zone_of(person))


def hold_until_open(action: Action, situation: Situation, opens: datetime, now: datetime) -> None:
    """Hold the action until `opens`. The time to wait for the person begins only then, and is
    not given anew night after night: see `_ends`."""
    withdraw_challenge(action, now)
    decision = situation.decision
    ends = _ends(action, decision.obligations, opens, now)
    event = "action.rescheduled" if action.status == Status.QUEUED else "auth.queued"
    transition(
        action,
        event,
        ACTION_MACHINE,
        at=now,
        reason=WINDOW_CLOSED,
        changes={
            **decided_anew(action, situation),
            "reason": WINDOW_CLOSED,
            "read_only": decision.outcome == Outcome.READ_ONLY,
            "next_attempt_at": opens,
            "challenge_ends_at": None,
            "expires_at": ends,
            "due_at": due_of(opens, ends),
            "updated_at": now,
        },
    )


def _ends(action: Action, obligations: Obligations, opens: datetime, now: datetime) -> datetime:
    """When an action that is held until `opens` is over: policy's window later, and never beyond
    window and grace after the first opening that it was held for. One query."""
    holds = Event.objects.filter(action_id=action.pk, kind="action", reason=WINDOW_CLOSED)
    held = holds.order_by("id").first()
    since = held.at if held is not None else now
    first = opens_at(action.subject, obligations, since) or since
    window, grace = limited(obligations.window, action), limited(obligations.grace, action)
    return min(opens + window, first + window + grace)
