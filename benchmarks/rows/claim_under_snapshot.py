"""With a snapshot of another session held open: claims after 50,000 completions, against the first.

Values are milliseconds a claim of a hundred, within one run of the sweep. Dead index entries cannot
be removed meanwhile; a run goes on from where it is and walks them once, which it also prints.
"""

from __future__ import annotations

from benchmarks.sample import Sample
from benchmarks.scratch import measured_by

NAME = "claim_under_snapshot"
GOAL = 1.5
UNIT = "x"
BETTER = "less"


def measure() -> Sample:
    """In a process and on a database of its own."""
    return measured_by("benchmarks.sweeping.claims", "snapshot")
