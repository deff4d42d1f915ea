"""Where in the space a set of situations lies, in the words of the facts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import prod

from identity.policy.facts import DIMENSIONS, Coarse, Facts


def _steps() -> dict[str, int]:
    sizes = [len(members) for members in DIMENSIONS.values()]
    return {name: prod(sizes[place + 1 :]) for place, name in enumerate(DIMENSIONS)}


STEPS: Mapping[str, int] = _steps()
"""How far apart in the table two situations lie that differ by one step of a fact."""


def value_at(index: int, name: str) -> int:
    """The value of the fact `name` in the situation at `index`, 0 for the best."""
    return index // STEPS[name] % len(DIMENSIONS[name])


def facts_at(index: int) -> Facts:
    """The situation at `index`; the inverse of `Facts.index`."""
    values: dict[str, Coarse] = {
        name: members(value_at(index, name)) for name, members in DIMENSIONS.items()
    }
    return Facts(**values)  # type: ignore[arg-type]


def region(indices: Iterable[int]) -> dict[str, tuple[str, ...]]:
    """The values of each fact that occur among the situations, best first.

    A fact of which every value occurs is left out: it makes no difference. What comes out is the
    smallest box around the situations; not everything in the box need be one of them.
    """
    listed = list(indices)
    found: dict[str, tuple[str, ...]] = {}
    for name, members in DIMENSIONS.items():
        step, radix = STEPS[name], len(members)
        seen = {index // step % radix for index in listed}
        if len(seen) < radix:
            found[name] = tuple(members(value).word for value in sorted(seen))
    return found
