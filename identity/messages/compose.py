"""One message for one action: the words of its state, chosen by its reason, with its times."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING, Any

from fallbacks.escalations import ANSWER_WITHIN
from identity.messages.catalogue import has, say
from identity.messages.times import by, place_of, when
from identity.states import Status

if TYPE_CHECKING:
    from identity.models import Action, Event

SOON = "soon"
"""What stands for a moment that an action does not have."""


@dataclass(frozen=True, slots=True)
class Message:
    """What happened and why (`title`, `body`), what comes next, and when (`eta`, aware UTC).

    `code` is the catalogue id without its part, `action.queued.do_not_disturb`.
    """

    code: str
    title: str
    body: str
    next_step: str
    eta: datetime | None


PARTS = ("title", "body", "next")


def message_of(action: Action, *, now: datetime, zone: tzinfo, shown_name: str) -> Message:
    """The message of `action` as it stands at `now` (aware UTC), times in `zone`.

    Reads `action.application` and `action.type`; select them along where many are listed.
    """
    base = f"action.{action.status}"
    variant = f"{base}.{action.reason}"
    own = bool(action.reason) and any(has(f"{variant}.{part}") for part in PARTS)
    eta = eta_of(action)
    answer_by = answer_by_of(action)
    facts = {
        "name": shown_name,
        "application": application_name(action),
        "eta": when(eta, now, zone) if eta else SOON,
        "before": by(eta, now, zone) if eta else SOON,
        "until": by(action.expires_at, now, zone) if action.expires_at else SOON,
        "answer_by": by(answer_by, now, zone),
        "place": place_of(zone),
        "unchanged": outcome_of(action.type_id, "unchanged"),
        "done": outcome_of(action.type_id, "done"),
    }

    def part(name: str) -> str:
        chosen = (
            f"{variant}.{name}" if action.reason and has(f"{variant}.{name}") else f"{base}.{name}"
        )
        if now > answer_by and has(f"{chosen}.late"):
            chosen = f"{chosen}.late"
        return say(chosen, **facts)

    title, body, following = (part(name) for name in PARTS)
    return Message(variant if own else base, title, body, following, eta)


def eta_of(action: Action) -> datetime | None:
    """The moment (aware UTC) at which the action moves on by itself, None when nothing is timed.

    A live challenge's end; the next try of what waits; security's answer to what is blocked; the
    end of the time to confirm what was done first; else the end of the window.
    """
    if action.to_confirm:
        return action.confirm_by
    if action.status == Status.PENDING:
        return action.challenge_ends_at or action.expires_at
    if action.status in (Status.QUEUED, Status.DELAYED):
        return action.next_attempt_at or action.expires_at
    if action.status == Status.BLOCKED:
        return answer_by_of(action)
    return action.expires_at


def answer_by_of(action: Action) -> datetime:
    """When the security staff mean to have answered about a blocked action (aware UTC)."""
    return action.updated_at + ANSWER_WITHIN


def application_name(action: Action) -> str:
    """What people call the application that asked."""
    return str(action.application)


def title_of(type_name: str, title: str) -> str:
    """What an action type is called: the catalogue's words, else the type's own title."""
    message_id = f"type.{type_name}.title"
    return say(message_id) if has(message_id) else title


def outcome_of(type_name: str, which: str) -> str:
    """What is true when an action of the type is `done`, or while it is not (`unchanged`)."""
    message_id = f"type.{type_name}.{which}"
    return say(message_id if has(message_id) else f"type.{which}")


def sentence_of(event: Event, *, application: str) -> str:
    """What happened, as one sentence in the past tense, for the person's own timeline."""
    facts: dict[str, Any] = {"application": application, "way": way_of(event.attributes)}
    variant = f"event.{event.name}.{event.reason}"
    return say(variant if event.reason and has(variant) else f"event.{event.name}", **facts)


def way_of(attributes: dict[str, Any]) -> str:
    """The way to confirm that an event's attributes name, in the middle of a sentence."""
    message_id = f"way.{attributes.get('factor', '')}.inline"
    return say(message_id if has(message_id) else "way.inline")
