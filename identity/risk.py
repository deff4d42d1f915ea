"""Risk: an additive, capped score that says why (D6). Pure.

What is unknown about the request counts as risk. Presence, silence, opt-outs and unanswered
challenges are no inputs and so can never raise it (P4).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from identity.policy import facts as f

SIGNALS: Mapping[str, tuple[str, ...]] = {
    "device": ("known", "new", "unknown"),
    "network": ("usual", "changed", "unknown"),
    "geography": ("usual", "changed", "unknown"),
    "hour": ("usual", "unusual", "unknown"),
    "role": ("ordinary", "privileged"),
    "transaction": ("low", "medium", "high"),
}
"""The words of each signal; the first is the good one."""

REASON_CODES = frozenset(
    f"{signal}_{word}" for signal, words in SIGNALS.items() for word in (*words[1:], "unknown")
) | {"anomalies_recent", "anomalies_unknown"}
"""Every reason that a score can give (the good words weigh nothing): each has a sentence."""


@dataclass(frozen=True, slots=True)
class RiskInputs:
    """What is known about one request, in the words of `SIGNALS`. `anomalies` are points
    0 … 100, already decayed (see `decay`); None where the history is not known."""

    device: str = "unknown"
    network: str = "unknown"
    geography: str = "unknown"
    hour: str = "unknown"
    role: str = "ordinary"
    transaction: str = "high"
    anomalies: float | None = None

    def words(self) -> dict[str, str | int | None]:
        """As decisions store them: a word a signal, the anomaly points rounded."""
        known = self.anomalies is not None and math.isfinite(self.anomalies)
        points = round(self.anomalies) if known else None  # type: ignore[arg-type]
        return {**{name: getattr(self, name) for name in SIGNALS}, "anomalies": points}

    @classmethod
    def from_words(cls, words: Mapping[str, object]) -> RiskInputs:
        """What `words` gave; what is missing counts as not known."""
        points = words.get("anomalies")
        return cls(
            **{name: str(words.get(name, "unknown")) for name in SIGNALS},
            anomalies=float(points) if isinstance(points, int | float) else None,
        )


@dataclass(frozen=True, slots=True)
class RiskWeights:
    """The weights of a policy version, in whole points of a score of 100.

    No weight is above `cap`, and `cap` is at most `red - amber`: from below amber, one signal
    alone never reaches red. `anomaly_threshold` is from how many points on presence is told of
    an anomaly.
    """

    cap: int
    amber: int
    red: int
    points: Mapping[str, Mapping[str, int]]
    anomalies_unknown: int
    anomaly_threshold: int
    anomaly_half_life_seconds: int


@dataclass(frozen=True, slots=True)
class Risk:
    """The score (0 … 100), its band, and what made it, the heaviest first."""

    score: int
    band: f.Risk
    reasons: tuple[tuple[str, int], ...]


def assess(inputs: RiskInputs, weights: RiskWeights) -> Risk:
    """The risk of a request. A word nobody knows weighs as much as the worst of its signal.

    Reason codes are `<signal>_<word>` (`device_new`), and `anomalies_recent` or
    `anomalies_unknown`.
    """
    found: list[tuple[str, int]] = []
    for signal, words in weights.points.items():
        word = getattr(inputs, signal)
        if word in words:
            found.append((f"{signal}_{word}", min(words[word], weights.cap)))
        else:
            found.append((f"{signal}_unknown", min(max(words.values()), weights.cap)))
    if inputs.anomalies is None:
        found.append(("anomalies_unknown", min(weights.anomalies_unknown, weights.cap)))
    else:
        found.append(("anomalies_recent", _anomaly_points(inputs.anomalies, weights.cap)))
    reasons = tuple(sorted((r for r in found if r[1] > 0), key=lambda r: -r[1]))
    score = min(100, sum(points for _, points in reasons))
    return Risk(score, band_of(score, weights), reasons)


def decay(points: float, age_seconds: float, half_life_seconds: float) -> float:
    """What `points` are still worth after `age_seconds`: half after each half-life, up to 100.

    Raises ValueError for a half-life that is not positive.
    """
    if half_life_seconds <= 0:
        raise ValueError("a half-life is longer than nothing")
    kept: float = 0.5 ** (max(0.0, age_seconds) / half_life_seconds)
    return min(100.0, max(0.0, points)) * kept


def _anomaly_points(points: float, cap: int) -> int:
    if not points >= 0:  # a negative number or NaN is no history anybody recorded
        return cap
    return round(min(points, cap))


def band_of(score: int, weights: RiskWeights) -> f.Risk:
    """The band of a score (0 … 100)."""
    if score >= weights.red:
        return f.Risk.RED
    return f.Risk.AMBER if score >= weights.amber else f.Risk.GREEN
