"""Taking in signals: newest of each kind wins, however late, often or out of order they come."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from config.lifecycle import read_clock
from presence.availability import record_availability
from presence.models import Preference, Presence, Signal, SignalKind, SignalSource
from presence.rules import PresenceRules
from presence.rules_in_force import rules_in_force

VALUES: dict[str, frozenset[str]] = {
    SignalKind.HEARTBEAT: frozenset({"", "foreground", "background"}),
    SignalKind.PUSH_ACCEPTED: frozenset({""}),
    SignalKind.PUSH_ACKNOWLEDGED: frozenset({""}),
    SignalKind.PUSH_BOUNCED: frozenset({""}),
    SignalKind.DEVICE_SEEN: frozenset({""}),
    SignalKind.PERMISSION: frozenset({"granted", "denied"}),
    SignalKind.NETWORK: frozenset({"lost", "returned"}),
}
"""The values each kind may carry; nothing finer is ever stored (P6)."""

LATE = timedelta(days=30)
"""So long after the longest lifetime a signal says nothing at all and is refused."""

FEEDER_WAITS = timedelta(minutes=30)
"""So long after a real application's signal the demo's feeder keeps still."""


@dataclass(frozen=True, slots=True)
class SignalIn:
    """One observation about `subject_id` at `observed_at` (aware)."""

    subject_id: int
    kind: str
    observed_at: datetime
    value: str = ""
    device_id: uuid.UUID | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """The signal at `index` was not stored, for the reason `code`."""

    index: int
    code: str


def judge(signal: SignalIn, now: datetime, rules: PresenceRules) -> str | None:
    """Why a signal is refused, or None. A device's clock may run somewhat ahead (P1)."""
    if signal.kind not in VALUES:
        return "unknown_kind"
    if signal.value not in VALUES[signal.kind]:
        return "wrong_value"
    if signal.observed_at > now + rules.tolerance:
        return "clock_ahead"
    if signal.observed_at < now - rules.longest - LATE:
        return "clock_behind"
    return None


def _apply(row: Presence, signal: SignalIn, at: datetime) -> None:
    """Fold one signal into the person's row; an older one of its kind changes nothing."""
    if signal.kind == SignalKind.PERMISSION:
        field = "permission_denied_at"
    elif signal.kind == SignalKind.NETWORK:
        field = f"network_{signal.value}_at"
    else:
        field = f"{signal.kind}_at"
    stored: datetime | None = getattr(row, field)
    if stored is not None and stored >= at:
        return
    setattr(row, field, None if signal.value == "granted" else at)
    if signal.kind == SignalKind.HEARTBEAT:
        row.heartbeat_foreground = signal.value != "background"


def ingest_signals(
    signals: Sequence[SignalIn], source: str, now: datetime | None = None
) -> list[Refused]:
    """Store the good signals, refuse the bad ones one by one, and draw the conclusions.

    Each person's row is locked in order of key, so batches never wait for each other in a ring.
    A clock that runs ahead is set back to now. Queries: a fixed number plus one or two for each
    person whose state really changes.
    """
    with transaction.atomic():
        now = now or read_clock()
        rules = rules_in_force()
        refused: list[Refused] = []
        good: list[SignalIn] = []
        for index, signal in enumerate(signals):
            code = judge(signal, now, rules)
            if code:
                refused.append(Refused(index, code))
            else:
                good.append(signal)
        people = sorted({signal.subject_id for signal in good})
        if not people:
            return refused
        Presence.objects.bulk_create(
            [Presence(subject_id=person, since=now, changes_at=now) for person in people],
            ignore_conflicts=True,
        )
        rows = {
            row.pk: row
            for row in Presence.objects.select_for_update()
            .filter(subject_id__in=people)
            .order_by("subject_id")
        }
        if source == SignalSource.FEEDER:
            good = [each for each in good if not _application_speaks(rows[each.subject_id], now)]
        Signal.objects.bulk_create(
            Signal(
                subject_id=signal.subject_id,
                kind=signal.kind,
                value=signal.value,
                device_id=signal.device_id,
                source=source,
                observed_at=min(signal.observed_at, now),
                received_at=now,
            )
            for signal in good
        )
        touched: dict[int, Presence] = {}
        for signal in sorted(good, key=lambda each: each.observed_at):
            row = touched.setdefault(signal.subject_id, rows[signal.subject_id])
            _apply(row, signal, min(signal.observed_at, now))
            if source == SignalSource.APPLICATION:
                row.application_signal_at = now
        Presence.objects.bulk_update(touched.values(), FACT_FIELDS)
        preferences = Preference.objects.in_bulk(list(touched))
        for person, row in sorted(touched.items()):
            record_availability(row, preferences.get(person), now, rules)
        return refused


FACT_FIELDS = [
    "heartbeat_at",
    "heartbeat_foreground",
    "push_accepted_at",
    "push_acknowledged_at",
    "push_bounced_at",
    "device_seen_at",
    "permission_denied_at",
    "network_lost_at",
    "network_returned_at",
    "application_signal_at",
]


def _application_speaks(row: Presence, now: datetime) -> bool:
    """A real application told something lately: the demo's feeder has nothing to add."""
    said = row.application_signal_at
    return said is not None and now - said < FEEDER_WAITS
