"""Reading an action for a person: what was asked, how it can be finished, what happened."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Q

from fallbacks.factors import FACTORS, LIVE_ORDER, Enrolled, enrolled
from fallbacks.factors.dependencies import out_of_order
from fallbacks.incidents import what_is_down
from identity.actions.failing import PUT_ASIDE, TRIED_AGAIN
from identity.actions.moves import obligations_of
from identity.actions.opening import WINDOW_CLOSED
from identity.errors import CannotOpen, NotFound
from identity.messages import has as has_message
from identity.models import Action, Event, User
from identity.models.actions import UNSETTLED
from identity.payloads import masked
from identity.sealing import open_payload, place_of
from identity.states import TERMINAL, USER_CAN_FINISH, Status


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
        if factor in permitted and factor in out:
            found.append(Way(factor, False, down_id("way.down", out[factor]), facts, out[factor]))
        elif factor in permitted and factor in FACTORS:
            found.append(Way(factor, True, f"way.{factor}.why", facts))
        else:
            found.append(Way(factor, False, f"way.{factor}.not_here", facts))
    return found


def history(action: Action) -> list[Event]:
    """Everything that happened to the action, oldest first."""
    return list(Event.objects.filter(action_id=action.pk).order_by("id"))


def put_aside(action: Action, events: Sequence[Event]) -> bool:
    """Whether the sweep leaves it alone until the staff have looked, by what happened to it."""
    if action.status in TERMINAL and not action.unsettled:
        return False
    told = [event.name for event in events if event.name in (PUT_ASIDE, TRIED_AGAIN)]
    return told[-1:] == [PUT_ASIDE]


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
