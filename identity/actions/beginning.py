"""How an action begins: its first status, by the policy's answer."""

from __future__ import annotations

from identity.actions.moves import blocked_because, challenge_factor
from identity.actions.situation import Situation
from identity.policy.decision import Outcome
from identity.states import Status


def first_status(situation: Situation) -> tuple[Status, str]:
    """Where a new action begins, and why in one code (design: outcome → first status)."""
    outcome = situation.decision.outcome
    why = situation.availability.reasons[0].value
    if outcome in (Outcome.PROCEED, Outcome.PROCEED_THEN_CONFIRM):
        return Status.APPROVED, "no_proof_needed"
    if outcome == Outcome.CHALLENGE:
        if challenge_factor(situation) is None:
            return Status.FALLBACK, "no_usable_factor"
        return Status.PENDING, "asked"
    if outcome in (Outcome.QUEUE, Outcome.READ_ONLY):
        return Status.QUEUED, why
    if outcome == Outcome.FALLBACK:
        return Status.FALLBACK, why
    return Status.BLOCKED, blocked_because(situation)
