"""Which rule will catch an action type: what staff are told before they let applications use it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import product

from identity.models import ActionType
from identity.policy import facts as f
from identity.policy.compiled import CompiledPolicy, decide
from identity.policy.decision import Outcome


@dataclass(frozen=True, slots=True)
class Caught:
    """One answer of the policy about a type, and in which situations it is given: words of
    availability, risk band and value band."""

    availability: str
    risks: tuple[str, ...]
    values: tuple[str, ...]
    outcome: Outcome
    rule: str


def caught_by(kind: ActionType, table: CompiledPolicy) -> list[Caught]:
    """What the policy says of `kind` in normal mode, without earlier proof: the ordinary case.

    One entry for each availability and rule, best availability first.
    """
    values = tuple(f.Value)[1:] if kind.value_rule else (f.Value.NONE,)
    found: list[Caught] = []
    for availability in f.Availability:
        by_rule: dict[str, list[tuple[f.Risk, f.Value]]] = {}
        outcomes: dict[str, Outcome] = {}
        for risk, value in product(f.Risk, values):
            decision = decide(_facts(kind, availability, risk, value), table)
            by_rule.setdefault(decision.rule_id, []).append((risk, value))
            outcomes[decision.rule_id] = decision.outcome
        found += [
            Caught(
                availability.word,
                _words(risk for risk, _ in pairs),
                _words(value for _, value in pairs) if kind.value_rule else (),
                outcomes[rule],
                rule,
            )
            for rule, pairs in by_rule.items()
        ]
    return found


def _words(members: Iterable[f.Coarse]) -> tuple[str, ...]:
    return tuple(member.word for member in sorted(set(members)))


def _facts(kind: ActionType, availability: f.Availability, risk: f.Risk, value: f.Value) -> f.Facts:
    return f.Facts(
        sensitivity=f.Sensitivity.of(kind.sensitivity),
        reversibility=f.Reversibility.of(kind.reversibility),
        fraud_cost=f.FraudCost.of(kind.fraud_cost),
        time_sensitivity=f.TimeSensitivity.of(kind.time_sensitivity),
        value=value,
        reach=f.Reach.of(kind.reach),
        availability=availability,
        risk=risk,
        trust=f.Trust.NONE,
        mode=f.Mode.NORMAL,
    )


@dataclass(frozen=True, slots=True)
class Afterwards:
    """What a consent to a type leads to, over all situations: for how long it may be confirmed
    (seconds), and what silence leads to (`reverse`, `escalate`)."""

    within: frozenset[int]
    on_silence: frozenset[str]


def afterwards(kind: ActionType, table: CompiledPolicy) -> Afterwards | None:
    """What consent to `kind` would lead to in normal mode; None where no rule asks for it."""
    values = tuple(f.Value)[1:] if kind.value_rule else (f.Value.NONE,)
    within: set[int] = set()
    silence: set[str] = set()
    for availability, risk, value in product(f.Availability, f.Risk, values):
        agreed = replace(_facts(kind, availability, risk, value), consent=f.Consent.GIVEN)
        for trust in f.Trust:
            decision = decide(replace(agreed, trust=trust), table)
            if decision.outcome is Outcome.PROCEED_THEN_CONFIRM:
                within.add(decision.obligations.confirm_within)
                silence.add(decision.obligations.on_silence)
    return Afterwards(frozenset(within), frozenset(silence)) if within else None
