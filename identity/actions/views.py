"""Reading an action for a person: what was asked, how it can be finished, what comes next."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q

from fallbacks.challenges import needs_challenge
from fallbacks.factors import FACTORS, LIVE_ORDER, Enrolled, enrolled
from fallbacks.factors.dependencies import out_of_order
from fallbacks.incidents import what_is_down
from fallbacks.ladder import FINAL, Kind, Plan, Step, upcoming
from identity.actions.climbing import done_of, plan_of
from identity.actions.moves import obligations_of
from identity.actions.opening import WINDOW_CLOSED
from identity.darkness import clock_of
from identity.errors import CannotOpen, NotFound
from identity.messages import has as has_message
from identity.models import Action, Event, User
from identity.models.actions import UNSETTLED, Window
from identity.payloads import masked
from identity.sealing import open_payload, place_of
from identity.states import TERMINAL, USER_CAN_FINISH, WITH_STAFF, Status


@dataclass(frozen=True, slots=True)
class Way:
    """One way to prove who one is: on offer, or not with the reason. `why_id` names the second
    line of copy, `facts` fill it."""

    factor: str
    usable: bool
    why_id: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    down: str = ""
    """What takes a way out that would be on offer otherwise."""


def down_id(theme: str, name: str) -> str:
    """The sentence of `theme` about what is down; the general one where it has none by name."""
    own = f"{theme}.{name}"
    return own if has_message(own) else theme


@dataclass(frozen=True, slots=True)
class Rung:
    """One step of the ladder, done or to come."""

    at: datetime
    message_id: str
    facts: Mapping[str, Any] = field(default_factory=dict)


def actions_of(user: User, *, limit: int = 20, before: datetime | None = None) -> list[Action]:
    """The person's actions, newest first, those asked before `before`. One query."""
    rows = Action.objects.filter(subject=user).select_related("type", "application")
    if before is not None:
        rows = rows.filter(created_at__lt=before)
    return list(rows.order_by("-created_at")[:limit])


def open_actions_of(user: User) -> list[Action]:
    """Everything of the person's that is not over, nearest deadline first; with it what was done
    first and is not settled. One query."""
    unsettled = Q(status=Status.COMMITTED) & (
        Q(confirm_by__isnull=False) | Q(reason__in=sorted(UNSETTLED))
    )
    rows = Action.objects.filter(~Q(status__in=sorted(TERMINAL)) | unsettled, subject=user)
    return list(rows.select_related("type", "application").order_by("expires_at", "created_at"))


def action_of(user: User, action_id: uuid.UUID) -> Action:
    """The person's own action. Raises NotFound for somebody else's, as for none at all."""
    found = (
        Action.objects.select_related("type", "application", "session", "device")
        .filter(pk=action_id, subject=user)
        .first()
    )
    if found is None:
        raise NotFound
    return found


def takes_proof(action: Action, now: datetime) -> bool:
    """Whether a proof of the person moves it on at `now`: to finish it, or to confirm what was
    done. What is held until it may happen at all takes none."""
    if action.status in USER_CAN_FINISH:
        opens = action.next_attempt_at
        return action.reason != WINDOW_CLOSED or opens is None or opens <= now
    return action.to_confirm


def ways_to_verify(action: Action) -> list[Way]:
    """Every way the person has, with those that policy does not take here and why not."""
    if action.status not in USER_CAN_FINISH and not action.to_confirm:
        return []
    permitted = obligations_of(action).permitted_factors
    out = out_of_order(what_is_down())
    has: dict[str, Enrolled] = {each.factor: each for each in enrolled(action.subject_id)}
    found: list[Way] = []
    for factor in LIVE_ORDER:
        if factor not in has:
            continue
        facts = {"left": has[factor].left} if has[factor].left is not None else {}
        if action.to_confirm and needs_challenge(factor):
            found.append(Way(factor, False, f"way.{factor}.not_after", facts))
        elif factor in permitted and factor in out:
            found.append(Way(factor, False, down_id("way.down", out[factor]), facts, out[factor]))
        elif factor in permitted and factor in FACTORS:
            found.append(Way(factor, True, f"way.{factor}.why", facts))
        else:
            found.append(Way(factor, False, f"way.{factor}.not_here", facts))
    return found


def history(action: Action) -> list[Event]:
    """Everything that happened to the action, oldest first."""
    return list(Event.objects.filter(action_id=action.pk).order_by("id"))


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


def rungs(
    action: Action, now: datetime, events: list[Event] | None = None
) -> tuple[list[Rung], list[Rung]]:
    """The ladder: steps done, and steps to come if the person does nothing (F4)."""
    seen = history(action) if events is None else events
    done = [
        Rung(event.at, _DONE[event.name])
        for event in seen
        if event.name in _DONE and (event.kind == "action" or event.name != "challenge.expired")
    ]
    return done, _to_come(action, now)


def _to_come(action: Action, now: datetime) -> list[Rung]:
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
    elif action.next_attempt_at is not None and action.next_attempt_at < ends:
        steps = upcoming(plan, done_of(action), action.next_attempt_at, ends)
        coming += [Rung(at, STEP_RUNGS[step.kind]) for at, step in steps]
        if steps[-1][1].kind in FINAL:
            return coming + _after_final(action, plan, *steps[-1])
    if action.window == Window.LAST or action.status in WITH_STAFF:
        coming.append(Rung(ends, "rung.closes"))
        return coming
    review = plan.on_expiry == "review" or action.status == Status.FALLBACK
    following = "rung.then_support" if review else "rung.then_other_way"
    coming.append(Rung(ends, following if ends == action.expires_at else f"{following}.dark"))
    closes = ends + timedelta(seconds=plan.grace)
    coming.append(Rung(closes if review else max(closes, action.expires_at), "rung.closes"))
    return coming


def _after_final(action: Action, plan: Plan, at: datetime, step: Step) -> list[Rung]:
    """What follows the step that ends the trying."""
    grace = timedelta(seconds=plan.grace)
    if step.kind is Kind.SUPPORT:
        return [Rung(at + grace, "rung.closes")]
    waits = timedelta()
    for each in plan.steps[plan.steps.index(step) + 1 :]:
        waits += timedelta(seconds=each.seconds)
        if each.kind is Kind.SUPPORT:
            return [
                Rung(at + waits, "rung.then_support"),
                Rung(at + waits + grace, "rung.closes"),
            ]
    ends = action.expires_at
    return [Rung(max(at + grace, ends) if ends is not None else at + grace, "rung.closes")]


def masked_payload(action: Action) -> list[tuple[str, str]]:
    """What was asked, as `(label id, masked value)`; empty once the payload is destroyed."""
    if not action.sealed_payload or not action.type.payload:
        return []
    place = place_of(action.pk, action.subject_id, action.application_id)
    try:
        payload = open_payload(action.sealed_payload, place)
    except CannotOpen:
        return []
    return [
        (f"payload.{name}", masked(payload[name], kind))
        for name, kind in action.type.payload.items()
    ]
