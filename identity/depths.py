"""How many rows stand in each state, exactly, without counting them.

Triggers write what a statement changed as rows of their own, so writers never wait for each other;
a reader adds them up with what was folded before. Everything is seen as of one moment.
"""

from __future__ import annotations

from django.db import connection, transaction

from config.lifecycle import fetch

BATCH = 20_000
"""Changes folded in one transaction."""

_READ = """
SELECT status, sum(number)::bigint FROM (
    SELECT status, number FROM identity_depth WHERE kind = %(kind)s
    UNION ALL
    SELECT status, change FROM identity_depthchange WHERE kind = %(kind)s
) AS found GROUP BY status HAVING sum(number) <> 0
"""
_FOLD = """
WITH taken AS (
    DELETE FROM identity_depthchange WHERE id IN (
        SELECT id FROM identity_depthchange ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED
    ) RETURNING kind, status, change
), sums AS (
    SELECT kind, status, sum(change) AS change, count(*) AS rows FROM taken GROUP BY kind, status
), folded AS (
    INSERT INTO identity_depth (kind, status, number) SELECT kind, status, change FROM sums
    ON CONFLICT (kind, status) DO UPDATE SET number = identity_depth.number + excluded.number
    RETURNING 1
)
SELECT coalesce(sum(rows), 0)::bigint, (SELECT count(*) FROM folded) FROM sums
"""
_ANY = "SELECT EXISTS (SELECT 1 FROM identity_depthchange)"
FOLDING = 4_301_776_021
"""The number of the lock that one folder holds: two would wait for each other's rows."""


def depths(kind: str) -> dict[str, int]:
    """How many of a kind (`action`, `delivery`) stand in each state; states with none are left
    out."""
    return dict(fetch(_READ, {"kind": kind}))


def fold_depths() -> int:
    """Add up what was changed since, so that reading stays cheap; how many changes went.

    Safe at any time and from anywhere: whoever comes second leaves it to the first.
    """
    gone = 0
    while fetch(_ANY)[0][0]:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [FOLDING])
            if not cursor.fetchone()[0]:
                return gone
            cursor.execute(_FOLD, [BATCH])
            taken = int(cursor.fetchone()[0])
        gone += taken
        if taken < BATCH:
            break
    return gone
