"""Seconds to prove every guardrail of the shipped policy over the whole space, on one core.

There is nothing to hold it against but the goal; the number of situations is printed, since a
smaller space would be no faster proof.
"""

from __future__ import annotations

from statistics import median
from time import perf_counter

from benchmarks.matrix import SHIPPED
from benchmarks.sample import ROUNDS, Sample
from identity.policy.document import parse_policy
from identity.policy.guardrails import prove

NAME = "policy_proof_s"
GOAL = 5
UNIT = "s"
BETTER = "less"


def measure() -> Sample:
    """Time it from the parsed document, compiling included. Asserts that it holds."""
    policy = parse_policy(SHIPPED.read_text(encoding="utf-8"))
    spent = []
    for _ in range(ROUNDS):
        start = perf_counter()
        proof = prove(policy)
        spent.append(perf_counter() - start)
        if not proof.holds:
            raise AssertionError("the shipped policy breaks a guardrail")
    print(f"{NAME}: {len(proof.proved)} guardrails over {proof.situations:,} situations")
    return Sample(median(spent))
