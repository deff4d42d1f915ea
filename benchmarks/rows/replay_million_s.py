"""Seconds to decide a million recorded decisions anew and work out the loss curves.

The whole rehearsal as the console and the command run it, in a process of its own on the
benchmark's database: reading, deciding, counting. Its peak memory is printed and held to a limit.
"""

from __future__ import annotations

from benchmarks.sample import Sample
from benchmarks.scratch import measured_by

NAME = "replay_million_s"
GOAL = 60
UNIT = "s"
BETTER = "less"


def measure() -> Sample:
    """Make the traffic, rehearse, remove it."""
    return measured_by("benchmarks.replay.million")
