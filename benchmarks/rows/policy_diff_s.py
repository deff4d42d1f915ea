"""Seconds to say what changes between two policies over the whole space, on one core.

The other policy is the shipped one with two facts changed in its rules, amber for red and any trust
for fresh, so that much of the space changes. The number of situations is printed.
"""

from __future__ import annotations

from statistics import median
from time import perf_counter

from benchmarks.matrix import SHIPPED
from benchmarks.sample import ROUNDS, Sample
from identity.policy.compiled import compile_policy
from identity.policy.difference import compare
from identity.policy.document import parse_policy

NAME = "policy_diff_s"
GOAL = 5
UNIT = "s"
BETTER = "less"


def measure() -> Sample:
    """Time it from two parsed documents, compiling included."""
    text = SHIPPED.read_text(encoding="utf-8")
    old = parse_policy(text)
    new = parse_policy(text.replace("risk: red", "risk: amber").replace("trust: fresh,", ""))
    spent = []
    for _ in range(ROUNDS):
        start = perf_counter()
        found = compare(compile_policy(old), compile_policy(new))
        spent.append(perf_counter() - start)
    changed = found.situations - found.same
    if not changed:
        raise AssertionError("the two policies do not differ")
    print(f"{NAME}: {changed:,} of {found.situations:,} situations change")
    return Sample(median(spent))
