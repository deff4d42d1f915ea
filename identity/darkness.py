"""The SLA of darkness: how long an action waits for somebody who cannot be reached (P5).

The policy says how long for each class of action. When that has passed, the action takes the next
step of its ladder, even if its window is longer. Looked at by the sweep and at use, always by the
database's clock; `due_at` is never later than the first moment at which it can have passed.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import prefetch_related_objects

from config.lifecycle import DomainEvent, amend, announce
from identity.actions import moves
from identity.models import Action
from identity.models.actions import Window
from identity.policy.document import Policy
from identity.states import Status
from presence.availability import Darkness, darkness_of_each
from presence.darkness import next_step_at, not_before

HELD = (Status.QUEUED, Status.DELAYED)
"""What waits for the person. A live challenge runs out by itself within minutes."""

WAITS_FOR_POLICY = "window_closed"
"""Held by the clock of the policy and not by the person: no darkness counts."""


@dataclass(frozen=True, slots=True)
class Clock:
    """The clock of one action: since when it runs, when the next step is due (both None while it
    stands still), and before when that can certainly not be."""

    since: datetime | None = None
    until: datetime | None = None
    look_at: datetime | None = None

    def passed(self, now: datetime) -> bool:
        """The person was dark for too long."""
        return self.until is not None and now >= self.until


STILL = Clock()


def clock_of(action: Action, now: datetime) -> Clock:
    """The clock of `action` at `now`: `clocks_of` of one."""
    return clocks_of([action], now)[action.pk]


def clocks_of(actions: Sequence[Action], now: datetime) -> dict[uuid.UUID, Clock]:
    """The clock of each of `actions` at `now`. Two queries at most, however many there are, and
    only for what waits in its first window; one more where they came without their `type`."""
    runs = [
        action
        for action in actions
        if action.status in HELD
        and action.window == Window.FIRST
        and action.reason != WAITS_FOR_POLICY
    ]
    prefetch_related_objects(runs, "type")
    dark = darkness_of_each({action.subject_id for action in runs}, now=now)
    return {
        **{action.pk: STILL for action in actions},
        **{action.pk: _clock(action, dark[action.subject_id], now) for action in runs},
    }


def _clock(action: Action, found: Darkness, now: datetime) -> Clock:
    limit = found.rules.darkness_of(action.type.sensitivity)
    waits_since = _waits_since(action)
    until = next_step_at(waits_since, found.since, limit)
    if until is None or found.since is None:
        return Clock(look_at=not_before(now, limit))
    return Clock(max(found.since, waits_since), until, until)


def _waits_since(action: Action) -> datetime:
    """Since when it waits for the person: not before the hours began in which policy lets it
    happen, from which its first window is counted too."""
    obligations = moves.obligations_of(action)
    if obligations.execution is None or action.expires_at is None:
        return action.created_at
    return max(action.created_at, action.expires_at - moves.limited(obligations.window, action))


def first_look(action: Action, policy: Policy, now: datetime) -> datetime | None:
    """When to look at the clock of an action that begins at `now`; None if it is not held."""
    if action.status != Status.QUEUED:
        return None
    return not_before(now, policy.presence.darkness_of(action.type.sensitivity))


def exceed(action: Action, now: datetime) -> None:
    """Take the next step of the ladder, in the transaction that holds the action's row."""
    announce(
        DomainEvent(
            name="darkness.exceeded",
            kind="action",
            object_id=str(action.pk),
            at=now,
            from_state=action.status,
            to_state=action.status,
            reason=action.type.sensitivity,
            **action.event_context(),
        )
    )
    moves.go_on(action, now, moves.DARK)


def watch(action: Action, clock: Clock) -> None:
    """Let the sweep look no later than the clock can have run out."""
    if action.status not in HELD or action.window != Window.FIRST or clock.look_at is None:
        return
    if action.due_at is None or action.due_at > clock.look_at:
        amend(action, due_at=clock.look_at)
