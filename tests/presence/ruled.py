"""Rules and facts to derive from: the shipped rules, and a clock that starts at noon."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from identity.policy.document import parse_policy
from identity.policy_activation import DEFAULT
from presence.rules import PresenceRules, SignalRule

RULES: PresenceRules = parse_policy(DEFAULT.read_text(encoding="utf-8")).presence
NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)
TICK = timedelta(microseconds=1)


def ago(**span: float) -> datetime:
    """So long before noon."""
    return NOON - timedelta(**span)


def with_rule(kind: str, lifetime: int, confidence: int, believe: int = 5) -> PresenceRules:
    """The shipped rules with one kind of signal ruled otherwise."""
    signals = dict(RULES.signals) | {kind: SignalRule(lifetime, confidence)}
    return replace(RULES, signals=signals, believe=believe)
