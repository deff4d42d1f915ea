"""Availability: what may be concluded from signals, as a pure function of facts and one clock.

Five states with their reasons (P2), never a dot. Silence is a state, not a failure (P4): whoever
says nothing is waited for, and waiting is all that silence ever causes. How long a signal counts
comes from the policy: it counts for less as it ages, until it is not relied on any more (P1).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from functools import partial

from presence.rules import PresenceRules


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
    """Sensitive action, a push left unanswered, and an anomaly: only a person resolves it. Knowing
    nothing is no missing answer: who gives no data is never stopped for that (P4)."""


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


@dataclass(frozen=True, slots=True)
class Quiet:
    """One stretch of chosen silence, from `begins` until just before `ends` (aware)."""

    begins: datetime
    ends: datetime
    reason: Reason


@dataclass(frozen=True, slots=True)
class PresenceFacts:
    """The newest signal of each kind (aware UTC times) and what presence is told as plain values.

    `quiet` are the stretches of chosen silence now and in the days to come; `factor_uncertain`,
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
    quiet: tuple[Quiet, ...] = ()
    factor_uncertain: bool = False
    anomaly: bool = False
    sensitive: bool = False
    open_escalation: bool = False


@dataclass(frozen=True, slots=True)
class Availability:
    """A state, its reasons, and when it next changes by itself."""

    state: State
    reasons: tuple[Reason, ...]
    quiet_until: datetime | None
    _change: Callable[[], datetime | None] = field(repr=False, compare=False)

    @property
    def changes_at(self) -> datetime | None:
        """The first moment at which state or reasons are others, if no signal comes before
        (None: only by a new signal). Worked out when asked for: most decisions never ask."""
        return self._change()

    @property
    def quiet(self) -> bool:
        """The user asked not to be disturbed."""
        return any(reason in QUIET_REASONS for reason in self.reasons)

    @property
    def dark(self) -> bool:
        """Not available, neither by choice nor because a person is looking at it (P5)."""
        return self.state not in (State.AVAILABLE, State.ESCALATED) and not self.quiet


KIND_OF = {
    "heartbeat_at": "heartbeat",
    "push_accepted_at": "push_accepted",
    "push_acknowledged_at": "push_acknowledged",
    "push_bounced_at": "push_bounced",
    "device_seen_at": "device_seen",
    "permission_denied_at": "permission",
    "network_lost_at": "network",
    "network_returned_at": "heartbeat",
}
"""By the rule of which kind each fact ages. A network that came back is a sign of life and lasts as
long as one; a lost one stays lost until it is said to be back."""


@dataclass(frozen=True, slots=True)
class Signs:
    """What is relied on at one moment, each a plain yes or no."""

    heartbeat: bool
    foreground: bool
    acknowledged: bool
    awake: bool
    unanswered: bool
    lost: bool
    stale: bool
    bounced: bool
    denied: bool
    subscription_dead: bool
    """A push bounced and none was taken since, whatever the device says of itself."""


def relied_until(facts: PresenceFacts, rules: PresenceRules) -> dict[str, datetime]:
    """For each signal that there is, the exact moment from which it is not relied on any more."""
    found: dict[str, datetime] = {}
    for name, kind in KIND_OF.items():
        at = getattr(facts, name)
        if at is not None:
            found[name] = at + rules.believed_for(kind)
    return found


def signs_at(facts: PresenceFacts, now: datetime, until: dict[str, datetime]) -> Signs:
    """What the signals say at `now`; the newest statement wins over an older one against it."""
    live = {name for name, end in until.items() if now < end}
    heartbeat = "heartbeat_at" in live
    acknowledged = "push_acknowledged_at" in live
    life = max(
        (at for at in (facts.heartbeat_at, facts.push_acknowledged_at, facts.network_returned_at)
         if at is not None),
        default=None,
    )  # fmt: skip

    def stands(name: str, *, also_at_once: bool) -> bool:
        """Relied on, and no sign of life since."""
        at = getattr(facts, name)
        if name not in live:
            return False
        return life is None or life < at or (also_at_once and life == at)

    unanswered = stands("push_accepted_at", also_at_once=False)
    pushed = max(
        (at for at in (facts.push_bounced_at, facts.push_accepted_at, facts.push_acknowledged_at)
         if at is not None),
        default=None,
    )  # fmt: skip
    return Signs(
        heartbeat=heartbeat,
        foreground=facts.heartbeat_foreground,
        acknowledged=acknowledged,
        awake=(heartbeat or acknowledged or "network_returned_at" in live) and not unanswered,
        unanswered=unanswered,
        lost=stands("network_lost_at", also_at_once=True),
        stale=facts.device_seen_at is not None and "device_seen_at" not in live,
        bounced=stands("push_bounced_at", also_at_once=True),
        denied="permission_denied_at" in live,
        subscription_dead="push_bounced_at" in live and facts.push_bounced_at == pushed,
    )


