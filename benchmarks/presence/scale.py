"""`signals_scale`: see the row of that name."""

from __future__ import annotations

from time import perf_counter

from benchmarks.presence.people import Heartbeats
from benchmarks.presence.sizes import compare
from benchmarks.sample import ROUNDS
from presence.ingest import ingest_signals
from presence.models import SignalSource

ACTIVE = 10_000
BATCHES = 10


def rounds_over(everybody: list[int]) -> list[float]:
    """Microseconds a signal, by rounds; the first two are not counted, in which every page is
    touched for the first time."""
    spent: list[float] = []
    made = Heartbeats(everybody[:: len(everybody) // ACTIVE])
    for _ in range(ROUNDS + 2):
        batches = [made.batch() for _ in range(BATCHES)]
        start = perf_counter()
        for signals in batches:
            ingest_signals(signals, SignalSource.APPLICATION)
        spent.append((perf_counter() - start) / (BATCHES * 1000) * 1e6)
    return spent[2:]


if __name__ == "__main__":
    compare(rounds_over)
