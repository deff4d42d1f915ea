"""The share of a transition's time that its event and its link in the chain take.

Values are microseconds a transition: compare-and-set, outbox row, event and commit in one
transaction, and its part of the chaining afterwards; the anchor is the same with nobody writing
events down and nothing chained. The ratio is the difference over the whole. Commits do not wait
for the disk: that would only make the share smaller, and as uneven as the disk.
"""

from __future__ import annotations

from benchmarks.sample import Sample
from benchmarks.scratch import measured_by

NAME = "event_share"
GOAL = 0.25
UNIT = "of the whole"
BETTER = "less"


def measure() -> Sample:
    """In a process and on a database of its own."""
    return measured_by("benchmarks.audit.share")
