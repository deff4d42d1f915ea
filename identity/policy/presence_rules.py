"""The `presence` section of the policy document."""

from __future__ import annotations

from itertools import pairwise

from identity.policy.reading import Place
from presence.rules import CLASSES, KINDS, PresenceRules, SignalRule

_DAY = 86400


def read_presence(place: Place) -> PresenceRules:
    """Lifetimes and confidence of every kind of signal, and how long darkness may last.

    The more sensitive the class, the sooner the next step: never later than for a lower one.
    """
    known = ("signals", "believe", "settle", "clock_tolerance", "darkness")
    parts = place.mapping(known, required=known)
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
    )


def _read_signal(place: Place) -> SignalRule:
    names = ("lifetime", "confidence")
    parts = place.mapping(names, required=names)
    return SignalRule(
        lifetime=parts["lifetime"].seconds(10, 90 * _DAY),
        confidence=parts["confidence"].number(1, 100),
    )
