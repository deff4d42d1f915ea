"""The rules of presence, as the policy in force gives them. Pure: plain values, no clock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
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

    What it counts falls evenly with its age, down to nothing at the end of its lifetime.
    """

    lifetime: int
    confidence: int


@dataclass(frozen=True, slots=True)
class PresenceRules:
    """What a policy version says about presence; times in seconds.

    `believe` is the confidence (percent) below which a signal is not relied on. `settle` is how
    long a change of state must last before it is taken for one. `clock_tolerance` is how far a
    device's clock may run ahead. `darkness` is how long a person may stay dark, by action class,
    before the next step.
    """

    signals: Mapping[str, SignalRule]
    believe: int
    settle: int
    clock_tolerance: int
    darkness: Mapping[str, int]

    def lifetime(self, kind: str) -> timedelta:
        """How long a signal of `kind` counts; nothing for a kind without a rule."""
        rule = self.signals.get(kind)
        return timedelta(seconds=rule.lifetime) if rule is not None else timedelta()

    def to_json(self) -> dict[str, Any]:
        """Plain values for a JSON column; `from_json` is its inverse."""
        return asdict(self)

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> PresenceRules:
        """The rules stored by `to_json`. Raises KeyError where a part is missing."""
        return cls(
            signals={kind: SignalRule(**rule) for kind, rule in stored["signals"].items()},
            believe=stored["believe"],
            settle=stored["settle"],
            clock_tolerance=stored["clock_tolerance"],
            darkness=dict(stored["darkness"]),
        )


NO_RULES = PresenceRules(signals={}, believe=100, settle=0, clock_tolerance=0, darkness={})
"""Before a policy is in force no signal counts: everybody is waited for."""
