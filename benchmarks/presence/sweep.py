"""`availability_sweep_scale`: see the row of that name."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter

from django.db import connection

from benchmarks.presence.sizes import compare
from benchmarks.sample import ROUNDS
from presence.availability import sweep_availability
from presence.models import Presence

DUE = 100


def prepare() -> None:
    """A hundred people whose heartbeat aged out a minute ago."""
    chosen = Presence.objects.order_by("-heartbeat_at", "subject_id").values_list("pk", flat=True)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE presence_presence SET status = 'available', reasons = '[\"device_awake\"]',"
            " heartbeat_at = clock_timestamp() - interval '6 minutes', unsettled_since = NULL,"
            " changes_at = clock_timestamp() - interval '1 minute' WHERE subject_id = ANY (%s)",
            [list(chosen[:DUE])],
        )


def timed(work: Callable[[], int]) -> float:
    """Milliseconds of one sweep of a hundred rows."""
    prepare()
    start = perf_counter()
    changed = work()
    spent = perf_counter() - start
    if changed != DUE:
        raise AssertionError(f"{changed} of {DUE} changed")
    return spent * 1000


if __name__ == "__main__":
    compare(lambda _: lambda: timed(sweep_availability), rounds=3 * ROUNDS)  # they are short
