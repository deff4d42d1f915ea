"""`POST signals/` in batches of 1,000 on the product's own server, against the ingest alone.

Values are signals a second, quiet heartbeats of people known by name, each from a device of theirs;
one kept connection against one process that calls `ingest_signals`, both in a closed loop.
"""

from __future__ import annotations

from benchmarks.sample import Sample
from benchmarks.scratch import measured_by

NAME = "signals_http_vs_ingest"
GOAL = 0.3
UNIT = "x"


def measure() -> Sample:
    """In a process and on a database of its own."""
    return measured_by("benchmarks.presence.http")
