"""Two loss curves over the threshold from which a request is asked or held, and where their sum is
smallest. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate

from identity.simulation.costs import Costs
from identity.simulation.replay import SCORES


@dataclass(frozen=True, slots=True)
class LossCurves:
    """Expected loss, in money, at every threshold 0 … 100 (the index).

    At threshold t the requests that score below t pass, and those from t on are asked or held.
    `permissive` never falls with t, `restrictive` never rises.
    """

    requests: int
    permissive: tuple[float, ...]
    restrictive: tuple[float, ...]

    @property
    def total(self) -> tuple[float, ...]:
        """The sum of both."""
        return tuple(map(sum, zip(self.permissive, self.restrictive, strict=True)))

    @property
    def minimum(self) -> int:
        """The threshold with the smallest sum; of equal ones the lowest, which is the strictest."""
        total = self.total
        return total.index(min(total))


def loss_curves(scores: Mapping[str, Sequence[int]], costs: Mapping[str, Costs]) -> LossCurves:
    """The curves of all types together, since they share one threshold.

    `scores` are requests by type and score (`Replay.scores`). Raises KeyError for a type without
    `costs`.
    """
    passed, asked = [0.0] * SCORES, [0.0] * SCORES
    for name, counts in scores.items():
        assumed = costs[name]
        for score, count in enumerate(counts):
            if count:
                passed[score] += count * assumed.loss_if_passed(score)
                asked[score] += count * assumed.loss_if_asked(score)
    below = [0.0, *accumulate(passed)]
    from_here = [*accumulate(reversed(asked))]
    return LossCurves(
        requests=sum(map(sum, scores.values())),
        permissive=tuple(below[:SCORES]),
        restrictive=tuple(reversed(from_here)),
    )
