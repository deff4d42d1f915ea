""" "How we decided, in detail": the coarse inputs of a decision in words (D9)."""

from __future__ import annotations

from dataclasses import dataclass

from identity.actions.explaining import would_change
from identity.active_policy import active_policy
from identity.messages import has, say
from identity.models import Action
from identity.states import OPEN

SHOWN = ("risk", "availability", "trust", "mode")
"""The inputs that tell a person something; the rest is the nature of what was asked."""


@dataclass(frozen=True, slots=True)
class Detail:
    """One line of it."""

    label: str
    value: str


def details_of(action: Action) -> list[Detail]:
    """The rule, the policy's version, the inputs, and what would change the decision."""
    found = [
        Detail(say("detail.rule"), plain_rule(action.rule)),
        Detail(say("detail.policy"), say("detail.policy.number", number=str(action.policy_number))),
    ]
    for dimension in SHOWN:
        words = f"fact.{dimension}.{action.facts.get(dimension, '')}"
        if has(words):
            found.append(Detail(say(f"detail.{dimension}"), say(words)))
    changes = _changes(action)
    if changes:
        found.append(Detail(say("detail.change"), " ".join(changes)))
    return found


def plain_rule(rule: str) -> str:
    """A rule's id as words: `payout-out-of-reach` is "Payout out of reach"."""
    return rule.replace("-", " ").replace("_", " ").replace(".", " ").capitalize()


def _changes(action: Action) -> list[str]:
    if action.status not in OPEN or not action.facts:
        return []
    policy = active_policy()
    if policy.number != action.policy_number:
        return []
    return [each["text"] for each in would_change(action.facts, policy, action.outcome)]
