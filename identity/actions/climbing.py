"""The run of an action up its ladder: which plan it keeps, what is due, when the next step comes.

The plan is kept with the action when it begins: a changed policy is asked again at every step (D10)
and may block, release or answer otherwise, but the times of a run that has begun stay its own.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.dateparse import parse_datetime

from fallbacks.ladder import FINAL, Due, Plan, Step, next_moment, next_step, plan_run
from identity.models import Action
from identity.policy.decision import Obligations
from identity.policy.execution import closed_until
from identity.states import Status
from presence.availability import choice_of
from presence.models import Preference
from presence.quiet import quiet_until

_spread = random.SystemRandom()
LOOKS = 16
"""How often a step is moved out of somebody's quiet and into the hours of policy, one after the
other, before it is left where it is and looked at again then."""


def plan_by(obligations: Obligations) -> Plan:
    """The plan that these obligations give to a run that begins."""
    return plan_run(
        ladder=obligations.ladder,
        retries=obligations.retries,
        window=obligations.window,
        on_expiry=obligations.on_expiry,
        grace=obligations.grace,
    )


def plan_of(action: Action) -> Plan:
    """The plan that the run of `action` began with."""
    if "steps" in action.ladder:
        return Plan.from_json(action.ladder)
    return plan_by(Obligations.from_json(action.obligations))


def done_of(action: Action) -> int:
    """How many steps of its plan are done."""
    if "steps" in action.ladder:
        return int(action.ladder["done"])
    return max(0, action.attempts - (action.status == Status.DELAYED))


def run_of(plan: Plan, done: int, due_at: datetime | None = None) -> dict[str, Any]:
    """What is kept with the action."""
    at = due_at.isoformat() if due_at is not None else None
    return {**plan.to_json(), "done": done, "due": at}


def first_step(obligations: Obligations, now: datetime, quiet: datetime | None) -> datetime:
    """When the first step of a run comes that begins at `now`, the person being quiet until
    `quiet`."""
    return next_moment(next_step(plan_by(obligations), 0), now, not_before=quiet)


def due_now(action: Action, now: datetime) -> Due | None:
    """The step whose time has come; None before it has, as when a person came back early."""
    at = due_at_of(action) or action.next_attempt_at
    if at is None or at > now:
        return None
    return next_step(plan_of(action), done_of(action))


def due_at_of(action: Action) -> datetime | None:
    """When the next step of its ladder comes, where that is fixed."""
    stored = action.ladder.get("due")
    return parse_datetime(stored) if stored else None


def coming_step(
    action: Action,
    obligations: Obligations,
    taken: Due | None,
    now: datetime,
    preference: Preference | None,
) -> dict[str, Any]:
    """The columns of the next step, after `taken` (None: the one that is due stays due).

    It is spread a little, and moved out of the person's quiet and into the hours in which policy
    lets it happen; a step that does not disturb the person is not moved.
    """
    plan = plan_of(action)
    done = taken.done if taken is not None else done_of(action)
    due = next_step(plan, done)
    at = None if taken is not None else due_at_of(action)
    if at is None or at <= now:
        at = next_moment(due, now, jitter=_spread.random())
    at = permitted_from(at, due.step, obligations, preference)
    return {"next_attempt_at": at, "ladder": run_of(plan, done, at)}


def permitted_from(
    at: datetime, step: Step, obligations: Obligations, preference: Preference | None
) -> datetime:
    """The first moment from `at` on at which `step` may be taken."""
    if step.kind in FINAL:
        return at
    zone = ZoneInfo(preference.zone if preference is not None else "UTC")
    choice = choice_of(preference)
    shifts: tuple[Callable[[datetime], datetime | None], ...] = (
        lambda moment: quiet_until(choice, moment)[0],
        lambda moment: closed_until(obligations.execution, moment, zone),
    )
    for _ in range(LOOKS):
        later = next((end for shift in shifts if (end := shift(at)) is not None), None)
        if later is None:
            break
        at = later
    return at


def preference_of(action: Action) -> Preference | None:
    """What its person chose about their quiet; read with them where they were, else one query."""
    cached: Mapping[str, Any] = action.subject._state.fields_cache
    if "preference" in cached:
        return getattr(action.subject, "preference", None)
    return Preference.objects.filter(subject_id=action.subject_id).first()
