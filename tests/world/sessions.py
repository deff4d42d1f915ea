"""Who is in the database besides the test."""

from __future__ import annotations

from time import monotonic, sleep

from django.db import connection


def alone(seconds: float = 30) -> None:
    """Wait until no other session is left in the database: the server saw that they are gone."""
    ends = monotonic() + seconds
    others = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> "
    with connection.cursor() as cursor:
        while True:
            cursor.execute(f"{others} pg_backend_pid() AND backend_type = 'client backend'")
            if not cursor.fetchone()[0]:
                return
            if monotonic() > ends:
                raise AssertionError("a session is left")
            sleep(0.02)  # the server's own time, not ours
