"""Due retries a second, 10,000 of them: decided anew, planned and enqueued, by two workers.

Half of the people are there, half are not known to be: each is asked by a new challenge, and the
decision is kept. The anchor is jobs a second that do nothing, by two workers of procrastinate with
ten jobs at a time each, in the same database.
"""

from __future__ import annotations

from benchmarks.sample import Sample
from benchmarks.scratch import measured_by

NAME = "ladder_vs_procrastinate"
GOAL = 2
UNIT = "x"


def measure() -> Sample:
    """In a process and on a database of its own."""
    return measured_by("benchmarks.sweeping.rates", "retry", "procrastinate")
