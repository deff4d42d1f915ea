"""Gathered writes: what many rows become is worked out in memory and written a table at a time.

Rows that are held anyway need no statement each. What is collected is written at the end, or before
something is read that it may have changed: one UPDATE for all rows of a table that change the same
columns, one INSERT for all new rows of a table, all events in one call.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.contrib.postgres.fields import ArrayField
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
            model._default_manager.bulk_create(new)


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
    """One statement that compares and sets all of `rows`.

    A column that becomes the same everywhere is one parameter, any other an array of them.
    """
    fields = [model._meta.get_field(name) for name in columns]
    values = {each: [getattr(row.row, each.attname) for row in rows] for each in fields}
    varied = [each for each in fields if not _same(values[each])]
    if any(isinstance(each, ArrayField) for each in varied):
        for row in rows:  # an array of arrays is not a list of values to PostgreSQL
            _update(model, columns, [row])
        return
    key: Any = model._meta.pk
    arrays = [
        (_type(key), [row.row.pk for row in rows]),
        ("text", [row.status for row in rows]),
        ("integer", [row.version for row in rows]),
        ("text", [row.row.status for row in rows]),
        ("integer", [row.row.version for row in rows]),
        *((_type(each), _plain(each, values[each])) for each in varied),
    ]
    quote = connection.ops.quote_name
    names = [quote(f"v{number}") for number in range(len(arrays))]
    sets = [f"status = {names[3]}", f"version = {names[4]}"]
    sets += [
        f"{quote(each.column)} = new.{name}::{each.db_type(connection)}"
        for each, name in zip(varied, names[5:], strict=True)
    ]
    same = [each for each in fields if each not in varied]
    sets += [f"{quote(each.column)} = %s" for each in same]
    sql = (
        f"UPDATE {quote(model._meta.db_table)} AS row SET {', '.join(sets)} "  # noqa: S608
        f"FROM unnest({', '.join(f'%s::{kind}[]' for kind, _ in arrays)}) "
        f"AS new({', '.join(names)}) WHERE row.{quote(key.column)} = new.{names[0]} "
        f"AND row.status = new.{names[1]} AND row.version = new.{names[2]}"
    )
    constants = [each.get_db_prep_save(values[each][0], connection) for each in same]
    with connection.cursor() as cursor:
        cursor.execute(sql, [*constants, *(array for _, array in arrays)])
        if cursor.rowcount != len(rows):
            raise RowMoved


def _same(values: Sequence[Any]) -> bool:
    return all(each == values[0] for each in values)


def _type(each: Any) -> str:
    """What an array of the field's values is of: JSON goes as text."""
    return "text" if isinstance(each, models.JSONField) else str(each.db_type(connection))


def _plain(each: Any, values: Iterable[Any]) -> list[Any]:
    if isinstance(each, models.JSONField):
        return [None if value is None else json.dumps(value) for value in values]
    return [each.get_db_prep_save(value, connection) for value in values]
