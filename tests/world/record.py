"""The guards of the record in the tests' database: what tests have to lift, and put back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

TABLES = ("identity_event", "identity_event_link")


def let_record_be_emptied() -> None:
    """Tests that commit leave an empty database: TRUNCATE alone is allowed again."""
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER {table}_no_truncate")
            cursor.execute(f"GRANT TRUNCATE ON {table} TO CURRENT_USER")


@contextmanager
def as_owner_without_scruples() -> Iterator[None]:
    """Everything is allowed: what somebody can do who owns the tables and drops their triggers."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in TABLES:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            cursor.execute(f"GRANT ALL ON {table} TO CURRENT_USER")
    yield
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in TABLES:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER {table}_no_truncate")
            cursor.execute(f"REVOKE UPDATE, DELETE ON {table} FROM CURRENT_USER")
        cursor.execute(
            "GRANT UPDATE (subject_id, object_id, actor, attributes) ON identity_event"
            " TO CURRENT_USER"
        )
