"""The proof: every guardrail computed over every situation of a policy, none sampled."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from identity.policy.compiled import compile_policy
from identity.policy.decision import Decision, Outcome
from identity.policy.document import Policy
from identity.policy.facts import SPACE_SIZE, Sensitivity, all_facts
from identity.policy.guardrails.alone import ALONE
from identity.policy.guardrails.between import BETWEEN
from identity.policy.guardrails.named import GUARDRAILS, Guardrail
from identity.policy.offline import holds_high
from identity.policy.region import facts_at, region, value_at


@dataclass(frozen=True, slots=True)
class Violation:
    """One way in which one rule breaks a guardrail, with the first situation it does so in."""

    guardrail: Guardrail
    sentence: str
    """The catalogue's id of how; `identity.messages.policy_words` says it with its facts."""
    rule_id: str
    line: int
    """Where the rule stands in the document, counted from 1."""
    outcome: Outcome
    facts: Mapping[str, str]
    """The first of the situations, every fact by its word."""
    where: Mapping[str, tuple[str, ...]]
    """What the situations have in common: see `region`."""
    count: int
    """In how many situations."""
    against: str = ""
    """The rule of the situation that the first one is held against, where there is one."""
    against_facts: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Proof:
    """What the computation found."""

    situations: int
    violations: tuple[Violation, ...]
    unreachable: tuple[str, ...]
    """Rules that decide nothing, because those above them catch everything first."""
    unforeseen: int
    """Situations that only the default catches; it blocks them."""

    @property
    def holds(self) -> bool:
        """Whether no guardrail is broken."""
        return not self.violations

    @property
    def broken(self) -> tuple[Guardrail, ...]:
        """The guardrails that are broken, in the order of D4."""
        found = {violation.guardrail.id for violation in self.violations}
        return tuple(guardrail for guardrail in GUARDRAILS.values() if guardrail.id in found)

    @property
    def proved(self) -> tuple[Guardrail, ...]:
        """The guardrails that hold in every situation."""
        return tuple(guardrail for guardrail in GUARDRAILS.values() if guardrail not in self.broken)


class GuardrailBroken(Exception):
    """A policy that breaks a guardrail; `proof` says which, where and by which rule."""

    def __init__(self, proof: Proof) -> None:
        self.proof = proof
        found = ", ".join(f"{guardrail.id} {guardrail.name}" for guardrail in proof.broken)
        super().__init__(f"The policy breaks {found}.")


Finding = tuple[str, str, int, int | None]
"""Guardrail, sentence, place of the situation, place of the one it is held against."""


def prove(policy: Policy) -> Proof:
    """Every guardrail over all `SPACE_SIZE` situations of `policy`.

    Total: it finds, and raises nothing. Violations are grouped by guardrail, sentence and rule,
    in the order of D4 and of the document.
    """
    compiled = compile_policy(policy)
    table = compiled.table
    found: dict[tuple[str, str, str], list[tuple[int, int | None]]] = {}
    for guardrail, sentence, place, other in (*_alone(policy, table), *_between(table)):
        group = (guardrail, sentence, table[place].rule_id)
        found.setdefault(group, []).append((place, other))
    lines = {rule.id: rule.line for rule in (*policy.rules, policy.default)}
    order = {name: number for number, name in enumerate(GUARDRAILS)}
    violations = [
        _violation(group, places, table, lines[group[2]]) for group, places in found.items()
    ]
    violations += _offline(policy, table)
    violations.sort(key=lambda one: (order[one.guardrail.id], one.line, one.sentence))
    return Proof(
        situations=SPACE_SIZE,
        violations=tuple(violations),
        unreachable=compiled.unreachable_rules(),
        unforeseen=compiled.unforeseen(),
    )


def _alone(policy: Policy, table: tuple[Decision, ...]) -> Iterator[Finding]:
    trust = policy.trust
    for place, facts in enumerate(all_facts()):
        decision = table[place]
        for guardrail, check in ALONE:
            for sentence in check(facts, decision, trust):
                yield guardrail, sentence, place, None


def _between(table: tuple[Decision, ...]) -> Iterator[Finding]:
    for guardrail, check in BETWEEN:
        for sentence, place, other in check(table):
            yield guardrail, sentence, place, other


def _offline(policy: Policy, table: tuple[Decision, ...]) -> Iterator[Violation]:
    """g9: a pass that works without network never holds what is of high sensitivity."""
    for name in holds_high(policy.offline):
        high: list[tuple[int, int | None]] = [
            (place, None)
            for place in range(SPACE_SIZE)
            if value_at(place, "sensitivity") == Sensitivity.HIGH
        ]
        group = ("g9", "guardrail.g9.holds_high", f"offline.{name}")
        yield _violation(group, high, table, policy.offline[name].line)


def _violation(
    group: tuple[str, str, str],
    places: list[tuple[int, int | None]],
    table: tuple[Decision, ...],
    line: int,
) -> Violation:
    guardrail, sentence, rule_id = group
    first, other = places[0]
    distinct = {place for place, _ in places}
    return Violation(
        guardrail=GUARDRAILS[guardrail],
        sentence=sentence,
        rule_id=rule_id,
        line=line,
        outcome=table[first].outcome,
        facts=facts_at(first).words(),
        where=region(distinct),
        count=len(distinct),
        against="" if other is None else table[other].rule_id,
        against_facts=None if other is None else facts_at(other).words(),
    )
