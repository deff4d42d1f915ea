"""The `risk` section of the policy document."""

from __future__ import annotations

from identity.policy.reading import Place
from identity.risk import SIGNALS, RiskWeights

_DAY = 86400


def read_risk(place: Place) -> RiskWeights:
    """The weights, held to what D6 promises: the cap keeps one signal from moving two bands,
    what is unknown weighs something, and everything unknown together is not yet red."""
    parts = place.mapping(
        known := ("cap", "bands", "anomalies", *SIGNALS),
        required=known,
    )
    bands = parts["bands"].mapping(("amber", "red"), required=("amber", "red"))
    amber, red = bands["amber"].number(1, 99), bands["red"].number(1, 100)
    if amber >= red:
        raise bands["red"].refuse("bands_order")
    cap = parts["cap"].number(1, 100)
    if cap > red - amber:
        raise parts["cap"].refuse("cap_too_high", most=red - amber)
    points = {signal: _read_signal(parts[signal], signal, cap) for signal in SIGNALS}
    names = ("unknown", "threshold", "half_life")
    anomalies = parts["anomalies"].mapping(names, required=names)
    weights = RiskWeights(
        cap=cap,
        amber=amber,
        red=red,
        points=points,
        anomalies_unknown=_weight(anomalies["unknown"], cap, least=1),
        anomaly_threshold=anomalies["threshold"].number(1, 100),
        anomaly_half_life_seconds=anomalies["half_life"].seconds(60, 365 * _DAY),
    )
    score = weights.anomalies_unknown + sum(
        words.get("unknown", max(words.values())) for words in points.values()
    )
    if score >= red:
        raise place.refuse("unknown_is_red", score=score)
    return weights


def _read_signal(place: Place, signal: str, cap: int) -> dict[str, int]:
    words = place.mapping(SIGNALS[signal], required=SIGNALS[signal])
    found = {word: _weight(value, cap) for word, value in words.items()}
    good = SIGNALS[signal][0]
    if found[good] > 0:
        raise words[good].refuse("good_is_free", word=good)
    if found.get("unknown", 1) < 1:
        raise words["unknown"].refuse("unknown_is_free")
    return found


def _weight(place: Place, cap: int, least: int = 0) -> int:
    weight = place.number(least, 100)
    if weight > cap:
        raise place.refuse("weight_above_cap", most=cap)
    return weight
