"""What must hold from one situation to another that differs in one fact: guardrails 2, 7 and 10.

A step leads from the place of one situation to that of another. Rules are few and situations many,
so each pair of decisions is compared once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from identity.policy.decision import Decision, Outcome
from identity.policy.facts import DIMENSIONS, Availability
from identity.policy.region import STEPS

WORSENS = ("risk", "trust", "availability", "mode")
"""The facts of guardrail 10: risk, the age of trust, presence, what identity depends on."""

Step = tuple[str, int, int]
"""What is broken (a catalogue id), the place that is judged, the place it is held against."""


def fallback_asks_no_less(table: Sequence[Decision]) -> Iterator[Step]:
    """g2: against every other way of asking in the same situation but for availability, a
    fallback requires the same level at least, and a proof that is no older."""
    step, count = STEPS["availability"], len(Availability)
    for place, decision in enumerate(table):
        if decision.outcome is not Outcome.FALLBACK:
            continue
        base = place - place // step % count * step
        for other in range(base, base + count * step, step):
            if broken := _fallback_lowers(decision, table[other]):
                yield broken, place, other


def _fallback_lowers(fallback: Decision, usual: Decision) -> str:
    if usual.outcome in (Outcome.FALLBACK, Outcome.BLOCK):
        return ""
    mine, theirs = fallback.obligations, usual.obligations
    if mine.required_aal < theirs.required_aal:
        return "guardrail.g2.level"
    if theirs.phishing_resistant and not mine.phishing_resistant:
        return "guardrail.g2.phishing"
    if mine.max_proof_age > theirs.max_proof_age:
        return "guardrail.g2.age"
    return ""


def unknown_is_strictest(table: Sequence[Decision]) -> Iterator[Step]:
    """g7: with any one fact unknown, read as `Coarse.of` reads it, the decision is no looser
    than with any value that the fact could have had."""
    compare = _comparer()
    for name, members in DIMENSIONS.items():
        step, radix, unknown = STEPS[name], len(members), int(members.of(None))
        for place, decision in enumerate(table):
            other = place + (unknown - place // step % radix) * step
            if table[other] is not decision and (broken := compare(decision, table[other])):
                yield f"guardrail.g7.{broken}", other, place


def worse_never_asks_less(table: Sequence[Decision]) -> Iterator[Step]:
    """g10: along every single step towards the worse a new proof stays needed, the level does
    not fall, and a person who had to agree still has to."""
    compare = _comparer()
    for name in WORSENS:
        step, worst = STEPS[name], len(DIMENSIONS[name]) - 1
        for place, decision in enumerate(table):
            if place // step % (worst + 1) == worst:
                continue
            worse = table[place + step]
            if worse is not decision and (broken := compare(decision, worse)):
                yield f"guardrail.g10.{broken}", place + step, place


def _comparer() -> Callable[[Decision, Decision], str]:
    known: dict[tuple[int, int], str] = {}

    def compare(better: Decision, worse: Decision) -> str:
        pair = (id(better), id(worse))
        if pair not in known:
            known[pair] = asks_less(better, worse)
        return known[pair]

    return compare


def asks_less(better: Decision, worse: Decision) -> str:
    """How the decision of the worse situation asks for less than that of the better one:
    `proof`, `level` or `person`; empty where it does not."""
    if better.needs_new_proof and not worse.needs_new_proof:
        return "proof"
    if worse.obligations.required_aal < better.obligations.required_aal:
        return "level"
    if better.needs_person and not worse.needs_person:
        return "person"
    return ""


BETWEEN: tuple[tuple[str, Callable[[Sequence[Decision]], Iterator[Step]]], ...] = (
    ("g2", fallback_asks_no_less),
    ("g7", unknown_is_strictest),
    ("g10", worse_never_asks_less),
)
"""The checks by the id of their guardrail."""
