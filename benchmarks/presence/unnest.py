"""`signals_vs_unnest`: see the row of that name."""

from __future__ import annotations

from datetime import datetime

import psycopg
from django.db import connection

from benchmarks.presence.people import Heartbeats, add_people, scratch_database
from benchmarks.sample import Sample, interleave
from benchmarks.scratch import report
from config.lifecycle import read_clock
from presence.ingest import ingest_signals
from presence.models import SignalSource
from presence.signals import SignalIn

PEOPLE = 10_000
BATCHES = 20
RAW = """
WITH given AS (
    SELECT * FROM unnest(%b::bigint[], %b::text[], %b::text[], %b::uuid[], %b::timestamptz[])
        AS s(subject_id, kind, value, device_id, observed_at)
), stored AS (
    INSERT INTO presence_presence AS p (subject_id, status, version, since, reasons, changes_at,
        heartbeat_at, heartbeat_foreground, application_signal_at)
    SELECT subject_id, 'delayed', 0, %b, '[]', %b, observed_at, value = 'foreground', %b FROM given
    ON CONFLICT (subject_id) DO UPDATE SET
        heartbeat_at = greatest(p.heartbeat_at, EXCLUDED.heartbeat_at),
        heartbeat_foreground = EXCLUDED.heartbeat_foreground,
        application_signal_at = EXCLUDED.application_signal_at
)
INSERT INTO presence_signal
    (subject_id, kind, value, device_id, source, observed_at, received_at)
SELECT subject_id, kind, value, device_id, 'application', observed_at, %b FROM given
ON CONFLICT DO NOTHING
"""


def raw(signals: list[SignalIn], now: datetime) -> None:
    """The same rows into the same tables, without a question asked."""
    columns = [
        [signal.subject_id for signal in signals],
        [signal.kind for signal in signals],
        [signal.value for signal in signals],
        [signal.device_id for signal in signals],
        [signal.observed_at for signal in signals],
    ]
    psycopg.Cursor(connection.connection).execute(RAW, [*columns, now, now, now, now])


def main() -> None:
    """Both in turns, on fresh batches of the same kind."""
    with scratch_database():
        made = Heartbeats(add_people(PEOPLE))

        def batches(count: int) -> list[list[SignalIn]]:
            return [made.batch() for _ in range(count)]

        def ours() -> None:
            for signals in prepared["ours"].pop():
                refused = ingest_signals(signals, SignalSource.APPLICATION)
                if refused:
                    raise AssertionError(refused[0])

        def theirs() -> None:
            for signals in prepared["theirs"].pop():
                raw(signals, read_clock())

        rounds = 10
        prepared = {who: [batches(BATCHES) for _ in range(rounds)] for who in ("ours", "theirs")}
        mine, anchor = interleave(ours, theirs)
    total = BATCHES * 1000
    report(Sample(value=total / mine, anchor=total / anchor, ratio=anchor / mine))


if __name__ == "__main__":
    main()
