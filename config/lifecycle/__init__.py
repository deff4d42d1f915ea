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
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from django.db import connection, models, transaction
from django.db.models import F

from config.lifecycle.bounded import bounded as bounded
from config.lifecycle.clock import clock_at as clock_at
from config.lifecycle.clock import fetch as fetch
from config.lifecycle.clock import fetch_planned as fetch_planned
from config.lifecycle.clock import injected_clock as injected_clock
from config.lifecycle.clock import read_clock as read_clock
from config.lifecycle.clock import read_clock_with as read_clock_with
from config.lifecycle.errors import HoldfastError as HoldfastError
from config.lifecycle.errors import IllegalTransition as IllegalTransition
from config.lifecycle.errors import Superseded as Superseded
from config.lifecycle.gathering import Gathering, RowMoved, gather_in, gathering, stop

logger = logging.getLogger("holdfast.lifecycle")


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
    batch = gathering()
    if batch is not None:
        batch.events += events
        return
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
        batch = gathering()
        if batch is not None:
            batch.change(row, values, status=new)
        else:
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


def amend(row: Stateful, **columns: Any) -> None:
    """Set columns of a row that stays where it is, without an event; nothing if it moved."""
    batch = gathering()
    if batch is not None:
        batch.change(row, columns)
        return
    model: type[models.Model] = type(row)  # type: ignore[assignment]
    model._default_manager.filter(pk=row.pk, version=row.version).update(**columns)
    for name, value in columns.items():
        setattr(row, name, value)


def insert(row: models.Model) -> None:
    """Insert a new row whose key is known; with the others of its table where writes are
    gathered."""
    batch = gathering()
    if batch is not None:
        batch.insert(row)
    else:
        row.save(force_insert=True)


# -- gathered writes ---------------------------------------------------------------------------


@contextmanager
def gathered() -> Iterator[Gathering]:
    """Gather what is written within this context, for rows that are held, and write it at its end.

    Transitions, `amend` and `insert` apply in memory; the comparison of status and version comes
    with the statement that writes them all. Listeners hear all events then, in order, inside the
    transaction. What reads the database for something that the batch may have changed takes it
    from a shelf of the batch or calls `write_gathered` first. Nothing is written after an error.

    Raises Superseded when any of the rows had moved: the whole batch is to be rolled back.
    """
    batch = Gathering()
    token = gather_in(batch)
    try:
        yield batch
        write_gathered()
    finally:
        stop(token)


def write_gathered() -> None:
    """Write now what was gathered so far, if anything is; the gathering goes on."""
    batch = gathering()
    if batch is None:
        return
    token = gather_in(None)
    try:
        batch.write()
        events, batch.events = batch.events, []
        tasks, batch.tasks = batch.tasks, {}
        if events:
            announce(*events)
        for task in tasks:
            wake(task)
    except RowMoved as moved:
        raise Superseded(kind="batch", state="", event="") from moved
    finally:
        stop(token)


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
    batch = gathering()
    if batch is not None:
        batch.tasks[task] = None
        return

    def nudge() -> None:
        for callback in _wakers:
            try:
                callback(task)
            except Exception:
                logger.warning("could not wake %s", task, exc_info=True)

    transaction.on_commit(nudge)
