"""The two loss curves as a drawing: where each line and word of the SVG stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from identity.messages import say
from identity.policy.document import Policy
from identity.simulation.curves import LossCurves
from identity.simulation.replay import SCORES
from identity.simulation.scale import money, steps_to

WIDTH, HEIGHT = 760, 400
LEFT, RIGHT, TOP, BOTTOM = 84, 24, 64, 56
"""The margins, in the units of the drawing."""
EVERY = 10
"""Points of the score between two marks of the axis, and two rows of the table."""
_STYLES = {
    "permissive": "stroke: var(--hf-stop); stroke-width: 2; stroke-dasharray: 7 4",
    "restrictive": "stroke: var(--hf-wait); stroke-width: 2; stroke-dasharray: 2 4",
    "total": "stroke: var(--hf-ink); stroke-width: 3",
}
"""Told apart by their pattern, not by colour alone."""


@dataclass(frozen=True, slots=True)
class Line:
    """A curve: its points, and how it looks."""

    name: str
    points: str
    style: str


@dataclass(frozen=True, slots=True)
class Mark:
    """Something at one place of an axis, with its words."""

    at: float
    words: str
    row: float = 0.0
    """Where the words stand, from the top."""
    active: bool = False


@dataclass(frozen=True, slots=True)
class LossChart:
    """Everything that the template writes down."""

    title: str
    desc: str
    x_title: str
    y_title: str
    lines: Sequence[Line]
    x_marks: Sequence[Mark]
    y_marks: Sequence[Mark]
    thresholds: Sequence[Mark]
    minimum: Mark
    minimum_y: float
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    top: int = TOP
    bottom: int = HEIGHT - BOTTOM


def loss_chart(curves: LossCurves, own: Policy, active: Policy | None) -> LossChart:
    """The drawing of `curves`, with the thresholds of the version and of the one in force."""
    ticks = steps_to(max(curves.total))
    lines = {
        "permissive": curves.permissive,
        "restrictive": curves.restrictive,
        "total": curves.total,
    }
    thresholds = _thresholds(own, "own", 16)
    if active is not None:
        thresholds += _thresholds(active, "active", 34)
    best = curves.minimum
    return LossChart(
        title=say("simulation.chart.title"),
        desc=described(curves),
        x_title=say("simulation.chart.x"),
        y_title=say("simulation.chart.y"),
        lines=[
            Line(
                say(f"simulation.chart.{name}"),
                " ".join(
                    f"{_x(score):.1f},{_y(loss, ticks[-1]):.1f}" for score, loss in enumerate(line)
                ),
                _STYLES[name],
            )
            for name, line in lines.items()
        ],
        x_marks=[Mark(_x(score), str(score)) for score in range(0, SCORES, EVERY)],
        y_marks=[Mark(_y(tick, ticks[-1]), f"{tick:,g}" if tick < 1 else f"{tick:,.0f}")
                 for tick in ticks],
        thresholds=thresholds,
        minimum=Mark(_x(best), say("simulation.chart.minimum", threshold=str(best))),
        minimum_y=_y(curves.total[best], ticks[-1]),
    )  # fmt: skip


def described(curves: LossCurves) -> str:
    """The chart in words, for whoever does not see it."""
    return say(
        "simulation.chart.desc",
        permissive_least=money(curves.permissive[0]),
        permissive_most=money(curves.permissive[-1]),
        restrictive_most=money(curves.restrictive[0]),
        restrictive_least=money(curves.restrictive[-1]),
        threshold=str(curves.minimum),
    )


def _thresholds(policy: Policy, whose: str, row: float) -> list[Mark]:
    who = say(f"simulation.chart.{whose}")
    return [
        Mark(_x(score), f"{who}: {say(f'simulation.chart.{band}', score=str(score))}", row,
             whose == "active")
        for band, score in (("amber", policy.risk.amber), ("red", policy.risk.red))
    ]  # fmt: skip


def _x(score: float) -> float:
    return LEFT + (WIDTH - LEFT - RIGHT) * score / (SCORES - 1)


def _y(loss: float, most: float) -> float:
    return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * loss / most
