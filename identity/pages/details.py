"""Why it was decided so, in plain words; and in detail, with the coarse inputs (D9)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from fallbacks.factors import enrolled_names
from identity.actions.explaining import would_change
from identity.actions.waiting_in_words import plain_rule
from identity.active_policy import active_policy
from identity.messages import has, say
from identity.models import Action
from identity.pages.ways import ShownWay
from identity.states import OPEN

SHOWN = ("risk", "availability", "trust", "mode")
"""The inputs that tell a person something; the rest is the nature of what was asked."""


TOLD_AS = {
    "device_unknown": "origin_unknown",
    "network_unknown": "origin_unknown",
    "geography_unknown": "origin_unknown",
    "hour_unknown": "origin_unknown",
    "anomalies_recent": "anomaly",
}
"""Reasons that one sentence tells together."""
NOT_WHY = re.compile("reading_goes_on|transaction_.*")
"""Reasons that the page tells in other words."""


def why_of(action: Action) -> list[str]:
    """Why it was decided so, a sentence each, none of them twice."""
    codes = (TOLD_AS.get(code, code) for code in action.reasons if not NOT_WHY.fullmatch(code))
    return [say(f"reason.{code}") for code in dict.fromkeys(codes)]


@dataclass(frozen=True, slots=True)
class Detail:
    """One line of it."""

    label: str
    value: str


def details_of(action: Action) -> list[Detail]:
    """The rule, the policy's version, and the inputs."""
    found = [
        Detail(say("detail.rule"), plain_rule(action.rule)),
        Detail(say("detail.policy"), say("detail.policy.number", number=str(action.policy_number))),
    ]
    for dimension in SHOWN:
        words = f"fact.{dimension}.{action.facts.get(dimension, '')}"
        if has(words):
            found.append(Detail(say(f"detail.{dimension}"), say(words)))
    return found


def changes_of(action: Action, ways: Iterable[ShownWay] = ()) -> list[str]:
    """What would change the decision of an open request, a sentence each, the easiest first.

    `ways` are all that the person has, where they are known already.
    """
    if action.status not in OPEN or not action.facts:
        return []
    policy = active_policy()
    if policy.number != action.policy_number:
        return []
    names = frozenset(way.factor for way in ways) or enrolled_names(action.subject_id)
    found = would_change(action.facts, action.reasons, policy, names)
    return [each["text"] for each in found]
