"""The same work over tables of two sizes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from statistics import median

from benchmarks.presence.people import add_people, scratch_database
from benchmarks.sample import Sample
from benchmarks.scratch import report

FEW, MANY = 10_000, 1_000_000


def compare(rounds_over: Callable[[list[int]], Iterable[float]]) -> None:
    """Report the medians of `rounds_over`, which is given everybody's keys, with a million people
    and with ten thousand.

    A table each, in turns of a few rounds, since one table cannot be two sizes at once.
    """
    spent: dict[int, list[float]] = {FEW: [], MANY: []}
    for number in range(2):
        for people in (FEW, MANY) if number % 2 else (MANY, FEW):
            with scratch_database():
                spent[people] += rounds_over(add_people(people))
    value, anchor = median(spent[MANY]), median(spent[FEW])
    report(Sample(value=value, anchor=anchor, ratio=value / anchor))
