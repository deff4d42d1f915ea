"""Availability of one person: read the facts, derive, and record a change where there is one.

A phone that flaps does not flap its person. What a decision is told is what the signals say at
that moment; what is recorded and announced is what has lasted for `settle`. Only a sign of life
counts at once, because somebody may be waiting for it, and so does a choice of the person's own.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from time import monotonic
from typing import Any

from django.db import transaction
from django.db.models import Subquery, TextField
from django.db.models.functions import Cast

from config.lifecycle import StateMachine, Superseded, read_clock, transition
from presence.forgetting import forget
from presence.models import Preference, Presence, RulesInForce
from presence.purposes import refusal
from presence.quiet import QuietChoice, quiet_stretches
from presence.rules import NO_RULES, PresenceRules
from presence.rules_in_force import rules_from, rules_in_force
from presence.states import Availability, PresenceFacts, State, derive, settles_at

_ALL = tuple(state.value for state in State)
PRESENCE_MACHINE = StateMachine(
    "presence",
    {
        (state, "presence.updated"): tuple(other for other in _ALL if other != state)
        for state in _ALL
    },
)
"""Any state may follow any other: signals come as they like."""

OnReturn = Callable[[int, datetime], None]
_on_return: list[OnReturn] = []


def on_return(callback: OnReturn) -> None:
    """Register who is told, in the same transaction, that a person is there again although the
    recorded state never changed: they were gone for less than `settle`."""
    if callback not in _on_return:
        _on_return.append(callback)


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
        overridden_at=preference.overridden_at,
        overridden_until=preference.overridden_until,
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
    told = PresenceFacts(
        quiet=quiet_stretches(choice_of(preference), now),
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


def availability_of(user_id: int, *, now: datetime) -> Availability:
    """What may be concluded about the person at `now`, without any action in mind.

    Three queries. A person of whom nothing is known is `delayed`: waited for, never suspected (P4).
    """
    row = Presence.objects.filter(subject_id=user_id).first()
    preference = Preference.objects.filter(subject_id=user_id).first()
    return derive(facts_of(row, preference, now), now, rules_in_force())


def record_availability(
    row: Presence,
    preference: Preference | None,
    now: datetime,
    rules: PresenceRules | None = None,
    *,
    by_itself: bool = False,
) -> bool:
    """Store what `row` says at `now`; True when the recorded state changed.

    `presence.updated` is announced for a change that has lasted for `settle`, for a sign of life
    and for a choice of the person's own; anything else is at most one quiet write. `rules` are
    those in force unless given. `by_itself` says that time passed and no signal came: a change
    then counts from the exact moment at which it happened. Runs in the caller's transaction,
    which holds the row.
    """
    if rules is None:
        rules = rules_in_force()
    found = derive(facts_of(row, preference, now), now, rules)
    reasons = [reason.value for reason in found.reasons]

    def began(test: Callable[[Availability], bool]) -> datetime:
        return _began(row, preference, now, rules, test) if by_itself else now

    values: dict[str, Any] = {
        "changes_at": found.changes_at,
        "reasons": reasons,
        "unsettled_since": None,
        "dark_since": (row.dark_since or began(lambda each: each.dark)) if found.dark else None,
    }
    if found.state == row.status:
        if found.state == State.AVAILABLE and _was_gone(row, now, by_itself=by_itself):
            values["returned_at"] = now
            for callback in _on_return:
                callback(row.subject_id, now)
        _write(row, values)
        return False
    since = now
    if not (found.state == State.AVAILABLE or found.quiet or not row.reasons):
        since = row.unsettled_since or began(lambda each: each.state != row.status)
        settled = settles_at(since, timedelta(seconds=rules.settle))
        if settled is not None and now < settled:
            moments = [settled, values["changes_at"]]
            soonest = min(moment for moment in moments if moment is not None)
            values |= {"reasons": row.reasons, "unsettled_since": since, "changes_at": soonest}
            _write(row, values)
            return False
    if found.state == State.AVAILABLE:
        values["returned_at"] = now
    try:
        transition(
            row,
            "presence.updated",
            PRESENCE_MACHINE,
            at=now,
            to=found.state.value,
            reason=reasons[0],
            changes=values | {"since": since},
        )
    except Superseded:
        return False
    return True


def _write(row: Presence, values: dict[str, Any]) -> None:
    """Set what is different, and say nothing of it."""
    changed = {name: value for name, value in values.items() if getattr(row, name) != value}
    if changed:
        Presence.objects.filter(pk=row.pk).update(**changed)
        for name, value in changed.items():
            setattr(row, name, value)


def _was_gone(row: Presence, now: datetime, *, by_itself: bool) -> bool:
    """The person, recorded as available, was not: noticed, or not yet swept."""
    due = row.changes_at is not None and row.changes_at < now
    return row.unsettled_since is not None or (due and not by_itself)


def _began(
    row: Presence,
    preference: Preference | None,
    now: datetime,
    rules: PresenceRules,
    test: Callable[[Availability], bool],
) -> datetime:
    """The first moment since the row was due at which `test` held; `now` at the latest."""
    at = row.changes_at
    while at is not None and at < now:
        there = derive(facts_of(row, preference, at), at, rules)
        if test(there):
            return at
        at = there.changes_at
    return now


_WITH_CHOICES = (
    *(field.name for field in Presence._meta.concrete_fields),
    "subject__username",
    *(f"subject__preference__{field.name}" for field in Preference._meta.concrete_fields),
)
_RULES = Subquery(
    RulesInForce.objects.filter(pk=1).annotate(text=Cast("rules", TextField())).values("text")
)


@dataclass(frozen=True, slots=True)
class Darkness:
    """Since when a person is in the dark (None: they are not), and the rules that go by it."""

    since: datetime | None
    rules: PresenceRules


def darkness_of_each(user_ids: Collection[int], *, now: datetime) -> Mapping[int, Darkness]:
    """Whether each of these people is in the dark at `now`, swept or not. One query; two where
    there is no presence data of any of them: such a person is never in the dark."""
    if not user_ids:
        return {}
    rows = (
        Presence.objects.select_related("subject__preference")
        .only(*_WITH_CHOICES)
        .annotate(ruled=_RULES)
        .in_bulk(user_ids)
    )
    ruled = next((row.ruled for row in rows.values() if row.ruled), None)
    rules = rules_from(ruled) if ruled else NO_RULES if rows else rules_in_force()
    dark = {user_id: _dark_since(row, now, rules) for user_id, row in rows.items()}
    return {user_id: Darkness(dark.get(user_id), rules) for user_id in user_ids}


def _dark_since(row: Presence, now: datetime, rules: PresenceRules) -> datetime | None:
    preference = getattr(row.subject, "preference", None)
    if refusal(preference.presence_consent if preference else None):
        return None
    if not derive(facts_of(row, preference, now), now, rules).dark:
        return None
    return row.dark_since or _began(row, preference, now, rules, lambda each: each.dark)


def look_again(rows: Sequence[Presence], now: datetime, *, by_itself: bool = False) -> int:
    """Conclude anew about `rows`, which the caller's transaction holds; how many really changed.

    A row of somebody who withdrew consent while it was written is forgotten with its signals.
    Two queries, and what the changes cost.
    """
    if not rows:
        return 0
    changed = 0
    rules = rules_in_force()
    preferences = Preference.objects.in_bulk([row.pk for row in rows])
    for row in rows:
        preference = preferences.get(row.pk)
        if refusal(preference.presence_consent if preference else None):
            forget(row.pk)
        else:
            changed += record_availability(row, preference, now, rules, by_itself=by_itself)
    return changed


SWEEP_BUDGET = timedelta(seconds=3)
"""A sweep begins no batch after this; the next one is due after five seconds."""


def sweep_availability(limit: int = 500, budget: timedelta = SWEEP_BUDGET) -> int:
    """Look again at the rows whose state changes by itself about now; how many really changed.

    In batches of `limit` rows, each a transaction of its own, until none is due or `budget` of
    this process's time is spent. Only rows that are due are touched, and each is claimed with
    SKIP LOCKED: any number of sweeps may run at once.
    """
    changed = 0
    ends = monotonic() + budget.total_seconds()
    while True:
        with transaction.atomic():
            now = read_clock()
            rows = list(
                Presence.objects.select_for_update(skip_locked=True)
                .filter(changes_at__lte=now)
                .order_by("changes_at")[:limit]
            )
            changed += look_again(rows, now, by_itself=True)
        if len(rows) < limit or monotonic() >= ends:
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