def derive(facts: PresenceFacts, now: datetime, rules: PresenceRules) -> Availability:
    """What the facts say at `now`. The strongest statement wins: escalated, then network lost,
    then quiet by choice, then a stale device, then awake, then silence. `changes_at` is exact.
    """
    until = relied_until(facts, rules)
    state, reasons = found = _conclude(facts, signs_at(facts, now, until), now)
    quiet_until = quiet_end(facts.quiet, now)
    return Availability(
        state, reasons, quiet_until, partial(_next_change, facts, now, until, found)
    )


def _next_change(
    facts: PresenceFacts,
    now: datetime,
    until: dict[str, datetime],
    found: tuple[State, tuple[Reason, ...]],
) -> datetime | None:
    moments = {end for end in until.values() if end > now}
    for each in facts.quiet:
        moments.update(edge for edge in (each.begins, each.ends) if edge > now)
    for moment in sorted(moments):
        if _conclude(facts, signs_at(facts, moment, until), moment) != found:
            return moment
    return None


def quiet_at(quiet: tuple[Quiet, ...], now: datetime) -> Quiet | None:
    """The stretch that covers `now`. Where several overlap, the latest end counts: the user asked
    for each of them."""
    covering = [each for each in quiet if each.begins <= now < each.ends]
    return max(covering, key=lambda each: each.ends, default=None)


def quiet_end(quiet: tuple[Quiet, ...], now: datetime) -> datetime | None:
    """When the person can be asked again: the end of the silence at `now` and of whatever silence
    follows without a gap. None when it is not quiet."""
    end = None
    while (each := quiet_at(quiet, end or now)) is not None:
        end = each.ends
    return end


def _conclude(
    facts: PresenceFacts, signs: Signs, now: datetime
) -> tuple[State, tuple[Reason, ...]]:
    if facts.open_escalation:
        return State.ESCALATED, (Reason.OPEN_ESCALATION,)
    if facts.sensitive and facts.anomaly and signs.unanswered:
        return State.ESCALATED, (Reason.NO_ACKNOWLEDGEMENT, Reason.ANOMALY)
    if signs.lost:
        return State.UNREACHABLE, (Reason.NETWORK_LOST,)
    silence = quiet_at(facts.quiet, now)
    if silence is not None:
        return State.DELAYED, (silence.reason,)
    stale = signs.stale and not signs.awake
    if facts.factor_uncertain or stale:
        reasons = [Reason.DEVICE_STALE] if signs.stale else []
        if facts.factor_uncertain:
            reasons.append(Reason.FACTOR_UNCERTAIN)
        return State.DEGRADED, tuple(reasons)
    if signs.bounced:
        return State.DEGRADED, (Reason.PUSH_BOUNCED,)
    if signs.heartbeat and not signs.foreground and not signs.acknowledged:
        return State.DELAYED, (Reason.APP_IN_BACKGROUND,)
    if signs.awake:
        return State.AVAILABLE, (
            Reason.PUSH_ACKNOWLEDGED if signs.acknowledged else Reason.DEVICE_AWAKE,
        )
    if signs.unanswered:
        return State.DELAYED, (Reason.NO_ACKNOWLEDGEMENT,)
    if signs.denied:
        return State.DELAYED, (Reason.NOTIFICATIONS_OFF,)
    return State.DELAYED, (Reason.NOTHING_KNOWN,)


def settles_at(unsettled_since: datetime | None, settle: timedelta) -> datetime | None:
    """When a change of state has lasted long enough to be taken for one."""
    return unsettled_since + settle if unsettled_since is not None else None
