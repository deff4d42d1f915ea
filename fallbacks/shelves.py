"""The open rows of actions: in a batch read at once, and kept up to date in memory."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from typing import Any, Generic, TypeVar

from django.db import models

from config.lifecycle import write_gathered
from config.lifecycle.gathering import gathering

Row = TypeVar("Row", bound=models.Model)


class Shelf(Generic[Row]):
    """Rows of `model` in one of `states`, by their action. `name` is the shelf's in a batch."""

    def __init__(self, name: str, model: type[Row], states: Collection[str]) -> None:
        self.name = name
        self.model = model
        self.states = tuple(states)

    def lay_out(self, action_ids: Collection[uuid.UUID]) -> None:
        """Read those of a batch at once, where writes are gathered."""
        batch = gathering()
        if batch is not None:
            write_gathered()
            shelf = batch.shelf(self.name)
            shelf.update({action_id: [] for action_id in action_ids})
            for row in self._read(action_ids):
                shelf[row.action_id].append(row)

    def of(self, action_id: uuid.UUID) -> list[Row]:
        """The action's rows; in a batch those of the shelf, some closed by now."""
        batch = gathering()
        if batch is None:
            return list(self._read([action_id]))
        if action_id not in batch.shelf(self.name):
            self.lay_out([action_id])
        found: list[Row] = batch.shelf(self.name)[action_id]
        return found

    def put(self, action_id: uuid.UUID, row: Row) -> None:
        """Note a row that was opened in the batch; nothing where writes are not gathered."""
        if gathering() is not None:
            self.of(action_id).append(row)

    def _read(self, action_ids: Collection[uuid.UUID]) -> Any:
        return self.model._default_manager.filter(action_id__in=action_ids, status__in=self.states)
