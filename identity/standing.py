"""What everybody's ways to confirm hang on, before anything breaks (F3).

Counted over what people have set up, as sets of factors with how many people have each, and over
every answer of the active policy. Nobody is named.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import product

from config.lifecycle import fetch
from fallbacks.factors import FACTORS
from fallbacks.factors.dependencies import all_needs
from fallbacks.factors.registry import held_sql
from fallbacks.independence import Point, circles, single_points
from identity.active_policy import active_policy
from identity.models import ActionType
from identity.policy import facts as f
from identity.policy.compiled import CompiledPolicy, decide
from identity.policy.decision import ASKS_FOR_PROOF, Outcome

_POPULATIONS = """
SELECT names, count(*) FROM (
    SELECT coalesce(array_agg(DISTINCT way.factor::text) FILTER (WHERE way.usable), '{{}}') AS names
    FROM identity_user everybody
    LEFT JOIN LATERAL ({held}) AS way (factor, usable, mark) ON true
    WHERE everybody.is_active GROUP BY everybody.id
) AS each GROUP BY names ORDER BY count(*) DESC, names
"""


@dataclass(frozen=True, slots=True)
class Population:
    """How many people have exactly these factors, usable now."""

    factors: frozenset[str]
    people: int


@dataclass(frozen=True, slots=True)
class Accepted:
    """What the policy ever takes for a type: at all, and where the usual way is uncertain."""

    ways: frozenset[str]
    fallbacks: frozenset[str]


@dataclass(frozen=True, slots=True)
class Finding:
    """People whose `ways` for the `types` all hang on each of the `points`. Without `points`,
    policy takes nothing that they have as a fallback there."""

    population: Population
    types: tuple[str, ...]
    ways: tuple[str, ...]
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Standing:
    """What was found: single points, people without any fallback, and rings of dependencies."""

    hanging: tuple[Finding, ...]
    helpless: tuple[Finding, ...]
    rings: tuple[tuple[str, ...], ...]
    policy_number: int

    @property
    def holds(self) -> bool:
        """Nothing was found."""
        return not (self.hanging or self.helpless or self.rings)


def populations() -> list[Population]:
    """Every set of factors that active people have, the most frequent first. One query."""
    # The query over one person's factors, with the outer row in the place of the person.
    held = held_sql() % {"who": "everybody.id"}
    rows = fetch(_POPULATIONS.format(held=held))
    return [Population(frozenset(names), people) for names, people in rows]


def accepted(kind: ActionType, table: CompiledPolicy) -> Accepted | None:
    """What the policy takes for `kind` over all situations; None where it never asks."""
    fixed = {
        "sensitivity": f.Sensitivity.of(kind.sensitivity),
        "reversibility": f.Reversibility.of(kind.reversibility),
        "fraud_cost": f.FraudCost.of(kind.fraud_cost),
        "time_sensitivity": f.TimeSensitivity.of(kind.time_sensitivity),
        "reach": f.Reach.of(kind.reach),
    }
    if not kind.value_rule:
        fixed["value"] = f.Value.NONE
    free = {name: tuple(enum) for name, enum in f.DIMENSIONS.items() if name not in fixed}
    ways: set[str] = set()
    fallbacks: set[str] = set()
    asked = other = False
    for values in product(*free.values()):
        facts = f.Facts(**fixed, **dict(zip(free, values, strict=True)))  # type: ignore[arg-type]
        decision = decide(facts, table)
        if decision.outcome not in ASKS_FOR_PROOF:
            continue
        asked = True
        ways |= decision.obligations.permitted_factors
        if (facts.availability, decision.outcome) == (f.Availability.DEGRADED, Outcome.FALLBACK):
            other = True
            fallbacks |= decision.obligations.permitted_factors
    if not asked:
        return None
    return Accepted(frozenset(ways), frozenset(fallbacks if other else ways))


def standing() -> Standing:
    """Look at everybody and every type. Four queries, however many people there are."""
    policy = active_policy()
    types = {kind.pk: accepted(kind, policy.table) for kind in ActionType.objects.order_by("name")}
    asked = {name: found for name, found in types.items() if found is not None}
    hanging: list[Finding] = []
    helpless: list[Finding] = []
    for population in populations():
        hanging += _hanging(population, asked)
        helpless += _helpless(population, asked)
    return Standing(tuple(hanging), tuple(helpless), circles(all_needs()), policy.number)


def _hanging(population: Population, asked: Mapping[str, Accepted]) -> Iterable[Finding]:
    for ways, names in _together(
        (population.factors & found.ways, name) for name, found in asked.items()
    ):
        points = single_points([FACTORS[way] for way in ways], all_needs())
        if points:
            yield Finding(population, names, ways, points)


def _helpless(population: Population, asked: Mapping[str, Accepted]) -> Iterable[Finding]:
    lost = tuple(name for name, found in asked.items() if not population.factors & found.fallbacks)
    if lost:
        ways = {way for name in lost for way in population.factors & asked[name].ways}
        yield Finding(population, lost, _ordered(ways), ())


def _together(
    pairs: Iterable[tuple[frozenset[str], str]],
) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    """The types that take the same ways of these people, told once."""
    found: dict[tuple[str, ...], list[str]] = {}
    for ways, name in pairs:
        found.setdefault(_ordered(ways), []).append(name)
    return [(ways, tuple(names)) for ways, names in found.items()]


def _ordered(ways: Iterable[str]) -> tuple[str, ...]:
    wanted = set(ways)
    return tuple(name for name in FACTORS if name in wanted)
