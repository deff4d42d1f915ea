"""The primitives every app shares: the clock, our errors, one transition, domain events.

This is the only part of the wiring that an app may import. A state changes in exactly one way:
`transition()` compares and sets the row, and hands the event to whoever listens, inside the
caller's transaction. A listener that raises rolls the change back with it, so that no change is
ever without its record.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from types import SimpleNamespace
from typing import Any, ClassVar, Protocol

from django.db import connection, models, transaction
from django.db.models import F
from psycopg import Cursor

logger = logging.getLogger("holdfast.lifecycle")


# -- errors ------------------------------------------------------------------------------------


class HoldfastError(Exception):
    """A refusal with a stable code. `status` is what an HTTP face answers with.

    `context` fills the placeholders of the message `error.<code>`; it never holds a secret.
    """

    code: ClassVar[str] = "error"
    status: ClassVar[int] = 400

    def __init__(self, **context: Any) -> None:
        super().__init__(self.code)
        self.context = context


class IllegalTransition(HoldfastError):
    """The state table has no such edge: a defect of ours or a request that came too late."""

    code = "illegal_transition"
    status = 409


class Superseded(HoldfastError):
    """Somebody else moved the row first; read it again before trying anything."""

    code = "superseded"
    status = 409


# -- clock -------------------------------------------------------------------------------------

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


# -- domain events -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class DomainEvent:
    """Something that happened, in words of the closed vocabulary (`identity.audit.names`).

    `kind` and `object_id` name what it happened to (`action`, `presence`, `escalation` …).
    `attributes` are coarse values only: never a payload, an address or a secret.
    """

    name: str
    kind: str
    object_id: str
    at: datetime
    subject_id: int | None = None
    from_state: str = ""
    to_state: str = ""
    reason: str = ""
    actor: str = ""
    attributes: Mapping[str, Any] = field(default_factory=dict)


Listener = Callable[[Sequence[DomainEvent]], None]
_listeners: list[tuple[frozenset[str], Listener]] = []


def listen(callback: Listener, *names: str) -> None:
    """Register `callback` for the named events (all of them if none is named), once.

    It runs inside the transaction of the change. Registered at start-up, lowest app first.
    """
    entry = (frozenset(names), callback)
    if entry not in _listeners:
        _listeners.append(entry)


def announce(*events: DomainEvent) -> None:
    """Hand the events to every listener, in the caller's transaction.

    Raises RuntimeError outside a transaction: a change and its record stand or fall together.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("announce() needs the transaction of the change it tells of")
    for names, callback in list(_listeners):
        heard = [event for event in events if not names or event.name in names]
        if heard:
            callback(heard)


# -- transition --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class StateMachine:
    """One table: `(state, event) -> state`, or the few states that the event may lead to."""

    kind: str
    edges: Mapping[tuple[str, str], str | tuple[str, ...]]

    def target(self, state: str, event: str, to: str | None = None) -> str:
        """The state that `event` leads to from `state`.

        Raises IllegalTransition for an unknown pair, or for a `to` the pair does not lead to.
        """
        found = self.edges.get((state, event))
        choices = (found,) if isinstance(found, str) else found or ()
        if to is None and len(choices) == 1:
            return choices[0]
        if to is not None and to in choices:
            return to
        raise IllegalTransition(kind=self.kind, state=state, event=event, to=to or "")


class Stateful(Protocol):
    """A row with a `status`, a `version` that counts its changes, and a subject."""

    pk: Any
    status: str
    version: int

    def event_context(self) -> Mapping[str, Any]:
        """`subject_id` and `attributes` (coarse) that every event of this row carries."""


def transition(
    row: Stateful,
    event: str,
    machine: StateMachine,
    *,
    at: datetime,
    to: str | None = None,
    reason: str = "",
    actor: str = "",
    changes: Mapping[str, Any] | None = None,
    also: Sequence[tuple[str, str]] = (),
) -> None:
    """Move `row` along `event`, or raise; the change and its events are one transaction.

    `changes` are further columns set in the same statement. `also` are further events
    `(name, reason)` told of the same move. `version` is compared too, so a worker that slept
    through somebody else's change cannot act on what it remembers.

    Raises IllegalTransition for a pair the table does not have, Superseded when the row moved.
    """
    old = row.status
    new = machine.target(old, event, to)
    values = dict(changes or {})
    with transaction.atomic(savepoint=False):
        model: type[models.Model] = type(row)  # type: ignore[assignment]
        won = model._default_manager.filter(pk=row.pk, status=old, version=row.version).update(
            status=new, version=F("version") + 1, **values
        )
        if not won:
            raise Superseded(kind=machine.kind, state=old, event=event)
        row.status = new
        row.version += 1
        for name, value in values.items():
            setattr(row, name, value)
        context = row.event_context()
        announce(
            *(
                DomainEvent(
                    name=name,
                    kind=machine.kind,
                    object_id=str(row.pk),
                    at=at,
                    from_state=old,
                    to_state=new,
                    reason=why,
                    actor=actor,
                    **context,
                )
                for name, why in [(event, reason), *also]
            )
        )


# -- waking the workers ------------------------------------------------------------------------

_wakers: list[Callable[[str], None]] = []


def on_wake(callback: Callable[[str], None]) -> None:
    """Register the one who can nudge a worker (the wiring does, with its broker)."""
    if callback not in _wakers:
        _wakers.append(callback)


def wake(task: str) -> None:
    """Ask for `task` soon, once this transaction is committed.

    Only a matter of speed: what is due stands in the database and is found by the next sweep, so
    a broker that is away costs seconds and never an action.
    """

    def nudge() -> None:
        for callback in _wakers:
            try:
                callback(task)
            except Exception:
                logger.warning("could not wake %s", task, exc_info=True)

    transaction.on_commit(nudge)
