"""The `presence` section of the policy document."""

from __future__ import annotations

from itertools import pairwise

from identity.policy.reading import Place
from presence.rules import (
    CLASSES,
    EMERGENCY_SIGNS,
    KINDS,
    Emergency,
    PresenceRules,
    SignalRule,
)

EMERGENCIES = ("account_takeover", "credential_theft", "provider_breach")
"""The emergencies that a policy may name; the person is told each in words of its own."""

_DAY = 86400


def read_presence(place: Place) -> PresenceRules:
    """Lifetimes and confidence of every kind of signal, and how long darkness may last.

    The more sensitive the class, the sooner the next step: never later than for a lower one.
    """
    known = ("signals", "believe", "settle", "clock_tolerance", "darkness")
    parts = place.mapping((*known, "emergencies"), required=known)
    signals = {
        kind: _read_signal(value)
        for kind, value in parts["signals"].mapping(KINDS, required=KINDS).items()
    }
    believe = parts["believe"].number(1, 100)
    if believe > max(rule.confidence for rule in signals.values()):
        raise parts["believe"].refuse("believe_too_high")
    darkness = parts["darkness"].mapping(CLASSES, required=CLASSES)
    times = {word: darkness[word].seconds(60, 30 * _DAY) for word in CLASSES}
    for lower, higher in pairwise(CLASSES):
        if times[higher] > times[lower]:
            raise darkness[higher].refuse("darkness_order", word=higher)
    return PresenceRules(
        signals=signals,
        believe=believe,
        settle=parts["settle"].seconds(0, 600),
        clock_tolerance=parts["clock_tolerance"].seconds(0, 300),
        darkness=times,
        emergencies=_read_emergencies(parts["emergencies"]) if "emergencies" in parts else {},
    )


def _read_emergencies(place: Place) -> dict[str, Emergency]:
    """What may go before a person's quiet: by name, never in general (P4). At least one sign must
    be there besides, and it ends by itself within a day."""
    found: dict[str, Emergency] = {}
    for name, value in place.mapping().items():
        if name not in EMERGENCIES:
            raise value.refuse(
                "unknown_word", word=name, what="emergency", known=", ".join(EMERGENCIES)
            )
        parts = value.mapping(("when", "lasts"), required=("when", "lasts"))
        found[name] = Emergency(
            when=frozenset(parts["when"].words(EMERGENCY_SIGNS, "sign")),
            lasts=parts["lasts"].seconds(60, _DAY),
        )
    return found


def _read_signal(place: Place) -> SignalRule:
    names = ("lifetime", "confidence")
    parts = place.mapping(names, required=names)
    return SignalRule(
        lifetime=parts["lifetime"].seconds(10, 90 * _DAY),
        confidence=parts["confidence"].number(1, 100),
    )
