"""What a signal costs with a million people in the table, against ten thousand.

Values are microseconds a signal, in batches of 1,000 quiet heartbeats. In both tables 10,000 people
send them, spread evenly over the table: the same traffic, a hundred times the people. With a
million each lies on a page of its own at first; as rows are written they move together.
Rounds over the two are taken in turns.
"""

from __future__ import annotations

from benchmarks.sample import Sample
from benchmarks.scratch import measured_by

NAME = "signals_scale"
GOAL = 1.2
UNIT = "x"
BETTER = "less"


def measure() -> Sample:
    """In a process and on a database of its own."""
    return measured_by("benchmarks.presence.scale")
