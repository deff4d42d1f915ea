"""The database's clock, and the small plain reads that every request makes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from types import SimpleNamespace
from typing import Any

from django.db import connection
from psycopg import Cursor

_injected: ContextVar[datetime | None] = ContextVar("injected_clock", default=None)


def read_clock() -> datetime:
    """Now, by the database's clock (aware, UTC): the only clock that expiry is judged by.

    Costs one query; a use case reads it once and passes it on.
    """
    return _injected.get() or read_clock_with("true")[1]


def injected_clock() -> datetime | None:
    """The moment that `clock_at` set, if any: for a statement that reads the clock by itself."""
    return _injected.get()


def read_clock_with(expression: str, parameters: Sequence[Any] = ()) -> tuple[Any, datetime]:
    """The value of an SQL expression, and the clock, in the same single query."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {expression}, clock_timestamp()", parameters)
        value, now = cursor.fetchone()
    return value, _injected.get() or now


@contextmanager
def clock_at(moment: datetime) -> Iterator[None]:
    """Let `read_clock` answer `moment` (aware) within this context: rehearsals and tests."""
    token = _injected.set(moment)
    try:
        yield
    finally:
        _injected.reset(token)


def fetch(sql: str, parameters: Mapping[str, Any] | Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    """The rows of a plain SQL query.

    For the small fixed reads that every request makes: putting such a query together anew with
    the ORM costs two to four times what the database takes to answer it.
    """
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


class _PlannedOnce(Cursor[tuple[Any, ...]]):
    """Its statements stay prepared in the connection."""

    def execute(self, query: Any, params: Any = None, **options: Any) -> Any:
        """As the driver's, and always prepared."""
        done = super().execute(query, params, **{**options, "prepare": True})
        self._query: Any = SimpleNamespace(query=query.encode())  # what Django logs, if it does
        return done


def fetch_planned(
    sql: str, parameters: Mapping[str, Any] | Sequence[Any] = ()
) -> list[tuple[Any, ...]]:
    """The rows of a plain SQL query, like `fetch`, parsed and planned once in each connection.

    For reads of several tables that every request makes: the database takes five times longer to
    plan them than to answer. The server binds the parameters, so `sql` is always the same text,
    and casts a parameter whose type is not evident.
    """
    connection.close_if_health_check_failed()
    connection.ensure_connection()
    plain: Any = _PlannedOnce(connection.connection)
    wrap = connection.make_debug_cursor if connection.queries_logged else connection.make_cursor
    with wrap(plain) as cursor:
        cursor.execute(sql, parameters)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found
