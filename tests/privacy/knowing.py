"""What is known of somebody, and how a request of theirs was judged."""

from __future__ import annotations

from identity.models import Decision, Event, User
from presence.models import Presence, Signal


def person(name: str) -> User:
    """Their row, read anew."""
    return User.objects.get(username=name)


def known(name: str) -> tuple[int, bool]:
    """How many signals of them are stored, and whether anything is concluded."""
    return (
        Signal.objects.filter(subject__username=name).count(),
        Presence.objects.filter(subject__username=name).exists(),
    )


def told(name: str) -> list[tuple[str, str, str]]:
    """What was done with their presence data: name, reason, who did it; oldest first."""
    rows = Event.objects.filter(subject__username=name, kind="presence")
    rows = rows.exclude(name="presence.updated").order_by("id")
    return list(rows.values_list("name", "reason", "actor"))


def score(action_id: str) -> int:
    """The risk score of the latest decision about a request."""
    return Decision.objects.filter(action_id=action_id).latest("at").risk_score
