"""How even a decision is: the 99th percentile of its latency over the median, over the whole space.

One decision is shorter than the clock can tell apart, so the latency of a situation is that of 20
decisions of it in a row, divided by 20. Every situation there is is timed so in every round, in a
shuffled order, and the median of its rounds is its latency: one that is slow to decide is slow
each time, while another process is not. `value` is p99 and `anchor` p50 in microseconds a decision;
both come from the same timings, so there is nothing to take in turns.
"""

from __future__ import annotations

import gc
import random
from statistics import median
from time import perf_counter_ns

from benchmarks.matrix import SHIPPED
from benchmarks.sample import ROUNDS, Sample
from identity.policy.compiled import compile_policy, decide
from identity.policy.document import parse_policy
from identity.policy.facts import all_facts

NAME = "decide_p99_vs_p50"
GOAL = 3
UNIT = "x"
BETTER = "less"

REPEATS = 20


def measure() -> Sample:
    """Decide every situation with the shipped policy."""
    table = compile_policy(parse_policy(SHIPPED.read_text(encoding="utf-8")))
    facts = list(all_facts())
    random.Random(20).shuffle(facts)
    spent: list[list[int]] = [[] for _ in facts]
    collecting = gc.isenabled()
    gc.disable()  # a decision makes no garbage; it need not pay for that of others
    try:
        for _ in range(ROUNDS):
            for one, times in zip(facts, spent, strict=True):
                start = perf_counter_ns()
                for _ in range(REPEATS):
                    decision = decide(one, table)
                    decision.outcome, decision.reasons  # noqa: B018 (what an answer is made of)
                times.append(perf_counter_ns() - start)
    finally:
        if collecting:
            gc.enable()
    latencies = sorted(median(times) / REPEATS / 1000 for times in spent)
    p50, p99 = latencies[len(latencies) // 2], latencies[len(latencies) * 99 // 100]
    return Sample(value=p99, anchor=p50, ratio=p99 / p50)
