"""Rows of our models by plain SQL: for the few that every request reads.

Putting such a query together anew with the ORM costs several times what the database takes to
answer it; the instances are the ORM's own all the same, with what was not read deferred.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connection, models

M = TypeVar("M", bound=models.Model)


class Columns(Generic[M]):
    """Columns of a table in a query, and the instance that a row of their values makes."""

    def __init__(self, model: type[M], alias: str, names: Collection[str] = ()) -> None:
        """Those of the fields `names`, all of them for none; the table goes by `alias`."""
        fields: list[Any] = [
            field
            for field in model._meta.concrete_fields
            if not names or field.name in names or field.primary_key
        ]
        self.model = model
        self.sql = ", ".join(f'{alias}."{field.column}"' for field in fields)
        self._names = [field.attname for field in fields]
        self._key = self._names.index(model._meta.pk.attname)
        self._loaded = [
            (place, field.from_db_value)
            for place, field in enumerate(fields)
            if hasattr(field, "from_db_value")
        ]

    def __len__(self) -> int:
        """How many values of a row are theirs."""
        return len(self._names)

    def found_in(self, values: Sequence[Any]) -> M | None:
        """The instance of these values; None where an outer join found no row."""
        return None if values[self._key] is None else self.made_of(values)

    def made_of(self, values: Sequence[Any]) -> M:
        """The instance of these values."""
        read = list(values)
        for place, load in self._loaded:
            read[place] = load(read[place], None, connection)
        return self.model.from_db(DEFAULT_DB_ALIAS, self._names, read)
