"""`signals_scale`: see the row of that name."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter

from benchmarks.presence.people import Heartbeats
from benchmarks.presence.sizes import compare
from benchmarks.sample import ROUNDS
from presence.ingest import ingest_signals
from presence.models import SignalSource

ACTIVE = 10_000
BATCHES = 10


def begin(everybody: list[int]) -> Callable[[], float]:
    """A round of batches, which says what a signal cost, in microseconds."""
    made = Heartbeats(everybody[:: len(everybody) // ACTIVE])

    def work() -> float:
        batches = [made.batch() for _ in range(BATCHES)]
        start = perf_counter()
        for signals in batches:
            ingest_signals(signals, SignalSource.APPLICATION)
        return (perf_counter() - start) / (BATCHES * 1000) * 1e6

    return work


if __name__ == "__main__":
    # In the first few nearly every page is touched for the first time.
    compare(begin, uncounted=4, rounds=3 * ROUNDS)
