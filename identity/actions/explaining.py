"""`explain`: what a decision was based on, and the smallest changes that would alter it (D9)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from identity.active_policy import ActivePolicy
from identity.messages import say
from identity.policy.compiled import decide
from identity.policy.decision import Outcome
from identity.policy.facts import Facts

CHANGEABLE: Mapping[str, tuple[str, ...]] = {
    "availability": ("available",),
    "risk": ("green", "amber"),
    "trust": ("fresh",),
    "mode": ("normal",),
}
"""What can come to be otherwise by itself or by the person's doing; never the action's nature."""


def explain(
    facts: Mapping[str, str], reasons: list[str], policy: ActivePolicy, rule: str, outcome: str
) -> dict[str, Any]:
    """The explanation of the contract: coarse inputs, rule, reasons, and what would change it.

    Each change is looked up in the very table that decided, one fact at a time.
    """
    return {
        "inputs": dict(facts),
        "policy_version": policy.number,
        "rule": rule,
        "outcome": outcome,
        "reasons": [{"code": code, "text": say(f"reason.{code}")} for code in reasons],
        "would_change": would_change(facts, policy, outcome),
    }


def would_change(
    facts: Mapping[str, str], policy: ActivePolicy, outcome: str
) -> list[dict[str, str]]:
    """Single changes towards the better that lead to another outcome than `outcome`."""
    found: list[dict[str, str]] = []
    for dimension, words in CHANGEABLE.items():
        for word in words:
            if facts.get(dimension) == word:
                break
            other = decide(Facts.from_words({**facts, dimension: word}), policy.table)
            if other.outcome != Outcome(outcome):
                change = f"{dimension}.{word}"
                found.append(
                    {
                        "change": change,
                        "outcome": other.outcome.value,
                        "text": say(f"change.{change}"),
                    }
                )
                break
    return found
