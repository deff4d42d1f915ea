"""The same work over tables of two sizes."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from statistics import median
from typing import Any

import psycopg
from django.db import connection

from benchmarks.presence.people import add_people, scratch_database
from benchmarks.sample import ROUNDS, Sample
from benchmarks.scratch import report

FEW, MANY = 10_000, 1_000_000


@dataclass(frozen=True, slots=True)
class Sized:
    """A database with so many people, its open connection, and a round of the work there."""

    session: psycopg.Connection[Any]
    work: Callable[[], float]

    def round(self) -> float:
        """What one round costs, over the connection that every round here goes over."""
        connection.connection = self.session
        try:
            return self.work()
        finally:
            connection.connection = None


def compare(
    begin: Callable[[list[int]], Callable[[], float]], uncounted: int = 1, rounds: int = ROUNDS
) -> None:
    """Report the medians of rounds with a million people and with ten thousand, taken in turns.

    `begin` is given everybody's keys and gives the work of a round, which says what it cost. The
    first `uncounted` rounds do not count. Both tables are filled before, so that whatever the
    server still has to do about that is in the way of both.
    """
    with ExitStack() as open_ones:
        sized: dict[int, Sized] = {}
        for people in (FEW, MANY):
            open_ones.enter_context(scratch_database(f"test_of_{people}"))
            work = begin(add_people(people))
            sized[people] = Sized(open_ones.enter_context(connection.connection), work)
            connection.connection = None
        spent: dict[int, list[float]] = {FEW: [], MANY: []}
        for number in range(-uncounted, rounds):
            for people in (FEW, MANY) if number % 2 else (MANY, FEW):
                figure = sized[people].round()
                if number >= 0:
                    spent[people].append(figure)
    value, anchor = median(spent[MANY]), median(spent[FEW])
    report(Sample(value=value, anchor=anchor, ratio=value / anchor))
