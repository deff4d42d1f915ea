"""Gathered writes: what many rows become is worked out in memory and written a table at a time.

Rows that are held anyway need no statement each. What is collected is written at the end, or before
something is read that it may have changed: one UPDATE for all rows of a table that change the same
columns, one INSERT for all new rows of a table, all events in one call.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import connection, models

if TYPE_CHECKING:
    from config.lifecycle import DomainEvent


class RowMoved(Exception):
    """A row is not as it was when it was read."""


@dataclass(slots=True)
class _Changed:
    """A row that differs from what the table has, where it is at `status` and `version`."""

    row: Any
    status: str
    version: int
    columns: set[str] = field(default_factory=set)


@dataclass(slots=True)
class Gathering:
    """What was done in memory and is not written yet, in order."""

    changed: dict[tuple[type[models.Model], Any], _Changed] = field(default_factory=dict)
    made: dict[type[models.Model], list[models.Model]] = field(default_factory=dict)
    events: list[DomainEvent] = field(default_factory=list)
    tasks: dict[str, None] = field(default_factory=dict)
    shelves: dict[str, dict[Any, Any]] = field(default_factory=dict)

    def shelf(self, name: str) -> dict[Any, Any]:
        """What was read at once for all of the batch, by a key, and is kept up to date in memory
        by whoever changes it; `name` is the reader's own."""
        return self.shelves.setdefault(name, {})

    def change(self, row: Any, columns: Mapping[str, Any], *, status: str | None = None) -> None:
        """Set columns of a row; with `status` its version goes on, as by every transition."""
        model = type(row)
        if not any(row is each for each in self.made.get(model, ())):
            known = self.changed.setdefault((model, row.pk), _Changed(row, row.status, row.version))
            if known.row is not row:
                raise RowMoved
            known.columns.update(columns)
        if status is not None:
            row.status = status
            row.version += 1
        for name, value in columns.items():
            setattr(row, name, value)

    def insert(self, row: models.Model) -> None:
        """Insert `row` with the others of its table."""
        self.made.setdefault(type(row), []).append(row)

    def write(self) -> None:
        """Write the rows. Raises RowMoved when one was not as it was read."""
        changed, self.changed = self.changed, {}
        made, self.made = self.made, {}
        alike: dict[tuple[type[models.Model], frozenset[str]], list[_Changed]] = defaultdict(list)
        for (model, _), each in changed.items():
            alike[model, frozenset(each.columns)].append(each)
        for (model, columns), rows in alike.items():
            _update(model, sorted(columns), rows)
        for model, new in made.items():
            _insert(model, new)


_current: ContextVar[Gathering | None] = ContextVar("gathering", default=None)


def gathering() -> Gathering | None:
    """The gathering of this context, if writes are gathered."""
    return _current.get()


def gather_in(batch: Gathering | None) -> Any:
    """Let `batch` be the one of this context; what `stop` takes to go back."""
    return _current.set(batch)


def stop(token: Any) -> None:
    """Go back to what was before `gather_in`."""
    _current.reset(token)


def _update(model: type[models.Model], columns: Sequence[str], rows: Sequence[_Changed]) -> None:
    """One statement that compares and sets all of `rows`."""
    key: Any = model._meta.pk
    quote = connection.ops.quote_name
    chosen: list[Any] = [model._meta.get_field(name) for name in columns]
    fields = {each: [getattr(row.row, each.attname) for row in rows] for each in chosen}
    alike = {each: values[0] for each, values in fields.items() if _same(values)}
    table = {
        "row_key": (str(key.db_type(connection)), [row.row.pk for row in rows]),
        "old_status": ("text", [row.status for row in rows]),
        "old_version": ("integer", [row.version for row in rows]),
        "new_status": ("text", [row.row.status for row in rows]),
        "new_version": ("integer", [row.row.version for row in rows]),
    }
    sets = ["status = new.new_status", "version = new.new_version"]
    for each, values in fields.items():
        if each in alike:
            sets.append(f"{quote(each.column)} = %s")
        else:
            sets.append(f"{quote(each.column)} = new.{quote(each.column)}")
            table[each.column] = (str(each.db_type(connection)), values)
    records, document = as_records(table)
    sql = (
        f"UPDATE {quote(model._meta.db_table)} AS held SET {', '.join(sets)} "  # noqa: S608
        f"FROM {records} WHERE held.{quote(key.column)} = new.row_key "
        "AND held.status = new.old_status AND held.version = new.old_version"
    )
    constants = [each.get_db_prep_save(value, connection) for each, value in alike.items()]
    with connection.cursor() as cursor:
        cursor.execute(sql, [*constants, document])
        if cursor.rowcount != len(rows):
            raise RowMoved


def _insert(model: type[models.Model], rows: Sequence[models.Model]) -> None:
    """One statement that inserts all of `rows`, in their order."""
    quote = connection.ops.quote_name
    fields: dict[Any, list[Any]] = {
        each: [each.pre_save(row, add=True) for row in rows] for each in model._meta.concrete_fields
    }
    alike = {each: values[0] for each, values in fields.items() if _same(values)}
    table = {
        each.column: (str(each.db_type(connection)), values)
        for each, values in fields.items()
        if each not in alike
    }
    if not table:  # a single row
        model._default_manager.bulk_create(rows)
        return
    records, document = as_records(table)
    chosen = ["%s" if each in alike else f"new.{quote(each.column)}" for each in fields]
    names = ", ".join(quote(each.column) for each in fields)
    constants = [each.get_db_prep_save(value, connection) for each, value in alike.items()]
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {quote(model._meta.db_table)} ({names}) "  # noqa: S608
            f"SELECT {', '.join(chosen)} FROM {records}",
            [*constants, document],
        )


def as_records(table: Mapping[str, tuple[str, Sequence[Any]]]) -> tuple[str, str]:
    """Columns by name, each with its type and values, as rows `new` of a FROM clause with one
    parameter, a JSON document, and that document. The driver takes several times longer to write
    an array of text down than Python takes for all of the document."""
    quote = connection.ops.quote_name
    columns = ", ".join(f"{quote(name)} {kind}" for name, (kind, _) in table.items())
    rows = zip(*(values for _, values in table.values()), strict=True)
    document = json.dumps([dict(zip(table, row, strict=True)) for row in rows], default=_plain)
    return f"json_to_recordset(%s::json) AS new({columns})", document


def _plain(value: Any) -> str:
    """What JSON has no word for, as PostgreSQL reads it."""
    if isinstance(value, bytes | memoryview):
        return "\\x" + bytes(value).hex()
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _same(values: Sequence[Any]) -> bool:
    return all(each == values[0] for each in values)
