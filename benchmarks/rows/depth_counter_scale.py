"""The numbers of console and metrics with a million actions, against ten thousand.

Values are milliseconds of one `health()`: actions and messages by state, the oldest that is due,
the lag of the outbox, the age of the sweeps. In both databases a thousand moves wait to be folded,
as many as there are between two sweeps at 200 a second. What `count(*)` by state costs is printed
beside.
"""

from __future__ import annotations

from benchmarks.sample import Sample
from benchmarks.scratch import measured_by

NAME = "depth_counter_scale"
GOAL = 1.5
UNIT = "x"
BETTER = "less"


def measure() -> Sample:
    """In a process and on databases of its own."""
    return measured_by("benchmarks.depth.counting")
