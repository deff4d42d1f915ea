"""What identity hears from the apps below, inside the transaction of what happened there."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import F

from config.lifecycle import DomainEvent, listen, wake
from identity.actions.reviewing import apply_cases, apply_verdicts
from identity.models import Action
from identity.states import Status

SWEEP = "identity.sweep_actions"


def wake_waiting(events: Sequence[DomainEvent]) -> None:
    """A person became reachable: their waiting actions are due now (Q2).

    The sweep takes them by oldest deadline; it is nudged once the signal is committed.
    """
    for event in events:
        if event.to_state not in ("available", "degraded"):
            continue
        due = Action.objects.filter(
            subject_id=event.subject_id, status__in=[Status.QUEUED, Status.DELAYED]
        ).update(next_attempt_at=event.at, due_at=event.at, version=F("version") + 1)
        if due:
            wake(SWEEP)


def register() -> None:
    """Register what identity listens to."""
    listen(wake_waiting, "presence.updated")
    listen(apply_verdicts, "escalation.resolved")
    listen(apply_cases, "case.confirmed", "case.refused")
