"""The rows there are: every module of `benchmarks.rows`, in the order of their names."""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Literal

from benchmarks import rows
from benchmarks.sample import Sample


class UnknownRow(Exception):
    """Somebody asked for a row that does not exist."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row. `unit` is that of the goal."""

    name: str
    goal: float
    unit: str
    better: Literal["more", "less"]
    measure: Callable[[], Sample]

    def met_by(self, sample: Sample) -> bool:
        """Whether `sample` reaches the goal."""
        if self.better == "less":
            return sample.figure <= self.goal
        return sample.figure >= self.goal


def discover() -> Mapping[str, Row]:
    """Every row by its name. Raises ValueError when two modules claim one name."""
    found: dict[str, Row] = {}
    for info in pkgutil.iter_modules(rows.__path__, f"{rows.__name__}."):
        module = import_module(info.name)
        row = Row(
            name=module.NAME,
            goal=module.GOAL,
            unit=module.UNIT,
            better=getattr(module, "BETTER", "more"),
            measure=module.measure,
        )
        if row.name in found:
            raise ValueError(f"two rows are named {row.name}")
        found[row.name] = row
    return found


def chosen(found: Mapping[str, Row], wanted: Collection[str]) -> list[Row]:
    """The `wanted` rows (all of them if none is named). Raises UnknownRow with its name."""
    for name in wanted:
        if name not in found:
            raise UnknownRow(name)
    return [row for row in found.values() if not wanted or row.name in wanted]
