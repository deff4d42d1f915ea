"""Availability of one person: read the facts, derive, and record a change where there is one."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from django.db import transaction

from config.lifecycle import StateMachine, Superseded, read_clock, transition
from presence.models import Preference, Presence
from presence.purposes import refusal
from presence.quiet import QuietChoice, quiet_until
from presence.states import Availability, PresenceFacts, State, derive

_ALL = tuple(state.value for state in State)
PRESENCE_MACHINE = StateMachine(
    "presence",
    {
        (state, "presence.updated"): tuple(other for other in _ALL if other != state)
        for state in _ALL
    },
)
"""Any state may follow any other: signals come as they like."""


def choice_of(preference: Preference | None) -> QuietChoice:
    """The person's choices as plain values."""
    if preference is None:
        return QuietChoice()
    return QuietChoice(
        zone=preference.zone,
        dnd_until=preference.dnd_until,
        away_until=preference.away_until,
        days=frozenset(preference.quiet_days),
        start=preference.quiet_start,
        end=preference.quiet_end,
    )


def facts_of(
    row: Presence | None,
    preference: Preference | None,
    now: datetime,
    *,
    sensitive: bool = False,
    anomaly: bool = False,
    factor_uncertain: bool = False,
    open_escalation: bool = False,
) -> PresenceFacts:
    """The stored facts with what presence is told from above (P2).

    Without consent the stored facts do not count, even if a signal slipped in as it was withdrawn.
    """
    until, reason = quiet_until(choice_of(preference), now)
    told = PresenceFacts(
        quiet_until=until,
        quiet_reason=reason,
        sensitive=sensitive,
        anomaly=anomaly,
        factor_uncertain=factor_uncertain,
        open_escalation=open_escalation,
    )
    if row is None or refusal(preference.presence_consent if preference else None):
        return told
    return replace(
        told,
        heartbeat_at=row.heartbeat_at,
        heartbeat_foreground=row.heartbeat_foreground,
        push_accepted_at=row.push_accepted_at,
        push_acknowledged_at=row.push_acknowledged_at,
        push_bounced_at=row.push_bounced_at,
        device_seen_at=row.device_seen_at,
        permission_denied_at=row.permission_denied_at,
        network_lost_at=row.network_lost_at,
        network_returned_at=row.network_returned_at,
    )


def availability_of(
    user_id: int,
    *,
    now: datetime,
    sensitive: bool = False,
    anomaly: bool = False,
    factor_uncertain: bool = False,
    open_escalation: bool = False,
) -> Availability:
    """What may be concluded about the person at `now`, for a question that names an action.

    Two queries. A person of whom nothing is known is `delayed`: waited for, never suspected (P4).
    """
    row = Presence.objects.filter(subject_id=user_id).first()
    preference = Preference.objects.filter(subject_id=user_id).first()
    return derive(
        facts_of(
            row,
            preference,
            now,
            sensitive=sensitive,
            anomaly=anomaly,
            factor_uncertain=factor_uncertain,
            open_escalation=open_escalation,
        ),
        now,
    )


def record_availability(row: Presence, preference: Preference | None, now: datetime) -> bool:
    """Store what `row` says at `now`; True when the state itself changed.

    `presence.updated` is announced only for a real change of state; a mere new reason or a later
    `changes_at` is one quiet write. Runs in the caller's transaction, which holds the row.
    """
    found = derive(facts_of(row, preference, now), now)
    reasons = [reason.value for reason in found.reasons]
    if found.state != row.status:
        try:
            transition(
                row,
                "presence.updated",
                PRESENCE_MACHINE,
                at=now,
                to=found.state.value,
                reason=reasons[0],
                changes={"since": now, "reasons": reasons, "changes_at": found.changes_at},
            )
        except Superseded:
            return False
        return True
    if row.changes_at != found.changes_at or row.reasons != reasons:
        Presence.objects.filter(pk=row.pk).update(changes_at=found.changes_at, reasons=reasons)
    return False


def sweep_availability(limit: int = 500) -> int:
    """Look again at the rows whose state changes by itself about now; how many really changed.

    Only rows that are due are touched, and each is claimed with SKIP LOCKED: any number of
    sweeps may run at once.
    """
    changed = 0
    with transaction.atomic():
        now = read_clock()
        due = (
            Presence.objects.select_for_update(skip_locked=True)
            .filter(changes_at__lte=now)
            .order_by("changes_at")[:limit]
        )
        rows = list(due)
        preferences = Preference.objects.in_bulk([row.pk for row in rows])
        for row in rows:
            changed += record_availability(row, preferences.get(row.pk), now)
    return changed


def refresh(user_id: int) -> None:
    """Derive anew after a choice changed, and record it; nothing is recorded without consent."""
    with transaction.atomic():
        now = read_clock()
        preference = Preference.objects.filter(subject_id=user_id).first()
        if refusal(preference.presence_consent if preference else None):
            return
        Presence.objects.bulk_create(
            [Presence(subject_id=user_id, since=now, changes_at=now)], ignore_conflicts=True
        )
        row = Presence.objects.select_for_update().get(subject_id=user_id)
        record_availability(row, preference, now)
