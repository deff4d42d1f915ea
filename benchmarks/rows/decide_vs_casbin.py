"""A decision with its reasons, against Casbin on the same sixty rules in the same process.

`value` and `anchor` are microseconds a decision, `ratio` is how many times Casbin's time ours is.
Casbin gets good conditions: model and rules loaded beforehand, requests built beforehand, its log
switched off, and matching that ends at the first rule that fits (its effect `priority`), as ours
does. A fact that a rule does not name is `*` in it.
"""

from __future__ import annotations

import logging

import casbin

from benchmarks.matrix import STAKES, MatrixRule, compiled_matrix, situations, sixty_rules
from benchmarks.sample import Sample, interleave
from identity.policy.compiled import decide

NAME = "decide_vs_casbin"
GOAL = 100
UNIT = "x"

Answer = tuple[str, tuple[str, ...]]
"""The outcome and the reasons."""

SITUATIONS = 400
REPEATS = 50
"""How often a round goes through all situations with us: a single pass is too short to time."""
NAMED = sorted({"availability", "risk", *(name for words in STAKES.values() for name in words)})
"""The facts that the sixty rules are about."""


def measure() -> Sample:
    """Time both, after asserting that they say the same of every situation."""
    rules = sixty_rules()
    table = compiled_matrix(rules)
    facts = situations(SITUATIONS)
    requests = [tuple(one.words()[name] for name in NAMED) for one in facts]
    enforcer = _enforcer(rules)

    def ours() -> list[Answer]:
        found: list[Answer] = []
        for one in facts:
            decision = decide(one, table)
            found.append((decision.outcome, decision.reasons))
        return found

    def ours_often() -> None:
        for _ in range(REPEATS):
            ours()

    def theirs() -> list[Answer]:
        found: list[Answer] = []
        for request in requests:
            _, rule = enforcer.enforce_ex(*request)
            found.append((rule[-3], (rule[-2],)))
        return found

    if ours() != theirs():
        raise AssertionError("the two engines do not say the same")
    mine, others = interleave(ours_often, theirs)
    value = mine / (REPEATS * SITUATIONS) * 1e6
    anchor = others / SITUATIONS * 1e6
    return Sample(value=value, anchor=anchor, ratio=anchor / value)


def _enforcer(rules: list[MatrixRule]) -> casbin.Enforcer:
    logging.getLogger("casbin").setLevel(logging.CRITICAL)
    model = casbin.Model()
    model.add_def("r", "r", ", ".join(NAMED))
    model.add_def("p", "p", f"{', '.join(NAMED)}, outcome, reason, eft")
    model.add_def("e", "e", "priority(p.eft) || deny")
    tests = (f"(p.{name} == '*' || r.{name} == p.{name})" for name in NAMED)
    model.add_def("m", "m", " && ".join(tests))
    enforcer = casbin.Enforcer(model)
    for rule in rules:
        words = [rule.when.get(name, "*") for name in NAMED]
        enforcer.add_policy(*words, str(rule.outcome), rule.reason, "allow")
    return enforcer
