"""What other risk weights and another table of trust change, counted. Pure.

The table of decisions says nothing of either: it begins with the band and the level that they lead
to. What is known about a request is finite too, so no combination of it is left out here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product

from identity.policy.decision import FACTOR_CEILING
from identity.policy.facts import Mode, Risk, Sensitivity
from identity.risk import SIGNALS, RiskInputs, RiskWeights, assess, band_of
from identity.trust import TrustTable

AGES = ("fresh", "recent", "half_life")
UNKNOWN = "unknown"
POINTS = range(101)
"""What misuse may weigh, in whole points of a score of 100."""


@dataclass(frozen=True, slots=True)
class Lifetime:
    """One lifetime that is another now, in seconds, of factors that it is the same for."""

    factors: tuple[str, ...]
    sensitivity: Sensitivity
    age: str
    """Of `AGES`."""
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class Share:
    """How far a mode shortens every lifetime, in percent."""

    mode: Mode
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class TrustDifference:
    """What another table of trust says otherwise."""

    lifetimes: tuple[Lifetime, ...]
    """In the order of the new table; in normal mode."""
    shares: tuple[Share, ...]
    worthless: tuple[int, int] | None
    """Below how many percent a proof is worth nothing, before and after; None where alike."""

    @property
    def longer(self) -> int:
        """How many lifetimes grow."""
        return sum(one.after > one.before for one in self.lifetimes)

    @property
    def shorter(self) -> int:
        """How many lifetimes shrink."""
        return len(self.lifetimes) - self.longer

    @property
    def same(self) -> bool:
        """Whether the two say the same of every factor (anchors may be named otherwise)."""
        return not (self.lifetimes or self.shares or self.worthless)


def compare_trust(old: TrustTable, new: TrustTable) -> TrustDifference:
    """The lifetimes, shares and the worthless line that differ between two tables.

    Factors are compared, not anchors: a factor that moves to another anchor is told by what that
    changes for it. Factors of one anchor that change alike are one lifetime.
    """
    found: dict[tuple[str, Sensitivity, str, int, int], list[str]] = {}
    for factor in _in_order(new):
        anchor, before = new.anchor_of(factor), old.anchor_of(factor)
        for sensitivity, age in product(Sensitivity, AGES):
            was = getattr(before.ages[sensitivity], age)
            now = getattr(anchor.ages[sensitivity], age)
            if was != now:
                found.setdefault((anchor.name, sensitivity, age, was, now), []).append(factor)
    return TrustDifference(
        lifetimes=tuple(
            Lifetime(tuple(factors), sensitivity, age, was, now)
            for (_, sensitivity, age, was, now), factors in found.items()
        ),
        shares=tuple(
            Share(mode, old.share[mode], new.share[mode])
            for mode in Mode
            if old.share[mode] != new.share[mode]
        ),
        worthless=(old.worthless_below, new.worthless_below)
        if old.worthless_below != new.worthless_below
        else None,
    )


def _in_order(table: TrustTable) -> Iterator[str]:
    for anchor in table.anchors:
        yield from (factor for factor in anchor.factors if factor in FACTOR_CEILING)


@dataclass(frozen=True, slots=True)
class Weight:
    """One number of the risk section that is another now: `device.new`, `cap`, `bands.red`."""

    name: str
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class RiskDifference:
    """What other weights say otherwise, over every combination of what may be known."""

    weights: tuple[Weight, ...]
    combinations: int
    moves: Mapping[tuple[Risk, Risk], int]
    """How many combinations go from one band to another; those that stay are left out."""

    @property
    def higher(self) -> int:
        """How many combinations come to a higher band."""
        return sum(count for (was, now), count in self.moves.items() if now > was)

    @property
    def lower(self) -> int:
        """How many combinations come to a lower band."""
        return sum(count for (was, now), count in self.moves.items() if now < was)


def compare_risk(old: RiskWeights, new: RiskWeights) -> RiskDifference:
    """The weights that differ, and how many combinations of risk inputs get another band.

    A combination is one word for each signal, "unknown" among them, and the points of misuse: 0 to
    100, or not known.
    """
    signals = [tuple(dict.fromkeys((*words, UNKNOWN))) for words in SIGNALS.values()]
    calm = [
        RiskInputs(**dict(zip(SIGNALS, words, strict=True)), anomalies=0.0)
        for words in product(*signals)
    ]
    requests = Counter((assess(each, old).score, assess(each, new).score) for each in calm)
    histories = Counter(zip(_history(old), _history(new), strict=True))
    moves: Counter[tuple[Risk, Risk]] = Counter()
    for ((was, now), many), ((more, more_now), times) in product(
        requests.items(), histories.items()
    ):
        before = band_of(min(100, was + more), old)
        after = band_of(min(100, now + more_now), new)
        if before is not after:
            moves[before, after] += many * times
    return RiskDifference(
        weights=tuple(_weights(old, new)),
        combinations=len(calm) * (len(POINTS) + 1),
        moves=dict(sorted(moves.items())),
    )


def _history(weights: RiskWeights) -> list[int]:
    """What each history adds to the score: none known, then 0 … 100 points."""
    plain = assess(RiskInputs(anomalies=0.0), weights).reasons
    known = sum(points for _, points in plain)
    with_history = (None, *(float(points) for points in POINTS))
    return [
        sum(points for _, points in assess(RiskInputs(anomalies=each), weights).reasons) - known
        for each in with_history
    ]


def _weights(old: RiskWeights, new: RiskWeights) -> Iterable[Weight]:
    numbers = [_numbers(old), _numbers(new)]
    for name in numbers[1]:
        was, now = numbers[0].get(name, 0), numbers[1][name]
        if was != now:
            yield Weight(name, was, now)


def _numbers(weights: RiskWeights) -> dict[str, int]:
    """Every number of the section by its name in the document."""
    return {
        "cap": weights.cap,
        "bands.amber": weights.amber,
        "bands.red": weights.red,
        **{
            f"{signal}.{word}": points
            for signal, words in weights.points.items()
            for word, points in words.items()
        },
        "anomalies.unknown": weights.anomalies_unknown,
        "anomalies.threshold": weights.anomaly_threshold,
        "anomalies.half_life": weights.anomaly_half_life_seconds,
    }
