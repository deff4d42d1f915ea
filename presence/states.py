"""Availability: what may be concluded from signals, as a pure function of facts and one clock.

Five states with their reasons (P2), never a dot. Silence is a state, not a failure (P4): whoever
says nothing is waited for, and waiting is all that silence ever causes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType


class State(StrEnum):
    """The five states of P2."""

    AVAILABLE = "available"
    """Push reachable, device awake."""
    DELAYED = "delayed"
    """No acknowledgement, app in the background, quiet by choice, or nothing known."""
    UNREACHABLE = "unreachable"
    """Network lost; what was proved before still stands."""
    DEGRADED = "degraded"
    """The device is stale or the factor uncertain: reachable, but not by that."""
    ESCALATED = "escalated"
    """Sensitive action, no answer, and an anomaly: only a person resolves it."""


class Reason(StrEnum):
    """Why the state is what it is; each has its words in the message catalogue."""

    DEVICE_AWAKE = "device_awake"
    PUSH_ACKNOWLEDGED = "push_acknowledged"
    NO_ACKNOWLEDGEMENT = "no_acknowledgement"
    APP_IN_BACKGROUND = "app_in_background"
    DO_NOT_DISTURB = "do_not_disturb"
    QUIET_HOURS = "quiet_hours"
    AWAY = "away"
    NOTIFICATIONS_OFF = "notifications_off"
    NOTHING_KNOWN = "nothing_known"
    NETWORK_LOST = "network_lost"
    DEVICE_STALE = "device_stale"
    PUSH_BOUNCED = "push_bounced"
    FACTOR_UNCERTAIN = "factor_uncertain"
    ANOMALY = "anomaly"
    OPEN_ESCALATION = "open_escalation"


QUIET_REASONS = frozenset({Reason.DO_NOT_DISTURB, Reason.QUIET_HOURS, Reason.AWAY})
"""The user's own choice: nobody is prompted before it ends."""

LIFETIMES: Mapping[str, timedelta] = MappingProxyType(
    {
        "heartbeat": timedelta(minutes=5),
        "push_accepted": timedelta(hours=12),
        "push_acknowledged": timedelta(minutes=15),
        "push_bounced": timedelta(days=7),
        "device_seen": timedelta(days=30),
        "permission": timedelta(days=30),
        "network": timedelta(hours=24),
    }
)
"""How long each kind of signal counts (P1). A day-old heartbeat says nothing about now."""

CLOCK_TOLERANCE = timedelta(minutes=5)
"""How far a device's clock may run ahead of ours before its signal is refused."""


@dataclass(frozen=True, slots=True)
class PresenceFacts:
    """The newest signal of each kind (aware UTC times) and what presence is told as plain values.

    `quiet_until` with `quiet_reason` is the end of the user's own quiet; `factor_uncertain`,
    `anomaly`, `sensitive` and `open_escalation` come from above: presence cannot know them.
    """

    heartbeat_at: datetime | None = None
    heartbeat_foreground: bool = True
    push_accepted_at: datetime | None = None
    push_acknowledged_at: datetime | None = None
    push_bounced_at: datetime | None = None
    device_seen_at: datetime | None = None
    permission_denied_at: datetime | None = None
    network_lost_at: datetime | None = None
    network_returned_at: datetime | None = None
    quiet_until: datetime | None = None
    quiet_reason: Reason | None = None
    factor_uncertain: bool = False
    anomaly: bool = False
    sensitive: bool = False
    open_escalation: bool = False


@dataclass(frozen=True, slots=True)
class Availability:
    """A state, its reasons, and when it next changes by itself (None: only by a new signal)."""

    state: State
    reasons: tuple[Reason, ...]
    changes_at: datetime | None
    quiet_until: datetime | None = None

    @property
    def quiet(self) -> bool:
        """The user asked not to be disturbed."""
        return any(reason in QUIET_REASONS for reason in self.reasons)


def derive(
    facts: PresenceFacts, now: datetime, lifetimes: Mapping[str, timedelta] = LIFETIMES
) -> Availability:
    """What the facts say at `now`. The strongest statement wins: escalated, then network lost,
    then quiet by choice, then a stale device, then awake, then silence."""
    until: list[datetime] = []

    def live(at: datetime | None, kind: str) -> bool:
        if at is None or now >= at + lifetimes[kind]:
            return False
        until.append(at + lifetimes[kind])
        return True

    heartbeat = live(facts.heartbeat_at, "heartbeat")
    acknowledged = live(facts.push_acknowledged_at, "push_acknowledged")
    awake_at = max(
        (at for at in (facts.heartbeat_at, facts.push_acknowledged_at, facts.network_returned_at)
         if at is not None),
        default=None,
    )  # fmt: skip
    unanswered = (
        live(facts.push_accepted_at, "push_accepted")
        and facts.push_accepted_at is not None
        and (awake_at is None or awake_at < facts.push_accepted_at)
    )
    returned = live(facts.network_returned_at, "heartbeat")
    awake = (heartbeat or acknowledged or returned) and not unanswered

    def found(state: State, *reasons: Reason) -> Availability:
        moments = list(until)
        if facts.quiet_until is not None and facts.quiet_until > now:
            moments.append(facts.quiet_until)
        soonest = min(moments, default=None)
        return Availability(state, reasons, soonest, facts.quiet_until)

    if facts.open_escalation:
        return found(State.ESCALATED, Reason.OPEN_ESCALATION)
    if facts.sensitive and facts.anomaly and not awake:
        return found(State.ESCALATED, Reason.NO_ACKNOWLEDGEMENT, Reason.ANOMALY)

    lost = live(facts.network_lost_at, "network") and facts.network_lost_at is not None
    if lost and (awake_at is None or awake_at <= facts.network_lost_at):  # type: ignore[operator]
        return found(State.UNREACHABLE, Reason.NETWORK_LOST)

    if facts.quiet_until is not None and facts.quiet_until > now:
        return found(State.DELAYED, facts.quiet_reason or Reason.DO_NOT_DISTURB)

    stale = facts.device_seen_at is not None and not live(facts.device_seen_at, "device_seen")
    if facts.factor_uncertain or (stale and not awake):
        reasons = [Reason.DEVICE_STALE] if stale else []
        if facts.factor_uncertain:
            reasons.append(Reason.FACTOR_UNCERTAIN)
        return found(State.DEGRADED, *reasons)
    bounced = live(facts.push_bounced_at, "push_bounced")
    if bounced and (awake_at is None or awake_at <= facts.push_bounced_at):  # type: ignore[operator]
        return found(State.DEGRADED, Reason.PUSH_BOUNCED)

    if heartbeat and not facts.heartbeat_foreground and not acknowledged:
        return found(State.DELAYED, Reason.APP_IN_BACKGROUND)
    if awake:
        why = Reason.PUSH_ACKNOWLEDGED if acknowledged else Reason.DEVICE_AWAKE
        return found(State.AVAILABLE, why)
    if unanswered:
        return found(State.DELAYED, Reason.NO_ACKNOWLEDGEMENT)
    if live(facts.permission_denied_at, "permission"):
        return found(State.DELAYED, Reason.NOTIFICATIONS_OFF)
    return found(State.DELAYED, Reason.NOTHING_KNOWN)
