"""Telling a database that cannot be reached or used yet, in one sentence, from an error of ours."""

from __future__ import annotations

import psycopg
from django.db import DatabaseError, connection
from django.db.utils import OperationalError

__all__ = ["DatabaseError", "sentence_for"]

# SQLSTATE classes of a connection that did not come about: connection exception, invalid
# authorization, unknown database, too many connections, server starting up or going away.
_CLASSES = ("08", "28", "3D", "53", "57P")


def sentence_for(error: DatabaseError) -> str | None:
    """A sentence if `error` says that the database is out of reach or not migrated, else None.

    Names where it was looked for, never the password.
    """
    cause = error.__cause__
    if isinstance(cause, psycopg.errors.UndefinedTable):
        return (
            "the database has no tables yet, or older ones; run `manage.py migrate`, or `make run`."
        )
    if not isinstance(error, OperationalError) or not isinstance(cause, psycopg.Error):
        return None
    if cause.sqlstate is not None and not cause.sqlstate.startswith(_CLASSES):
        return None
    found = connection.settings_dict
    where = f"{found['HOST'] or 'the local socket'}:{found['PORT'] or 5432}"
    lines = str(cause).strip().splitlines()
    why = lines[0].rstrip(".") if lines else "no answer"
    return (
        f"the database {found['NAME']!r} at {where} cannot be reached ({why}); "
        "start it, or correct DATABASE_URL."
    )
