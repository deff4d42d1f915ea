"""`signals_scale`: see the row of that name."""

from __future__ import annotations

from statistics import median
from time import perf_counter

from benchmarks.presence.people import Heartbeats, add_people, scratch_database
from benchmarks.sample import ROUNDS, Sample
from benchmarks.scratch import report
from presence.ingest import ingest_signals
from presence.models import SignalSource

FEW, MANY = 10_000, 1_000_000
ACTIVE = 10_000
BATCHES = 10


def rounds_over(people: int) -> list[float]:
    """Microseconds a signal over a table of so many people, by rounds; the first two are not
    counted, in which every page is touched for the first time."""
    spent: list[float] = []
    with scratch_database():
        everybody = add_people(people)
        made = Heartbeats(everybody[:: people // ACTIVE])
        for _ in range(ROUNDS + 2):
            batches = [made.batch() for _ in range(BATCHES)]
            start = perf_counter()
            for signals in batches:
                ingest_signals(signals, SignalSource.APPLICATION)
            spent.append((perf_counter() - start) / (BATCHES * 1000) * 1e6)
    return spent[2:]


def main() -> None:
    """A table each, in turns of a few rounds, since one table cannot be two sizes at once."""
    spent: dict[int, list[float]] = {FEW: [], MANY: []}
    for number in range(2):
        for people in (FEW, MANY) if number % 2 else (MANY, FEW):
            spent[people] += rounds_over(people)
    value, anchor = median(spent[MANY]), median(spent[FEW])
    report(Sample(value=value, anchor=anchor, ratio=value / anchor))


if __name__ == "__main__":
    main()
