"""A claim of a hundred due actions among 1,000,000 open ones, against the same among 10,000.

Values are milliseconds a claim, with its transaction and its commit.
"""

from __future__ import annotations

from benchmarks.sample import Sample
from benchmarks.scratch import measured_by

NAME = "claim_scale"
GOAL = 1.2
UNIT = "x"
BETTER = "less"


def measure() -> Sample:
    """In a process and on a database of its own."""
    return measured_by("benchmarks.sweeping.claims", "scale")
