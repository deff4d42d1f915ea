"""Two loss curves and their minimum (D5)."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from identity.simulation.costs import Costs, default_costs
from identity.simulation.curves import loss_curves
from identity.simulation.replay import SCORES
from identity.simulation.scale import steps_to

chances = st.floats(0.000001, 1)
amounts = st.floats(0, 1_000_000)


@st.composite
def some_costs(draw: st.DrawFn) -> Costs:
    """Any assumptions that the form lets through."""
    low, high = sorted((draw(chances), draw(chances)))
    return Costs(draw(amounts), low, high, draw(st.floats(0, 1)), draw(amounts), draw(amounts))


histograms = st.lists(st.integers(0, 1000), min_size=SCORES, max_size=SCORES)


@given(st.lists(st.tuples(histograms, some_costs()), min_size=1, max_size=3))
def test_d5_permissive_never_falls_restrictive_never_rises_the_minimum_is_the_minimum(
    types: list[tuple[list[int], Costs]],
) -> None:
    scores = {str(number): counts for number, (counts, _) in enumerate(types)}
    costs = {str(number): each for number, (_, each) in enumerate(types)}
    curves = loss_curves(scores, costs)
    for number in range(1, SCORES):
        assert curves.permissive[number] >= curves.permissive[number - 1]
        assert curves.restrictive[number] <= curves.restrictive[number - 1]
    assert all(curves.total[curves.minimum] <= each for each in curves.total)
    assert len(curves.total) == SCORES


@given(some_costs())
def test_d5_fraud_is_never_less_likely_at_a_higher_score(costs: Costs) -> None:
    chance = [costs.fraud_chance(score) for score in range(SCORES)]
    assert all(0 < each <= 1 for each in chance)
    assert all(a <= b * (1 + 1e-9) for a, b in pairwise(chance))
    assert chance[0] == pytest.approx(costs.fraud_at_0)
    assert chance[-1] == pytest.approx(costs.fraud_at_100)


COSTS = Costs(
    fraud_loss=1000,
    fraud_at_0=0.001,
    fraud_at_100=0.1,
    abandonment=0.5,
    completed_value=10,
    support_cost=2,
)


@pytest.mark.parametrize(
    ("score", "chance", "passed", "asked"),
    [
        # at the ends the stated chances hold
        (0, 0.001, 1.0, 0.999 * 7),
        (100, 0.1, 100.0, 0.9 * 7),
        # half way the chance is their geometric mean, not the arithmetic one
        (50, 0.01, 10.0, 0.99 * 7),
    ],
)
def test_d5_what_one_request_is_expected_to_cost(
    score: int, chance: float, passed: float, asked: float
) -> None:
    assert COSTS.fraud_chance(score) == pytest.approx(chance)
    assert COSTS.loss_if_passed(score) == pytest.approx(passed)
    assert COSTS.loss_if_asked(score) == pytest.approx(asked)


def histogram(**counts: int) -> list[int]:
    """Requests by score: `s40=3` is three at 40."""
    return [counts.get(f"s{score}", 0) for score in range(SCORES)]


@pytest.mark.parametrize(
    ("counts", "minimum"),
    [
        # asking costs more than the fraud at 0, less than that at 100: the line is between
        (histogram(s0=10, s100=10), 1),
        # one score, cheaper to ask: the strictest threshold that does
        (histogram(s100=5), 0),
        # one score, cheaper to let pass: the first threshold above it
        (histogram(s20=5), 21),
        # no request: nothing to lose anywhere
        (histogram(), 0),
    ],
)
def test_d5_the_minimum(counts: list[int], minimum: int) -> None:
    assert loss_curves({"t": counts}, {"t": COSTS}).minimum == minimum


@pytest.mark.parametrize(
    ("level", "loss"),
    [("low", 50), ("medium", 500), ("high", 5000), ("whatever", 5000)],  # unknown is high
)
def test_d5_defaults_go_by_the_types_levels(level: str, loss: float) -> None:
    assert default_costs(level, "low").fraud_loss == loss


@pytest.mark.parametrize(
    ("top", "steps"),
    [
        (0, [0, 1]),  # nothing to lose
        (5, [0, 1, 2, 3, 4, 5]),
        (730, [0, 200, 400, 600, 800]),
        (12_000, [0, 5000, 10_000, 15_000]),
        (0.3, [0, 0.1, 0.2, 0.3]),
    ],
)
def test_axis_steps_are_round_and_reach_the_top(top: float, steps: list[float]) -> None:
    assert steps_to(top) == pytest.approx(steps)


@given(st.floats(0.001, 1e12))
def test_axis_steps_are_few(top: float) -> None:
    steps = steps_to(top)
    assert steps[-1] >= top * (1 - 1e-6)
    assert 2 <= len(steps) <= 7
