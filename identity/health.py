"""Whether the product does its work: told by progress, read from the database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import connection

from config.lifecycle import fetch, injected_clock, read_clock
from identity.audit.state import AuditState, audit_state
from identity.depths import depths
from identity.resealing import KEYS_IN_USE, missing_of
from identity.states import WAITING

SWEEPS = (
    "sweep_actions",
    "deliver_webhooks",
    "chain_events",
    "sweep_availability",
    "send_prompts",
    "send_messages",
)
"""What beat wakes every few seconds, by the last part of the task's name."""
LATE = timedelta(seconds=60)
"""A sweep that has not run for this long raises the alarm (they run every 5 s)."""

_MARK = """
INSERT INTO identity_sweeprun (name, at)
VALUES (%(name)s, coalesce(%(now)s::timestamptz, clock_timestamp()))
ON CONFLICT (name) DO UPDATE SET at = excluded.at
"""
_WAITS = """
SELECT
    extract(epoch FROM %(now)s - (
        SELECT min(due_at) FROM identity_action WHERE due_at IS NOT NULL
            AND id NOT IN (SELECT action_id FROM identity_sweepattempt WHERE status = 'quarantined')
    )),
    extract(epoch FROM %(now)s - (
        SELECT min(next_attempt_at) FROM identity_delivery WHERE status = 'pending'
    )),
    (SELECT count(*) FROM identity_sweepattempt WHERE status = 'quarantined')
"""
_HELD = f"""
SELECT
    (SELECT count(*) FROM identity_delivery WHERE status = 'abandoned'),
    (SELECT count(*) FROM identity_delivery
     WHERE status = 'pending' AND last_answer = 'cannot_open'),
    (SELECT count(*) FROM identity_endpoint WHERE status = 'gone'),
    ARRAY({KEYS_IN_USE})
"""  # noqa: S608 (constants only)
_AGES = """
SELECT name, extract(epoch FROM coalesce(%(now)s::timestamptz, clock_timestamp()) - at)
FROM identity_sweeprun
"""


@dataclass(frozen=True, slots=True)
class Health:
    """How the work stands at one moment. Ages and lags are seconds."""

    sweeps: Mapping[str, float | None]
    """Since each sweep last ran; None for one that never did."""
    actions: Mapping[str, int]
    """Actions by state."""
    deliveries: Mapping[str, int]
    """Messages to applications by state."""
    oldest_due: float
    """How late the most overdue action is, of those that were not put aside; 0 where none is."""
    outbox_lag: float
    """How late the most overdue message is; 0 where none is."""
    closed_endpoints: int
    put_aside: int
    """Actions that could not be moved, and wait for the staff."""
    missing_keys: int
    """Keys that something is sealed under and that are not there."""
    audit: AuditState

    @property
    def waiting(self) -> int:
        """Actions that wait for somebody or something."""
        return sum(self.actions.get(state, 0) for state in WAITING)


@dataclass(frozen=True, slots=True)
class HeldUp:
    """Messages to applications that wait for somebody of the staff."""

    given_up: int
    locked: int
    """Those that cannot be opened: a key is missing or wrong."""
    closed_endpoints: int
    missing_keys: list[str]


def held_up() -> HeldUp:
    """What the staff have to see to, in one query."""
    given_up, locked, closed, kids = fetch(_HELD)[0]
    return HeldUp(given_up, locked, closed, missing_of(kids))


def mark_sweep(name: str) -> None:
    """A sweep came to its end just now."""
    with connection.cursor() as cursor:
        cursor.execute(_MARK, {"name": name, "now": injected_clock()})


def mark_task(sender: Any = None, **_signal: Any) -> None:
    """A task came to its end without an error: remember it if it is a sweep."""
    name = str(sender.name).rpartition(".")[2]
    if name in SWEEPS:
        mark_sweep(name)


def sweep_ages() -> dict[str, float | None]:
    """Seconds since each sweep last ran; None for one that never did."""
    ages = dict(fetch(_AGES, {"now": injected_clock()}))
    return {name: max(0.0, float(ages[name])) if name in ages else None for name in SWEEPS}


def sweep_age() -> float | None:
    """Seconds since the sweep that is longest behind last ran; None when one never did."""
    ages = [age for age in sweep_ages().values() if age is not None]
    return max(ages) if len(ages) == len(SWEEPS) else None


def health() -> Health:
    """Everything that is watched; costs the same however much there is."""
    now = read_clock()
    due, lag, put_aside = fetch(_WAITS, {"now": now})[0]
    held = held_up()
    return Health(
        sweeps=sweep_ages(),
        actions=depths("action"),
        deliveries=depths("delivery"),
        oldest_due=max(0.0, float(due or 0)),
        outbox_lag=max(0.0, float(lag or 0)),
        closed_endpoints=held.closed_endpoints,
        put_aside=put_aside,
        audit=audit_state(now),
        missing_keys=len(held.missing_keys),
    )
