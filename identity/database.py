"""When the database cannot answer: told apart from our own mistakes, and left for a new connection.

A server that fails over first drops its connections, then may refuse writes for some seconds. A
connection to the one that was demoted stays usable and would refuse for ever, so it is given up.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from django.db import DatabaseError, InterfaceError, OperationalError, connection

T = TypeVar("T")
RETRY_AFTER_SECONDS = 5
"""What a client is told to wait: a standby is promoted within seconds."""
READ_ONLY = "25006"
AWAY_CLASSES = ("08", "57P", "53")
"""SQLSTATE classes (PostgreSQL, appendix A): connection lost, server going or coming, no room."""


def is_away(error: BaseException | None) -> bool:
    """Whether `error` says that the database cannot answer now, and not that we asked wrongly."""
    if not isinstance(error, DatabaseError | InterfaceError):
        return False
    code = getattr(error.__cause__, "sqlstate", None)
    if code is None:
        # Never from the server: no connection, or the one there was broke.
        return isinstance(error, OperationalError | InterfaceError)
    return code == READ_ONLY or code.startswith(AWAY_CLASSES)


def leave_when_away(error: BaseException | None) -> bool:
    """Whether the database is away; then this thread's connection is given up at the end of what
    it is doing, even if it seems to work."""
    away = is_away(error)
    if away:
        connection.close_at = 0.0
    return away


def once_more_when_away(work: Callable[[], T]) -> T:
    """`work()`, and once more on a new connection where the database was away.

    Only for what finds out by itself that it was done before: the answer to COMMIT may have been
    lost on the way, and the work be done (F41).
    """
    try:
        return work()
    except (DatabaseError, InterfaceError) as error:
        if connection.in_atomic_block or not is_away(error):
            raise
    connection.close()
    return work()
