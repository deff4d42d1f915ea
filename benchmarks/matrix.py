"""One matrix of sixty rules, written for us and for other policy engines alike.

Availability × risk × stakes, one rule for each combination, none overlapping: so it means the same
to an engine that reads rules in order and to one that does not.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product
from pathlib import Path

from identity.policy.compiled import CompiledPolicy, compile_policy
from identity.policy.decision import Outcome
from identity.policy.document import parse_policy
from identity.policy.facts import DIMENSIONS, Availability, Facts, Risk

SHIPPED = Path(__file__).parent.parent / "identity" / "policies" / "default.yaml"

STAKES: Mapping[str, Mapping[str, str]] = {
    "low": {"sensitivity": "low"},
    "undoable": {"sensitivity": "medium", "reversibility": "reversible"},
    "final": {"sensitivity": "medium", "reversibility": "irreversible"},
    "high": {"sensitivity": "high"},
}
AWAY = {
    "available": Outcome.CHALLENGE,
    "delayed": Outcome.QUEUE,
    "unreachable": Outcome.READ_ONLY,
    "degraded": Outcome.FALLBACK,
    "escalated": Outcome.BLOCK,
}
REASONS = {
    Outcome.PROCEED: "low_stakes",
    Outcome.CHALLENGE: "live_proof_needed",
    Outcome.QUEUE: "held_until_reachable",
    Outcome.READ_ONLY: "reading_goes_on",
    Outcome.FALLBACK: "other_factor_needed",
    Outcome.BLOCK: "person_must_decide",
}


@dataclass(frozen=True, slots=True)
class MatrixRule:
    """One cell: the facts it is about by their words, what it says, and why."""

    id: str
    when: Mapping[str, str]
    outcome: Outcome
    reason: str


def sixty_rules() -> list[MatrixRule]:
    """The matrix."""
    found = []
    for availability, risk, (stakes, words) in product(Availability, Risk, STAKES.items()):
        outcome = AWAY[availability.word]
        if risk is Risk.RED:
            outcome = Outcome.BLOCK
        elif stakes == "low" and outcome is not Outcome.BLOCK:
            outcome = Outcome.PROCEED
        found.append(
            MatrixRule(
                id=f"{stakes}.{availability.word}.{risk.word}",
                when={"availability": availability.word, "risk": risk.word, **words},
                outcome=outcome,
                reason=REASONS[outcome],
            )
        )
    return found


def compiled_matrix(rules: list[MatrixRule]) -> CompiledPolicy:
    """Our table of the matrix, by way of a policy document like any other."""
    text = SHIPPED.read_text(encoding="utf-8")
    head = text[: text.index("\nrules:\n")]
    tail = text[text.index("\ndefault:\n") :]
    profiles = {Outcome.BLOCK: "blocked", Outcome.PROCEED: "low"}
    written = "".join(
        f"  - id: {rule.id}\n"
        f"    when: {{{', '.join(f'{name}: {word}' for name, word in rule.when.items())}}}\n"
        f"    outcome: {rule.outcome}\n"
        f"    profile: {profiles.get(rule.outcome, 'high')}\n"
        f"    because: {rule.reason}\n"
        for rule in rules
    )
    return compile_policy(parse_policy(f"{head}\nrules:\n{written}{tail}"))


def situations(count: int) -> list[Facts]:
    """`count` situations from all over the space, the same ones in every run."""
    spread = random.Random(20)
    return [
        Facts(*(spread.choice(list(members)) for members in DIMENSIONS.values()))  # type: ignore[arg-type]
        for _ in range(count)
    ]
