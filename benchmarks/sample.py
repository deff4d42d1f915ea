"""What a row measured, and the one way of measuring: interleaved rounds, medians quoted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from time import perf_counter

ROUNDS = 7
"""Enough for a median that one hiccup of the machine does not move; at least five."""


@dataclass(frozen=True, slots=True)
class Sample:
    """Medians of one row, in the row's own measure (its module says which).

    `anchor` is what the same work cost another way, `ratio` how the two compare; None where a row
    stands by itself and `value` is held against the goal.
    """

    value: float
    anchor: float | None = None
    ratio: float | None = None

    @property
    def figure(self) -> float:
        """What the goal is about."""
        return self.value if self.ratio is None else self.ratio


def interleave(
    subject: Callable[[], object], anchor: Callable[[], object], rounds: int = ROUNDS
) -> tuple[float, float]:
    """Median seconds of `subject` and of `anchor`, taken in turns.

    Both run once before anything counts, and each goes first in every other round, so that neither
    has the warmer machine.
    """
    subject()
    anchor()
    spent: dict[Callable[[], object], list[float]] = {subject: [], anchor: []}
    for number in range(rounds):
        for work in (subject, anchor) if number % 2 else (anchor, subject):
            start = perf_counter()
            work()
            spent[work].append(perf_counter() - start)
    return median(spent[subject]), median(spent[anchor])
