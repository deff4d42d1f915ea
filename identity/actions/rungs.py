"""The ladder of an action as person and staff read it: steps done, and steps to come (F4, F5).

A time that stands here is the time at which it happens. What is only known to come no sooner says
so: every try may be spread by a tenth of its step, and the next one is counted from its end.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from fallbacks.ladder import FINAL, Kind, Plan, Step, next_step, upcoming
from identity.actions.climbing import done_of, due_at_of, permitted_from, plan_of
from identity.actions.moves import obligations_of
from identity.actions.opening import WINDOW_CLOSED
from identity.actions.views import history
from identity.darkness import clock_of
from identity.models import Action, Event
from identity.models.actions import Window
from identity.states import TERMINAL, WITH_STAFF, Status
from presence.models import Preference


@dataclass(frozen=True, slots=True)
class Rung:
    """One step of the ladder, done or to come. `no_sooner` says that it comes then or later."""

    at: datetime
    message_id: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    no_sooner: bool = False


_DONE = {
    "challenge.issued": "rung.asked",
    "challenge.expired": "rung.no_answer",
    "auth.queued": "rung.queued",
    "fallback.selected": "rung.fallback",
    "review.opened": "rung.review",
    "escalation.triggered": "rung.escalated",
    "ladder.notified": "rung.notified",
    "action.approved": "rung.confirmed",
    "action.committed": "rung.committed",
}


STEP_RUNGS = {
    Kind.RETRY: "rung.ask_again",
    Kind.NOTIFY: "rung.notify",
    Kind.STEP_UP: "rung.then_other_way",
    Kind.SUPPORT: "rung.then_support",
}
_FINAL_RUNGS = frozenset(STEP_RUNGS[kind] for kind in FINAL)


def rungs(
    action: Action,
    now: datetime,
    preference: Preference | None,
    events: list[Event] | None = None,
) -> tuple[list[Rung], list[Rung]]:
    """The ladder: steps done, and steps to come if the person does nothing (F4).

    `preference` is what the person chose about their quiet.
    """
    seen = history(action) if events is None else events
    done = [
        Rung(event.at, _DONE[event.name])
        for event in seen
        if event.name in _DONE and (event.kind == "action" or event.name != "challenge.expired")
    ]
    return done, _to_come(action, now, preference)


def _to_come(action: Action, now: datetime, preference: Preference | None) -> list[Rung]:
    if action.status in TERMINAL or action.expires_at is None:
        return []
    plan, ends = plan_of(action), action.expires_at
    dark = clock_of(action, now).until
    if dark is not None and dark < ends:
        ends = max(dark, now)
    coming: list[Rung] = []
    if action.status == Status.PENDING and action.challenge_ends_at is not None:
        coming.append(Rung(action.challenge_ends_at, "rung.prompt_ends"))
    if action.reason == WINDOW_CLOSED and action.next_attempt_at is not None:
        coming.append(Rung(action.next_attempt_at, "rung.opens"))
    first = _first_step(action, plan)
    if first is not None and first.at < ends:
        steps = _steps(action, plan, first, ends, preference)
        coming += steps
        if steps[-1].message_id in _FINAL_RUNGS:
            return coming + _after_final(action, plan, steps[-1])
    if action.window == Window.LAST or action.status in WITH_STAFF:
        coming.append(Rung(ends, "rung.closes"))
        return coming
    review = plan.on_expiry == "review" or action.status == Status.FALLBACK
    following = "rung.then_support" if review else "rung.then_other_way"
    coming.append(Rung(ends, following if ends == action.expires_at else f"{following}.dark"))
    closes = ends + timedelta(seconds=plan.grace)
    coming.append(Rung(closes if review else max(closes, action.expires_at), "rung.closes"))
    return coming


def _first_step(action: Action, plan: Plan) -> Rung | None:
    """The next step of the ladder; None where there is none, or none known before its time."""
    due, kept = next_step(plan, done_of(action)), due_at_of(action)
    word = STEP_RUNGS[due.step.kind]
    if action.reason == WINDOW_CLOSED and action.next_attempt_at is not None:
        if due.step.kind not in FINAL or kept is None:
            return None
        # it waits for no hours, but nobody looks before they begin
        return Rung(max(kept, action.next_attempt_at), word)
    if action.next_attempt_at is not None:
        return Rung(action.next_attempt_at, word)
    ends = action.challenge_ends_at
    if action.status != Status.PENDING or ends is None:
        return None
    if kept is not None and kept > ends:
        return Rung(kept, word)
    return Rung(ends + timedelta(seconds=due.seconds), word, no_sooner=True)


def _steps(
    action: Action, plan: Plan, first: Rung, ends: datetime, preference: Preference | None
) -> list[Rung]:
    """The steps from `first` on, out of the person's quiet and within the hours of policy."""
    obligations = obligations_of(action)

    def permitted(at: datetime, step: Step) -> datetime:
        return permitted_from(at, step, obligations, preference)

    known = None if first.no_sooner else first.at
    found = upcoming(plan, done_of(action), first.at, ends, permitted=permitted)
    return [Rung(at, STEP_RUNGS[step.kind], no_sooner=at != known) for at, step in found]


def _after_final(action: Action, plan: Plan, last: Rung) -> list[Rung]:
    """What follows the step that ends the trying."""
    grace = timedelta(seconds=plan.grace)
    if last.message_id == STEP_RUNGS[Kind.SUPPORT]:
        return [Rung(last.at + grace, "rung.closes", no_sooner=last.no_sooner)]
    waits = timedelta()
    place = next(at for at, step in enumerate(plan.steps) if step.kind is Kind.STEP_UP)
    for each in plan.steps[place + 1 :]:
        waits += timedelta(seconds=each.seconds)
        if each.kind is Kind.SUPPORT:
            return [
                Rung(last.at + waits, "rung.then_support", no_sooner=True),
                Rung(last.at + waits + grace, "rung.closes", no_sooner=True),
            ]
    ends = action.expires_at
    closes = max(last.at + grace, ends) if ends is not None else last.at + grace
    return [Rung(closes, "rung.closes", no_sooner=last.no_sooner and closes != ends)]
