"""`explain`: what a decision was based on, and the smallest changes that would alter it (D9)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from identity.active_policy import ActivePolicy
from identity.messages import has, say
from identity.policy.counterfactual import Counterfactual, counterfactuals, lowered_by, points_of
from identity.policy.facts import Facts


def explain(
    facts: Mapping[str, str],
    reasons: list[str],
    number: int,
    policy: ActivePolicy | None,
    rule: str,
    outcome: str,
    factors: frozenset[str],
) -> dict[str, Any]:
    """The explanation of the contract: coarse inputs, rule, reasons, and what would change it.

    `policy` is version `number`; None where this release cannot read it: what would change it is
    not known then, and nothing is promised. `factors` are the names of those the person has.
    """
    return {
        "inputs": dict(facts),
        "policy_version": number,
        "rule": rule,
        "outcome": outcome,
        "reasons": [{"code": code, "text": say(f"reason.{code}")} for code in reasons],
        "would_change": would_change(facts, reasons, policy, factors) if policy else [],
    }


def would_change(
    facts: Mapping[str, str], reasons: Iterable[str], policy: ActivePolicy, factors: frozenset[str]
) -> list[dict[str, str]]:
    """The fewest changes that lead to a better outcome, best first: see `counterfactuals`.

    `reasons` are those recorded with the decision; by them it is known what the risk came from.
    """
    here, document = Facts.from_words(facts), policy.document
    points = points_of(reasons, here.risk, document.risk)
    found = counterfactuals(
        here, policy.table, document.trust, lowered_by(points, document.risk), factors
    )
    return [
        {"change": one.code, "outcome": one.decision.outcome.value, "text": _sentence(one, here)}
        for one in found
    ]


def _sentence(one: Counterfactual, here: Facts) -> str:
    conditions = _listed(list(_conditions(one, here)), "change.and")
    outcome = say(f"change.then.{one.decision.outcome.value}")
    return say(
        "change.sentence",
        conditions=conditions[0].upper() + conditions[1:],
        outcome=outcome,
    )


def _conditions(one: Counterfactual, here: Facts) -> Iterator[str]:
    for name, _ in one.changes:
        if name == "risk":
            yield from (say(f"change.if.risk.{sign}") for sign in one.signs)
        elif name == "trust":
            ways = [say(f"way.{factor}.inline") for factor in one.factors]
            yield say("change.if.trust", ways=_listed(ways, "change.or"))
        else:
            closer = f"change.if.{name}.{getattr(here, name).word}"
            yield say(closer if has(closer) else f"change.if.{name}")


def _listed(words: list[str], joined_by: str) -> str:
    """“a, b and c”."""
    *most, last = words
    return say(joined_by).join([", ".join(most), last]) if most else last
