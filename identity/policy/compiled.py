"""The compiled policy: one decision for every situation there is, so that deciding is a look-up."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from identity.policy.decision import Decision
from identity.policy.document import DEFAULT_ID, Policy, Rule
from identity.policy.facts import DIMENSIONS, SPACE_SIZE, Coarse, Facts
from identity.policy.region import STEPS


@dataclass(frozen=True, slots=True)
class CompiledPolicy:
    """A total table over the space. Situations of one rule share one Decision object."""

    version_name: str
    table: tuple[Decision, ...]
    rule_ids: tuple[str, ...]

    def unreachable_rules(self) -> tuple[str, ...]:
        """The rules that decide nothing, because those above them catch everything first."""
        reached = {decision.rule_id for decision in self.table}
        return tuple(rule_id for rule_id in self.rule_ids if rule_id not in reached)

    def unforeseen(self) -> int:
        """How many situations no rule foresaw; the default blocks them."""
        return sum(decision.rule_id == DEFAULT_ID for decision in self.table)


def decide(facts: Facts, compiled: CompiledPolicy) -> Decision:
    """The decision for `facts`. Total: there is one for every situation."""
    return compiled.table[facts.index]


def compile_policy(policy: Policy) -> CompiledPolicy:
    """The table of `policy`: filled from the last rule to the first, so that the first wins."""
    table = [_decision(policy.default)] * SPACE_SIZE
    for rule in reversed(policy.rules):
        decision = _decision(rule)
        for place in _places(rule.when):
            table[place] = decision
    return CompiledPolicy(
        version_name=policy.version_name,
        table=tuple(table),
        rule_ids=tuple(rule.id for rule in policy.rules),
    )


NATURE = ("sensitivity", "reversibility", "fraud_cost", "time_sensitivity", "value", "reach")
"""The facts that an action has by its nature: the heaviest of the radix, so that the situations of
one kind of action lie side by side."""
_KINDS = math.prod(len(DIMENSIONS[name]) for name in NATURE)
_EACH = SPACE_SIZE // _KINDS


def kind_of(facts: Facts) -> int:
    """The number of the kind of action that the situation is about."""
    return facts.index // _EACH


def kinds_moved_by(compiled: CompiledPolicy, name: str) -> frozenset[int]:
    """The kinds of action about which the policy says something else in some situation, where
    the fact `name` has another value."""
    step, radix = STEPS[name], len(DIMENSIONS[name])
    table = compiled.table
    return frozenset(
        place // _EACH
        for place, decision in enumerate(table)
        if place // step % radix and table[place - step] is not decision
    )


def _decision(rule: Rule) -> Decision:
    return Decision(rule.outcome, rule.obligations, rule.because, rule.id)


def _places(when: Mapping[str, tuple[Coarse, ...]]) -> list[int]:
    """The index of every situation that `when` is about."""
    places = [0]
    for name, members in DIMENSIONS.items():
        chosen = [int(member) for member in when.get(name, tuple(members))]
        radix = len(members)
        places = [place * radix + value for place in places for value in chosen]
    return places
