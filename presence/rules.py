"""The rules of presence, as the policy in force gives them. Pure: plain values, no clock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from typing import Any

KINDS = (
    "heartbeat",
    "push_accepted",
    "push_acknowledged",
    "push_bounced",
    "device_seen",
    "permission",
    "network",
)
"""Every kind of signal has its rule."""

CLASSES = ("low", "medium", "high")
"""Action classes, by sensitivity."""


@dataclass(frozen=True, slots=True)
class SignalRule:
    """How long a kind of signal counts (seconds), and how much a new one does (percent).

    What it counts falls evenly with its age, down to nothing at the end of its lifetime, so the
    moment is known beforehand from which it is not relied on any more.
    """

    lifetime: int
    confidence: int

    def believed_for(self, believe: int) -> timedelta:
        """For how long it counts for more than `believe` percent; nothing if it never does."""
        share = max(0, self.confidence - believe)
        whole = timedelta(seconds=self.lifetime)
        return whole * share // self.confidence


@dataclass(frozen=True, slots=True)
class Emergency:
    """When a named emergency goes before a person's quiet (P4), and for how long (seconds).

    `when` names what must be the case besides, one of `EMERGENCY_SIGNS`.
    """

    when: frozenset[str]
    lasts: int


EMERGENCY_SIGNS = ("escalation", "degraded", "emergency")
"""An open escalation of the person's; an open incident with at least that mode."""


@dataclass(frozen=True, slots=True)
class PresenceRules:
    """What a policy version says about presence; times in seconds.

    `believe` is the confidence (percent) down to which a signal is relied on. `settle` is how long
    a change of state must last before it is taken for one. `clock_tolerance` is how far a device's
    clock may run ahead. `darkness` is how long a person may stay dark, by action class, before the
    next step. `emergencies` are those that may go before a person's quiet.
    """

    signals: Mapping[str, SignalRule]
    believe: int
    settle: int
    clock_tolerance: int
    darkness: Mapping[str, int]
    emergencies: Mapping[str, Emergency] = field(default_factory=dict)

    def believed_for(self, kind: str) -> timedelta:
        """How long a signal of `kind` is relied on; not at all for a kind without a rule."""
        rule = self.signals.get(kind)
        return rule.believed_for(self.believe) if rule is not None else timedelta()

    @property
    def longest(self) -> timedelta:
        """The longest lifetime: an older signal says nothing, whatever its kind."""
        return max((self.lifetime(kind) for kind in self.signals), default=timedelta())

    @property
    def tolerance(self) -> timedelta:
        """How far a device's clock may run ahead of ours before its signal is refused."""
        return timedelta(seconds=self.clock_tolerance)

    def darkness_of(self, action_class: str) -> timedelta | None:
        """How long a person may stay dark while something of `action_class` waits; None where
        the policy sets no limit."""
        seconds = self.darkness.get(action_class)
        return timedelta(seconds=seconds) if seconds is not None else None

    def lifetime(self, kind: str) -> timedelta:
        """How long a signal of `kind` counts; nothing for a kind without a rule."""
        rule = self.signals.get(kind)
        return timedelta(seconds=rule.lifetime) if rule is not None else timedelta()

    def to_json(self) -> dict[str, Any]:
        """Plain values for a JSON column; `from_json` is its inverse."""
        plain = asdict(self)
        for emergency in plain["emergencies"].values():
            emergency["when"] = sorted(emergency["when"])
        return plain

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> PresenceRules:
        """The rules stored by `to_json`. Raises KeyError where a part is missing."""
        return cls(
            signals={kind: SignalRule(**rule) for kind, rule in stored["signals"].items()},
            believe=stored["believe"],
            settle=stored["settle"],
            clock_tolerance=stored["clock_tolerance"],
            darkness=dict(stored["darkness"]),
            emergencies={
                name: Emergency(frozenset(each["when"]), each["lasts"])
                for name, each in stored.get("emergencies", {}).items()
            },
        )


NO_RULES = PresenceRules(signals={}, believe=100, settle=0, clock_tolerance=5 * 60, darkness={})
"""Before a policy is in force no signal counts: everybody is waited for. What comes is stored."""
