"""How an action looks from outside (contract: "An action")."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

from fallbacks.challenges import live_challenges
from fallbacks.models import Challenge
from fallbacks.push.browsers import FACTOR as PUSH
from fallbacks.push.numbers import number_of
from identity.actions.moves import obligations_of
from identity.actions.waiting import Wait
from identity.messages import say
from identity.messages.compose import message_of
from identity.models import Action, Event, User
from identity.states import Status


def zone_of(user: User) -> ZoneInfo:
    """The zone whose clock the person lives by; UTC where none was chosen."""
    preference = getattr(user, "preference", None)
    return ZoneInfo(preference.zone if preference is not None else "UTC")


def challenges_of(actions: Iterable[Action]) -> Mapping[uuid.UUID, Challenge]:
    """The live challenge of each that is asked about: pending, or done and to be confirmed. No
    query where there is none."""
    asked = [each.pk for each in actions if each.status == Status.PENDING or each.to_confirm]
    return live_challenges(asked)


def reasons_in_words(codes: Iterable[str]) -> list[dict[str, str]]:
    """Reason codes with their sentences."""
    return [{"code": code, "text": say(f"reason.{code}")} for code in codes]


def challenge_json(challenge: Challenge | None, now: datetime) -> dict[str, Any] | None:
    """The challenge, if it can be answered at `now`; with the number that the application shows,
    where it is a prompt."""
    if challenge is None or challenge.expires_at <= now:
        return None
    number = {"number": number_of(challenge)} if challenge.factor == PUSH else {}
    return {"factor": challenge.factor, **number, "expires_at": challenge.expires_at}


def action_json(action: Action, challenge: Challenge | None, now: datetime) -> dict[str, Any]:
    """One action as the contract shows it."""
    message = message_of(
        action, now=now, zone=zone_of(action.subject), shown_name=action.subject.shown_name
    )
    return {
        "id": str(action.pk),
        "type": action.type_id,
        "subject": action.subject.username,
        "status": action.status,
        "outcome": action.outcome,
        "mode": action.mode,
        "read_only": action.read_only,
        "message": {
            "code": message.code,
            "title": message.title,
            "body": message.body,
            "next_step": message.next_step,
            "eta": message.eta,
        },
        "decision": {
            "id": str(action.decision_id),
            "policy_version": action.policy_number,
            "rule": action.rule,
            "reasons": reasons_in_words(action.reasons),
            **_read_scope(action),
        },
        "challenge": challenge_json(challenge, now),
        "resume_url": f"{settings.BASE_URL}/requests/{action.pk}/",
        "return_url": action.return_url or None,
        "created_at": action.created_at,
        "updated_at": action.updated_at,
        "expires_at": action.expires_at,
        "next_attempt_at": action.next_attempt_at,
        "confirm_by": action.confirm_by,
    }


def _read_scope(action: Action) -> dict[str, list[str]]:
    """What goes on while the action is held; only where that is so."""
    return {"read_scope": sorted(obligations_of(action).read_scope)} if action.read_only else {}


def event_json(event: Event) -> dict[str, Any]:
    """One event of an action."""
    return {
        "id": event.pk,
        "name": event.name,
        "at": event.at,
        "from": event.from_state or None,
        "to": event.to_state or None,
        "reason": event.reason or None,
    }


def wait_json(wait: Wait, text: Sequence[str]) -> dict[str, Any]:
    """How an action waited, and the same in the words its person reads."""
    return {
        "held": [
            {
                "at": hold.event.at,
                "reason": hold.event.reason,
                "since": hold.since,
                "policy_version": hold.policy_number,
                "rule": hold.rule,
            }
            for hold in wait.holds
        ],
        "next_attempt_at": wait.next_try,
        "because": wait.because.value if wait.because else None,
        "text": list(text),
    }


def status_json(status: Mapping[str, Any]) -> dict[str, Any]:
    """The public status, with the usual sentences where nothing is wrong."""
    calm = not status["incidents"]
    return {
        **status,
        "works": [say("status.all_works")] if calm else status["works"],
        "what_to_do": [say("status.nothing_to_do")] if calm else status["what_to_do"],
    }
