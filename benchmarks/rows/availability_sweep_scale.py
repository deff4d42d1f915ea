"""A sweep of a million rows of which a hundred are due, against the same of ten thousand.

Values are milliseconds a sweep. What is due are people whose last heartbeat has aged out. Rounds
over the two tables are taken in turns.
"""

from __future__ import annotations

from benchmarks.sample import Sample
from benchmarks.scratch import measured_by

NAME = "availability_sweep_scale"
GOAL = 1.2
UNIT = "x"
BETTER = "less"


def measure() -> Sample:
    """In a process and on a database of its own."""
    return measured_by("benchmarks.presence.sweep")
