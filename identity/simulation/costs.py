"""What being wrong is assumed to cost, for one type of action. Pure.

The assumptions are the organisation's own to state; where nobody did, the figures below hold and
are shown as such. Money is in whatever currency the organisation counts in.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Costs:
    """Assumptions about one type.

    A request with risk score 0 is fraud with probability `fraud_at_0`, one with score 100 with
    probability `fraud_at_100`; in between the probability grows by the same factor with every
    point. Whoever is asked or held gives up with probability `abandonment`.
    """

    fraud_loss: float
    """Money lost by one fraud that passes."""
    fraud_at_0: float
    fraud_at_100: float
    abandonment: float
    completed_value: float
    """Money that one completed action of an honest person is worth."""
    support_cost: float
    """Money that asking or holding one honest person costs in support."""

    def fraud_chance(self, score: int) -> float:
        """The probability (0 … 1) that a request with this risk score (0 … 100) is fraud."""
        grown = (self.fraud_at_100 / self.fraud_at_0) ** (score / 100)
        return float(min(1.0, self.fraud_at_0 * grown))

    def loss_if_passed(self, score: int) -> float:
        """Expected loss, in money, where nobody is asked: a fraud may pass."""
        return self.fraud_chance(score) * self.fraud_loss

    def loss_if_asked(self, score: int) -> float:
        """Expected loss, in money, where the person is asked or held: an honest one may give up,
        and takes somebody's time."""
        spent = self.abandonment * self.completed_value + self.support_cost
        return (1 - self.fraud_chance(score)) * spent


FRAUD_LOSS: Mapping[str, float] = {"low": 50, "medium": 500, "high": 5000}
"""By the type's fraud cost: ten times more with each step. A place to start, not a measurement."""
COMPLETED_VALUE: Mapping[str, float] = {"low": 1, "medium": 5, "high": 20}
"""By the type's sensitivity: what people do rarely is worth more to them."""
FRAUD_AT_0, FRAUD_AT_100 = 0.0001, 0.05
"""One request in 10,000 at the best score, one in 20 at the worst."""
ABANDONMENT = 0.1
SUPPORT_COST = 2.0


def default_costs(fraud_cost: str, sensitivity: str) -> Costs:
    """What holds for a type where nobody stated anything; an unknown level counts as high."""
    return Costs(
        fraud_loss=FRAUD_LOSS.get(fraud_cost, FRAUD_LOSS["high"]),
        fraud_at_0=FRAUD_AT_0,
        fraud_at_100=FRAUD_AT_100,
        abandonment=ABANDONMENT,
        completed_value=COMPLETED_VALUE.get(sensitivity, COMPLETED_VALUE["high"]),
        support_cost=SUPPORT_COST,
    )
