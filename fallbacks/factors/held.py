"""What a person has: for the hot path of a request in one query, for the pages with names."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache

from config.lifecycle import fetch_planned
from fallbacks.factors.registry import Kept, Registered, all_registered, held_sql


@dataclass(frozen=True, slots=True)
class Held:
    """What a person has: the `names` of the factors that can be used now, and `marks`, one of
    each credential bound to them, which is another once it is replaced. A code that is spent
    changes no mark. No mark can be turned back into a secret."""

    names: frozenset[str]
    marks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Enrolled:
    """A factor that a person has. `left` counts what is left of one that runs out."""

    factor: str
    left: int | None = None


NOTHING = Held(frozenset(), ())

_HELD = """
SELECT who.id, way.factor, way.usable, way.mark FROM unnest(%(people)s::bigint[]) AS who (id)
CROSS JOIN LATERAL ({held}) AS way (factor, usable, mark)
"""


@cache
def _held_sql(one_person: str) -> str:
    return _HELD.format(held=one_person.replace("%(who)s", "who.id"))


def held_by(user_ids: Collection[int]) -> Mapping[int, Held]:
    """What each of these people has, also who has nothing. One query, however many they are."""
    rows: dict[int, list[tuple[str, bool, str]]] = {user_id: [] for user_id in user_ids}
    for user_id, *row in fetch_planned(_held_sql(held_sql()), {"people": list(rows)}):
        rows[user_id].append(tuple(row))
    return {user_id: _held(found) if found else NOTHING for user_id, found in rows.items()}


def _held(rows: list[tuple[str, bool, str]]) -> Held:
    return Held(
        names=frozenset(factor for factor, usable, _ in rows if usable),
        marks=tuple(sorted(f"{factor}:{mark}" for factor, _, mark in rows)),
    )


def held(user_id: int) -> Held:
    """What a person has, in one query: for the hot path of a request."""
    return held_by([user_id])[user_id]


def enrolled_names(user_id: int) -> frozenset[str]:
    """The names of the factors that a person can use now. One query."""
    return held(user_id).names


def kept(user_id: int) -> list[Kept]:
    """Every credential of a person, best factor first. One query for each factor."""
    return [each for entry in all_registered() for each in entry.kept(user_id)]


def enrolled(user_id: int) -> list[Enrolled]:
    """The factors of a person that can be used now, best first, each once. One query, and one
    for each that runs out, however many factors there are."""
    names = held(user_id).names
    return [
        Enrolled(entry.factor, left=_left(entry, user_id) if entry.runs_out else None)
        for entry in all_registered()
        if entry.factor in names
    ]


def _left(entry: Registered, user_id: int) -> int:
    return sum(each.left or 0 for each in entry.kept(user_id))
