"""Why a request waited, as its person reads it (P7)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from identity.actions.views import history
from identity.actions.waiting import wait_of
from identity.actions.waiting_in_words import held_sentence, next_sentence, sentences_of
from identity.messages.compose import title_of
from identity.models import Action, Event
from identity.pages.clock import now_of, zone_of
from identity.pages.person import PersonRequest
from identity.states import Status


@dataclass(frozen=True, slots=True)
class LastWait:
    """The newest request that waits for the person to be reached: what held it last, and when
    it is tried again."""

    action: Action
    name: str
    sentences: Sequence[str]


def waited(request: PersonRequest, action: Action, events: Sequence[Event]) -> list[str]:
    """How the action waited, a sentence each; none where it never did."""
    now, zone = now_of(request), zone_of(request)
    wait = wait_of(action, events, now, zone)
    return sentences_of(action, wait, now, zone) if wait is not None else []


def last_wait(request: PersonRequest) -> LastWait | None:
    """The newest request that waits, with what held it. At most three queries."""
    rows = Action.objects.filter(subject=request.user, status__in=[Status.QUEUED, Status.DELAYED])
    action = rows.select_related("type").order_by("-created_at").first()
    if action is None:
        return None
    now, zone = now_of(request), zone_of(request)
    wait = wait_of(action, history(action), now, zone)
    if wait is None:
        return None
    sentences = [held_sentence(wait.holds[-1], now, zone), next_sentence(wait, now, zone)]
    return LastWait(action, title_of(action.type_id, action.type.title), sentences)
