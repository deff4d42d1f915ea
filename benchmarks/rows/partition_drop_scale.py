"""Dropping a day of the log with a million signals, against one with ten thousand.

Values are milliseconds of what `keep_partitions` does when exactly one day is over: finding it,
taking it out of the log, dropping its table from the catalogue, looking through the default
partition. NOT in them is the time in which the database removes the table's files (200 MB with a
million): that grows with the size in any design, comes with the commit of the drop, long after the
log was let go, and nobody who writes or reads waits for it. It is printed beside, with the whole
time and the time for which the log itself was held.
"""

from __future__ import annotations

from benchmarks.sample import Sample
from benchmarks.scratch import measured_by

NAME = "partition_drop_scale"
GOAL = 1.2
UNIT = "x"
BETTER = "less"


def measure() -> Sample:
    """In a process and on a database of its own."""
    return measured_by("benchmarks.presence.drop")
