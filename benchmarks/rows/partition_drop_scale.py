"""Dropping a day of the log with a million signals, against one with ten thousand.

Values are milliseconds of all that `keep_partitions` does when exactly one day is over: finding it,
taking it out of the log, dropping its table, looking through the default partition. Most of it with
a million is the file system freeing 200 MB, after the log was let go. For how long the log itself
was held, which is all that anybody who writes may notice, is printed.
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
