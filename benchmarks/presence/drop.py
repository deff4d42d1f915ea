"""`partition_drop_scale`: see the row of that name."""

from __future__ import annotations

from datetime import date, timedelta
from statistics import median
from time import perf_counter
from typing import Any

from django.conf import settings
from django.db import connection

from benchmarks.presence.people import scratch_database
from benchmarks.sample import ROUNDS, Sample
from benchmarks.scratch import report
from config.lifecycle import read_clock
from presence.partitions import keep_partitions, partition_of

FEW, MANY = 10_000, 1_000_000


def full_day(day: date, rows: int) -> None:
    """A partition of `day` with so many rows, settled on disk as one of two weeks ago is."""
    name = partition_of(day)
    with connection.cursor() as cursor:
        cursor.execute(
            f"CREATE TABLE {name} PARTITION OF presence_signal"
            f" FOR VALUES FROM ('{day} 00:00+00') TO ('{day + timedelta(days=1)} 00:00+00')"
        )
        cursor.execute(
            f"CREATE UNIQUE INDEX {name}_once ON {name} (subject_id, observed_at, kind,"
            " coalesce(device_id, '00000000-0000-0000-0000-000000000000'))"
        )
        cursor.execute(
            f"INSERT INTO {name} (subject_id, kind, value, source, observed_at, received_at)"
            " SELECT n, 'heartbeat', 'foreground', 'application', at, at"
            " FROM generate_series(1, %s) n, LATERAL (SELECT %s::timestamptz"
            " + n * interval '80 milliseconds' AS at) AS t",
            [rows, f"{day} 00:00+00"],
        )


def dropped_in(day: date, rows: int) -> tuple[float, float]:
    """Milliseconds to drop such a day, and those of it in which the log was held."""
    full_day(day, rows)
    held: list[float] = []

    def watch(execute: Any, sql: str, parameters: Any, many: bool, context: Any) -> Any:
        start = perf_counter()
        try:
            return execute(sql, parameters, many, context)
        finally:
            if "DETACH" in sql:
                held.append((perf_counter() - start) * 1000)

    with connection.execute_wrapper(watch):
        start = perf_counter()
        kept = keep_partitions()
        spent = (perf_counter() - start) * 1000
    if kept.dropped != (day,):
        raise AssertionError(kept)
    return spent, sum(held)


def main() -> None:
    """Both in turns, each first in every other round."""
    spent: dict[int, list[tuple[float, float]]] = {FEW: [], MANY: []}
    with scratch_database():
        keep_partitions()
        day = read_clock().date() - timedelta(days=settings.SIGNAL_RETENTION_DAYS)
        for number in range(-1, ROUNDS):
            for rows in (FEW, MANY) if number % 2 else (MANY, FEW):
                figures = dropped_in(day, rows)
                if number >= 0:
                    spent[rows].append(figures)
    value, anchor = (median(whole for whole, _ in spent[rows]) for rows in (MANY, FEW))
    held, held_anchor = (median(held for _, held in spent[rows]) for rows in (MANY, FEW))
    print(f"partition_drop_scale: the log is held for {held:.2f} ms, {held_anchor:.2f} ms")
    report(Sample(value=value, anchor=anchor, ratio=value / anchor))


if __name__ == "__main__":
    main()
