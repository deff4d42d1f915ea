"""One request as the lists and pages show it."""

from __future__ import annotations

from dataclasses import dataclass

from identity.actions.views import masked_payload, takes_proof
from identity.messages import has, say
from identity.messages.compose import Message, application_name, message_of, title_of
from identity.models import Action
from identity.models.actions import REVERSAL_UNDER_WAY
from identity.pages.clock import now_of, zone_of
from identity.pages.looks import LOOKS, Look
from identity.pages.person import PersonRequest
from identity.states import TERMINAL


@dataclass(frozen=True, slots=True)
class Item:
    """An action with its words and its look."""

    action: Action
    name: str
    word: str
    look: Look
    message: Message
    needs: bool
    """The person can finish or confirm it now."""

    @property
    def over(self) -> bool:
        """Nothing moves it any more."""
        return self.action.status in TERMINAL and not self.action.unsettled

    @property
    def next_icon(self) -> str:
        """A clock where something is timed, else an arrow: what comes next is up to the person."""
        return "arrow" if self.over else "clock"

    @property
    def heading(self) -> str:
        """What it is, beside the mark."""
        return f"{self.name}: {self.word}"


def item_of(request: PersonRequest, action: Action) -> Item:
    """The words of `action` for the person who looks."""
    person = request.holdfast_session.user
    standing = standing_of(action)
    return Item(
        action=action,
        name=title_of(action.type_id, action.type.title),
        word=say(f"status.{standing}"),
        look=LOOKS[standing],
        message=message_of(
            action,
            now=now_of(request),
            zone=zone_of(request),
            shown_name=person.shown_name,
        ),
        needs=takes_proof(action, now_of(request)),
    )


def standing_of(action: Action) -> str:
    """The state as the person meets it: what was done first has words of its own until settled."""
    if action.to_confirm:
        return "to_confirm"
    if action.unsettled:
        return "undoing" if action.reason == REVERSAL_UNDER_WAY else "with_security"
    return action.status


def payload_of(action: Action) -> list[tuple[str, str]]:
    """What was asked, `(label, masked value)`. A field without its own words goes by its name."""
    rows = [
        (say(label_id) if has(label_id) else _plain(label_id), value)
        for label_id, value in masked_payload(action)
    ]
    if not rows and action.status in TERMINAL and action.type.payload:
        rows = [(say("payload.deleted"), say("payload.deleted.value"))]
    return rows


def _plain(label_id: str) -> str:
    return label_id.rsplit(".", 1)[-1].replace("_", " ").capitalize()


def asked_in(action: Action) -> str:
    """The application that asked."""
    return application_name(action)
