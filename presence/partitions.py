"""The log of signals, a partition for each day of receipt (UTC): made ahead, dropped in time.

A signal is never lost for want of a partition: what no day covers goes to the default one, where
retention deletes it row by row. So web processes never make tables, and workers that rest for a
week are not noticed.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.conf import settings
from django.db import IntegrityError, OperationalError, connection, transaction

from config.lifecycle import fetch, read_clock

logger = logging.getLogger("holdfast.presence")

LOG = "presence_signal"
DEFAULT = f"{LOG}_default"
AHEAD = 8
"""Days that are made ahead: workers may rest for a week."""
LOCK_MILLISECONDS = 300
"""Waiting for the log longer than this would make those wait who want to write to it."""
TRIES = 3
BATCH = 5_000
"""Rows of the default partition deleted at once."""
ALONE = 7_216_400_311
"""The advisory lock of whoever looks after the partitions."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What was done: days made, days dropped, rows deleted from the default partition."""

    made: tuple[date, ...] = ()
    dropped: tuple[date, ...] = ()
    deleted: int = 0


def partition_of(day: date) -> str:
    """The name of the partition of signals received on `day` (UTC)."""
    return f"{LOG}_{day:%Y%m%d}"


def keep_partitions() -> Kept:
    """Make the partitions of today and the next days, drop those whose time is over.

    Nothing is kept for longer than SIGNAL_RETENTION_DAYS. Safe to repeat, and at any number of
    places at once; what cannot have its lock within a moment is left for the next time.
    """
    today = read_clock().date()
    first_kept = today - timedelta(days=settings.SIGNAL_RETENTION_DAYS - 1)
    attached, loose = _partitions()
    wanted = [today + timedelta(days=ahead) for ahead in range(AHEAD + 1)]
    made = [day for day in wanted if day not in attached and _make(day)]
    over = [day for day in attached if day < first_kept]
    dropped = [day for day in over if _detach(day) and _drop(day)]
    dropped += [day for day in loose if _drop(day)]
    return Kept(tuple(made), tuple(sorted(dropped)), _delete_before(first_kept))


def _partitions() -> tuple[list[date], list[date]]:
    """The days that have a partition, and the days whose table was detached and not dropped."""
    attached: list[date] = []
    loose: list[date] = []
    rows = fetch(
        "SELECT relname, relispartition FROM pg_class"
        " WHERE relkind = 'r' AND relname ~ %s AND pg_table_is_visible(oid) ORDER BY relname",
        [f"^{LOG}_[0-9]{{8}}$"],
    )
    for name, is_partition in rows:
        day = date.fromisoformat(name.removeprefix(f"{LOG}_"))
        (attached if is_partition else loose).append(day)
    return attached, loose


def _alone_and_quick(needed: str, statements: Sequence[str]) -> bool:
    """Run `statements` as one transaction that waits for no lock for long; whether they ran.

    They do not where the condition `needed` is false, for somebody else has done it then. Somebody
    still at it, or a long reader in the way, is a matter for the next time.
    """
    for _ in range(TRIES):
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [ALONE])
                if not cursor.fetchone()[0]:
                    return False
                cursor.execute(f"SELECT {needed}")
                if not cursor.fetchone()[0]:
                    return False
                cursor.execute(f"SET LOCAL lock_timeout = {LOCK_MILLISECONDS}")
                for statement in statements:
                    cursor.execute(statement)
            return True
        except OperationalError as error:  # the lock was not to be had
            logger.info("partitions: %s", type(error.__cause__).__name__)
    return False


def _make(day: date) -> bool:
    """Make the partition of `day`, unless signals of that day stand in the default one already:
    such a day stays there, as moving it would stop those who write."""
    name = partition_of(day)
    begins, ends = (f"{each} 00:00:00+00" for each in (day, day + timedelta(days=1)))
    there = fetch(
        f"SELECT 1 FROM {DEFAULT} WHERE received_at >= %s AND received_at < %s LIMIT 1",  # noqa: S608
        [begins, ends],
    )
    if there:
        return False
    try:
        return _alone_and_quick(
            f"to_regclass('{name}') IS NULL",
            [
                f"CREATE TABLE {name} (LIKE {LOG} INCLUDING DEFAULTS INCLUDING CONSTRAINTS)",
                f"CREATE UNIQUE INDEX {name}_once ON {name} (subject_id, observed_at, kind,"
                " coalesce(device_id, '00000000-0000-0000-0000-000000000000'))",
                f"ALTER TABLE {LOG} ATTACH PARTITION {name}"
                f" FOR VALUES FROM ('{begins}') TO ('{ends}')",
            ],
        )
    except IntegrityError:  # a signal got into the default partition just now
        return False


def _detach(day: date) -> bool:
    """Take the partition out of the log. Not CONCURRENTLY: PostgreSQL cannot beside a default."""
    name = partition_of(day)
    return _alone_and_quick(
        f"EXISTS (SELECT FROM pg_inherits WHERE inhrelid = to_regclass('{name}'))",
        [f"ALTER TABLE {LOG} DETACH PARTITION {name}"],
    )


def _drop(day: date) -> bool:
    """Drop what is no part of the log any more: nobody who writes is touched by it."""
    name = partition_of(day)
    return _alone_and_quick(f"to_regclass('{name}') IS NOT NULL", [f"DROP TABLE {name}"])


def _delete_before(first_kept: date) -> int:
    """Delete what lies in the default partition from before `first_kept`, in small batches."""
    deleted = 0
    while True:
        rows = fetch(
            f"WITH gone AS (DELETE FROM {DEFAULT} WHERE ctid = ANY (ARRAY("  # noqa: S608
            f"SELECT ctid FROM {DEFAULT} WHERE received_at < %s LIMIT {BATCH})) RETURNING 1)"
            " SELECT count(*) FROM gone",
            [f"{first_kept} 00:00:00+00"],
        )
        deleted += rows[0][0]
        if rows[0][0] < BATCH:
            return deleted
