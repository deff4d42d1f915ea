"""Ingest of a thousand validated signals, against the same rows written without a question asked.

Values are signals a second, in batches of 1,000 quiet heartbeats of different people, of 10,000,
each from a device. The anchor is psycopg with binary arrays, which writes the same columns of the
same two tables in one statement: `INSERT … SELECT unnest … ON CONFLICT` of the newest heartbeat in
the person's row, and the log's rows into today's partition with its two indexes. It judges no
clock, asks for no consent, reads no rules, folds nothing, takes no order and tells nothing. Both go
over the same connection, which keeps the plan of either.
"""

from __future__ import annotations

from benchmarks.sample import Sample
from benchmarks.scratch import measured_by

NAME = "signals_vs_unnest"
GOAL = 0.8
UNIT = "x"


def measure() -> Sample:
    """In a process and on a database of its own."""
    return measured_by("benchmarks.presence.unnest")
