"""`availability_sweep_scale`: see the row of that name."""

from __future__ import annotations

from collections.abc import Callable
from statistics import median
from time import perf_counter

from django.db import connection

from benchmarks.presence.people import add_people, scratch_database
from benchmarks.sample import ROUNDS, Sample
from benchmarks.scratch import report
from presence.availability import sweep_availability
from presence.models import Presence

FEW, MANY, DUE = 10_000, 1_000_000, 100


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
    """Seconds of one sweep of a hundred rows."""
    prepare()
    start = perf_counter()
    changed = work()
    spent = perf_counter() - start
    if changed != DUE:
        raise AssertionError(f"{changed} of {DUE} changed")
    return spent * 1000


def rounds_over(people: int) -> list[float]:
    """Sweeps over a table of so many people; the first is not counted."""
    with scratch_database():
        add_people(people)
        return [timed(sweep_availability) for _ in range(ROUNDS + 1)][1:]


def main() -> None:
    """A table each, in turns of a few sweeps, since one table cannot be two sizes at once."""
    spent: dict[int, list[float]] = {FEW: [], MANY: []}
    for number in range(2):
        for people in (FEW, MANY) if number % 2 else (MANY, FEW):
            spent[people] += rounds_over(people)
    value, anchor = median(spent[MANY]), median(spent[FEW])
    report(Sample(value=value, anchor=anchor, ratio=value / anchor))


if __name__ == "__main__":
    main()
