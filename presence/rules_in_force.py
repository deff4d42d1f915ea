"""The presence rules in force: written when a policy comes into force, read by what derives."""

from __future__ import annotations

import json
from functools import lru_cache

from config.lifecycle import fetch
from presence.models import RulesInForce
from presence.rules import NO_RULES, PresenceRules


def put_rules(policy_number: int, rules: PresenceRules) -> None:
    """Let `rules` count from now on, in the caller's transaction: they change with their policy
    or not at all. What was concluded before stands until it is next looked at."""
    RulesInForce.objects.update_or_create(
        pk=1, defaults={"policy_number": policy_number, "rules": rules.to_json()}
    )


def rules_in_force() -> PresenceRules:
    """The rules of the policy in force; `NO_RULES` before there is one. One query."""
    rows = fetch("SELECT rules::text FROM presence_rulesinforce WHERE id = 1")
    return rules_from(rows[0][0]) if rows else NO_RULES


@lru_cache(maxsize=8)
def rules_from(text: str) -> PresenceRules:
    """The rules of the row's JSON `text`; worked out once for each text in each process."""
    return PresenceRules.from_json(json.loads(text))
