"""A decision with its reasons, against Cedar on the same sixty rules in the same process.

`value` and `anchor` are microseconds a decision, `ratio` is how many times Cedar's time ours is.
Cedar gets its best conditions: policies and entities parsed beforehand, requests built beforehand.
"""

from __future__ import annotations

from typing import Any

import cedarpy

from benchmarks.matrix import MatrixRule, compiled_matrix, situations, sixty_rules
from benchmarks.sample import Sample, interleave
from identity.policy.compiled import decide

NAME = "decide_vs_cedarpy"
GOAL = 100
UNIT = "x"

Answer = tuple[str, tuple[str, ...]]
"""The outcome and the reasons."""

SITUATIONS = 400
REPEATS = 50
"""How often a round goes through all situations with us: a single pass is too short to time."""


def measure() -> Sample:
    """Time both, after asserting that they say the same of every situation."""
    rules = sixty_rules()
    table = compiled_matrix(rules)
    facts = situations(SITUATIONS)
    requests = [_request(one.words()) for one in facts]
    policies = cedarpy.PolicySet.from_str("\n".join(map(_policy, rules)))
    entities = cedarpy.Entities.from_json_str("[]")
    by_policy = {f"policy{number}": rule for number, rule in enumerate(rules)}

    def ours() -> list[Answer]:
        found: list[Answer] = []
        for one in facts:
            decision = decide(one, table)
            found.append((decision.outcome, decision.reasons))
        return found

    def ours_often() -> None:
        for _ in range(REPEATS):
            ours()

    def cedar() -> list[Answer]:
        found: list[Answer] = []
        for request in requests:
            answer = cedarpy.is_authorized(request, policies, entities)
            rule = by_policy[answer.diagnostics.reasons[0]]
            found.append((rule.outcome, (rule.reason,)))
        return found

    if ours() != cedar():
        raise AssertionError("the two engines do not say the same")
    mine, theirs = interleave(ours_often, cedar)
    value = mine / (REPEATS * SITUATIONS) * 1e6
    anchor = theirs / SITUATIONS * 1e6
    return Sample(value=value, anchor=anchor, ratio=anchor / value)


def _policy(rule: MatrixRule) -> str:
    tests = " && ".join(f'context.{name} == "{word}"' for name, word in rule.when.items())
    return f"permit (principal, action, resource) when {{ {tests} }};"


def _request(words: dict[str, str]) -> dict[str, Any]:
    return {
        "principal": {"type": "User", "id": "someone"},
        "action": {"type": "Action", "id": "decide"},
        "resource": {"type": "Type", "id": "payout"},
        "context": words,
    }
