"""Due actions a second through a full transition with event and outbox row, by two workers.

The anchor is jobs a second that do nothing, by two workers of procrastinate with ten jobs at a time
each, in the same database.
"""

from __future__ import annotations

from benchmarks.sample import Sample
from benchmarks.scratch import measured_by

NAME = "actions_vs_procrastinate"
GOAL = 5
UNIT = "x"


def measure() -> Sample:
    """In a process and on a database of its own."""
    return measured_by("benchmarks.sweeping.rates", "expire", "procrastinate")
