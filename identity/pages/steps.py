"""The ladder as a page shows it: what was done, and what comes if nobody does anything (F5)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from identity.actions.rungs import Rung
from identity.messages import has
from identity.messages.compose import answer_by_of
from identity.models import Action
from identity.states import Status

MOST_TRIES = 2
"""Tries shown one by one."""

STEP_ICONS = {
    "rung.ask_more": "bell",
    "rung.ask_again": "bell",
    "rung.notify": "bell",
    "rung.notified": "bell",
    "rung.prompt_ends": "clock",
    "rung.then_other_way": "crossing",
    "rung.then_support": "person",
    "rung.then_other_way.dark": "crossing",
    "rung.then_support.dark": "person",
    "rung.verdict": "shield",
    "rung.answer": "person",
    "rung.closes": "hourglass",
}


@dataclass(frozen=True, slots=True)
class Step:
    """A rung as the ladder shows it."""

    at: datetime
    message_id: str
    more_id: str
    facts: Mapping[str, Any]
    icon: str
    no_sooner: bool = False


def coming_of(action: Action, coming: Sequence[Rung]) -> list[Rung]:
    """What is to come, with what staff owe the person while it is theirs."""
    if action.status == Status.REVIEW:
        return [Rung(rung.at, "rung.answer") for rung in coming]
    answer_by = answer_by_of(action)
    if action.status == Status.BLOCKED and all(answer_by < rung.at for rung in coming):
        return [Rung(answer_by, "rung.verdict"), *coming]
    return thinned(coming)


def thinned(coming: Sequence[Rung]) -> list[Rung]:
    """Of many tries in a row the first, and one line for all the rest."""
    tries = [rung for rung in coming if rung.message_id == "rung.ask_again"]
    if len(tries) <= MOST_TRIES:
        return list(coming)
    rest = tries[1:]
    return [
        Rung(rung.at, "rung.ask_more", no_sooner=rung.no_sooner) if rung is rest[0] else rung
        for rung in coming
        if rung not in rest[1:]
    ]


def steps_of(found: Sequence[Rung]) -> list[Step]:
    """Rungs with the rest of their line and their drawing."""
    return [
        Step(
            rung.at,
            rung.message_id,
            f"{rung.message_id}.more" if has(f"{rung.message_id}.more") else "",
            rung.facts,
            STEP_ICONS.get(rung.message_id, "clock"),
            rung.no_sooner,
        )
        for rung in found
    ]
