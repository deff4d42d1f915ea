"""`claim_scale` and `claim_under_snapshot`: see those rows. Values are milliseconds."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from statistics import median
from time import perf_counter

import django
import psycopg

django.setup()

from django.db import connection  # noqa: E402

from benchmarks.presence.people import scratch_database  # noqa: E402
from benchmarks.sample import ROUNDS, Sample  # noqa: E402
from benchmarks.scratch import report  # noqa: E402
from benchmarks.sweeping import world  # noqa: E402
from benchmarks.sweeping.crew import where  # noqa: E402
from identity.actions.claiming import BATCH, Claim, Place, claim_due  # noqa: E402
from identity.models import SweepBatch  # noqa: E402

FEW, MANY = 10_000, 1_000_000
DONE = 50_000
PEOPLE = 10_000
COMPLETE = (
    "UPDATE identity_action SET status = 'expired', due_at = NULL, expires_at = NULL, "
    "next_attempt_at = NULL, version = version + 1 WHERE id = ANY(%s)"
)


def claimed(after: Place | None = None) -> tuple[Claim, float]:
    """A claim of a hundred, and its milliseconds."""
    start = perf_counter()
    claim = claim_due(after)
    spent = (perf_counter() - start) * 1000
    if claim is None or len(claim.actions) != BATCH:
        raise AssertionError("there were not a hundred")
    return claim, spent


def complete(claim: Claim) -> None:
    """What the work does to the index: they are due no more, and the claim is gone."""
    with connection.cursor() as cursor:
        cursor.execute(COMPLETE, [list(claim.actions)])
    SweepBatch.objects.filter(token=claim.token).delete()


def claims_among(open_actions: int) -> list[float]:
    """Claims of a hundred due among so many open; the first few are not counted."""
    with scratch_database():
        people = world.strangers(PEOPLE)
        for _ in range(open_actions // PEOPLE):
            world.add_actions(people, due=False, **world.EXPIRING)
        spent = []
        for _ in range(ROUNDS * 2 + 2):
            world.add_actions(people[:BATCH], due=True, **world.EXPIRING)
            world.settle()
            claim, took = claimed()
            complete(claim)
            spent.append(took)
        return spent[2:]


def scale() -> Sample:
    """A table each, in turns, since one table cannot be two sizes at once."""
    spent: dict[int, list[float]] = {FEW: [], MANY: []}
    for number in range(2):
        for size in (FEW, MANY) if number % 2 else (MANY, FEW):
            spent[size] += claims_among(size)
    value, anchor = median(spent[MANY]), median(spent[FEW])
    return Sample(value=value, anchor=anchor, ratio=value / anchor)


@contextmanager
def old_snapshot() -> Iterator[None]:
    """Another session that looks at the database as it was, so that nothing dead can go away."""
    with psycopg.connect(**where()) as other:
        other.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        other.execute("SELECT count(*) FROM identity_action")
        yield


def under_snapshot() -> Sample:
    """One run of the sweep under an old snapshot: its first claims, and those after 50,000."""
    with scratch_database():
        people = world.strangers(PEOPLE)
        for _ in range((DONE + 4000) // PEOPLE + 1):
            world.add_actions(people, due=True, **world.EXPIRING)
        world.settle()
        with old_snapshot():
            first, done, after = [], 0, None
            while done < DONE:
                claim, took = claimed(after)
                complete(claim)
                done, after = done + BATCH, claim.last
                if len(first) < ROUNDS * 2:
                    first.append(took)
            later = []
            for _ in range(ROUNDS * 2):
                claim, took = claimed(after)
                complete(claim)
                later.append(took)
                after = claim.last
            _, anew = claimed(None)
    print(f"a new run's first claim, from the beginning: {anew:.1f} ms")
    value, anchor = median(later), median(first)
    return Sample(value=value, anchor=anchor, ratio=value / anchor)


if __name__ == "__main__":
    report({"scale": scale, "snapshot": under_snapshot}[sys.argv[1]]())
