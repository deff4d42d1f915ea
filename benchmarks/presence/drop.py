"""`partition_drop_scale`: see the row of that name."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median
from time import perf_counter
from typing import Any

from django.conf import settings
from django.db import connection

from benchmarks.presence.people import scratch_database
from benchmarks.presence.sizes import FEW, MANY
from benchmarks.sample import ROUNDS, Sample
from benchmarks.scratch import report
from config.lifecycle import clock_at, read_clock
from presence.partitions import keep_partitions, partition_of


def full_day(day: date, rows: int) -> None:
    """A partition of `day` with so many rows."""
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


@dataclass(frozen=True, slots=True)
class Spent:
    """Milliseconds: of all that was done, of it with the log held, of it removing files."""

    whole: float
    held: float
    removing: float

    @property
    def without_files(self) -> float:
        """All but the removal of files, which nobody waits for."""
        return self.whole - self.removing


class Watch:
    """When the statements began and ended that take the day out of the log and drop its table.

    A lock lasts until its transaction ends, and a table's files go when it is committed; both are
    over when the next statement begins.
    """

    def __init__(self) -> None:
        self.last = ""
        self.ended = 0.0
        self.detaching = 0.0
        self.held = 0.0
        self.removing = 0.0

    def __call__(self, execute: Any, sql: str, parameters: Any, many: bool, context: Any) -> Any:
        """Run a statement and take the time."""
        begun = perf_counter()
        if "DETACH" in self.last:
            self.held += begun - self.detaching
        if "DROP TABLE" in self.last:
            self.removing += begun - self.ended
        if "DETACH" in sql:
            self.detaching = begun
        try:
            return execute(sql, parameters, many, context)
        finally:
            self.last, self.ended = sql, perf_counter()


def dropped_in(day: date, now: datetime) -> Spent:
    """What it costs to drop that day, the only one that is over at `now`."""
    watch = Watch()
    with clock_at(now), connection.execute_wrapper(watch):
        start = perf_counter()
        kept = keep_partitions()
        whole = perf_counter() - start
    if kept.dropped != (day,):
        raise AssertionError(kept)
    return Spent(whole * 1000, watch.held * 1000, watch.removing * 1000)


def main() -> None:
    """Two days in a row, both made first, so that the machine has the same behind it; each size is
    the older one, which goes first, in every other round."""
    spent: dict[int, list[Spent]] = {FEW: [], MANY: []}
    with scratch_database():
        today = read_clock()
        moments = (today - timedelta(days=1), today)
        days = [each.date() - timedelta(days=settings.SIGNAL_RETENTION_DAYS) for each in moments]
        for now in moments:
            with clock_at(now):
                keep_partitions()
        for number in range(-1, ROUNDS + 1):
            order = (FEW, MANY) if number % 2 else (MANY, FEW)
            for day, rows in zip(days, order, strict=True):
                full_day(day, rows)
            os.sync()
            for day, rows, now in zip(days, order, moments, strict=True):
                figures = dropped_in(day, now)
                if number >= 0:
                    spent[rows].append(figures)
    for name in ("whole", "held", "removing"):
        few, many = (median(getattr(each, name) for each in spent[rows]) for rows in (FEW, MANY))
        print(
            f"partition_drop_scale: {name} {many:.2f} ms with a million, {few:.2f} ms with 10,000"
        )
    value, anchor = (median(each.without_files for each in spent[rows]) for rows in (MANY, FEW))
    report(Sample(value=value, anchor=anchor, ratio=value / anchor))


if __name__ == "__main__":
    main()
