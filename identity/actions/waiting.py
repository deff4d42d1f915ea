"""Why a request waited: what held it, by which rule, and when it is tried again and why then (P7).

Told from what was recorded at the time, not from what is known now.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from enum import StrEnum

from fallbacks.ladder import next_step
from identity.actions.climbing import done_of, plan_of
from identity.actions.moves import obligations_of
from identity.models import Action, Event
from identity.policy.execution import closed_until
from identity.states import Status
from presence.states import QUIET_REASONS

HOLDING = frozenset({"auth.queued", "action.rescheduled", "challenge.expired"})
"""What happens to an action that is held."""
LOOKED_BACK = 50
"""Changes of availability that are looked through for the one that held it."""


class Because(StrEnum):
    """Why the next try is when it is."""

    QUIET = "quiet"
    """The person's own quiet ends then."""
    WINDOW = "window"
    """Policy lets it happen only in certain hours, and they begin then."""
    SCHEDULE = "schedule"
    """The next step of the ladder."""
    REACHABLE = "reachable"
    """The person can be reached: it is due now."""


@dataclass(frozen=True, slots=True)
class Hold:
    """One time that it was held. `since` is when the reason began, where that was recorded."""

    event: Event
    since: datetime | None

    @property
    def rule(self) -> str:
        """The rule that held it."""
        return str(self.event.attributes.get("rule", ""))

    @property
    def policy_number(self) -> int:
        """The version of the policy that the rule stands in; 0 where that was not recorded."""
        return int(self.event.attributes.get("policy") or 0)


@dataclass(frozen=True, slots=True)
class Wait:
    """How an action waited, oldest hold first; the rest only while it waits."""

    holds: Sequence[Hold]
    next_try: datetime | None = None
    because: Because | None = None
    step: timedelta | None = None
    """The step of the ladder that the next try follows."""
    spread: timedelta = timedelta()
    """What was added to the step, so that not everybody is asked at once (F30)."""


def wait_of(action: Action, events: Iterable[Event], now: datetime, zone: tzinfo) -> Wait | None:
    """How the action of these events (oldest first) waited; None where it never did.

    `zone` is the person's, by which hours of policy may go. One query.
    """
    held = [each for each in events if each.kind == "action" and each.name in HOLDING]
    if not held:
        return None
    changes = list(
        Event.objects.filter(
            subject_id=action.subject_id, name="presence.updated", at__lte=held[-1].at
        ).order_by("-id")[:LOOKED_BACK]
    )
    holds = [Hold(each, _since(each, changes)) for each in held]
    following = action.next_attempt_at
    if action.status not in (Status.QUEUED, Status.DELAYED) or following is None:
        return Wait(holds)
    if following <= now:
        return Wait(holds, following, Because.REACHABLE)
    last = held[-1]
    obligations = obligations_of(action)
    if last.reason in QUIET_REASONS:
        return Wait(holds, following, Because.QUIET)
    if closed_until(obligations.execution, last.at, zone) == following:
        return Wait(holds, following, Because.WINDOW)
    step = timedelta(seconds=next_step(plan_of(action), done_of(action)).seconds)
    return Wait(
        holds, following, Because.SCHEDULE, step, max(timedelta(), following - last.at - step)
    )


def _since(held: Event, changes: Sequence[Event]) -> datetime | None:
    """When the reason of `held` began: the latest change before it, where it names the reason."""
    before = next((each for each in changes if each.at <= held.at), None)
    if before is None:
        return None
    named = {before.reason, *before.attributes.get("reasons", ())}
    return before.at if held.reason in named else None
