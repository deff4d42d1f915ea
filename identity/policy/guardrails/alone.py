"""What one situation must keep by itself: guardrails 1, 3, 4, 5, 6 and 8.

Each check yields the catalogue's id of how a decision breaks its guardrail, or nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from identity.policy.decision import FACTOR_CEILING, NO_NEW_PROOF, Aal, Decision, Outcome
from identity.policy.facts import (
    Availability,
    Clearance,
    Facts,
    Reach,
    Reversibility,
    Risk,
    Sensitivity,
    Value,
)
from identity.trust import TrustTable

LONGEST_CHALLENGE = 600
"""Seconds an out-of-band secret may live (NIST SP 800-63B-4 §3.1.3.3)."""
LONGEST_WAIT = 30 * 86400
"""Seconds: by then nobody remembers having asked."""
AFTER_CLEARANCE = frozenset({Outcome.CHALLENGE, Outcome.FALLBACK, Outcome.BLOCK})
"""What may follow once a person let it go on: the user still proves who they are."""
STEPS_ON_EXPIRY = frozenset({"fallback", "review"})

Check = Callable[[Facts, Decision, TrustTable], Iterator[str]]


def irreversible_needs_proof(facts: Facts, decision: Decision, trust: TrustTable) -> Iterator[str]:
    """g1: what is final and of high value or sensitivity is never let go on unproved, and the
    proof may be no older than what is fresh in this mode, by the weakest factor permitted."""
    if facts.reversibility is not Reversibility.IRREVERSIBLE:
        return
    if facts.sensitivity is not Sensitivity.HIGH and facts.value is not Value.HIGH:
        return
    if decision.outcome in NO_NEW_PROOF:
        yield "guardrail.g1.no_proof"
    due = decision.obligations
    if due.max_proof_age > trust.fresh_for(due.permitted_factors, facts.sensitivity, facts.mode):
        yield "guardrail.g1.old_proof"


def weak_factors_stay_weak(facts: Facts, decision: Decision, trust: TrustTable) -> Iterator[str]:
    """g3: no factor below the required assurance, no SMS for high sensitivity, and e-mail links
    only for what is of low sensitivity and can be undone (F2)."""
    permitted = decision.obligations.permitted_factors
    required = decision.obligations.required_aal
    if any(FACTOR_CEILING.get(factor, Aal.NONE) < required for factor in permitted):
        yield "guardrail.g3.below_level"
    if "sms" in permitted and facts.sensitivity is Sensitivity.HIGH:
        yield "guardrail.g3.sms"
    if "email_link" in permitted and (
        facts.sensitivity is not Sensitivity.LOW
        or facts.reversibility is not Reversibility.REVERSIBLE
    ):
        yield "guardrail.g3.email_link"


def escalated_needs_person(facts: Facts, decision: Decision, trust: TrustTable) -> Iterator[str]:
    """g4: escalated goes to a person, and on only after that person let it."""
    if facts.availability is Availability.ESCALATED:
        yield from _stopped(facts, decision, "guardrail.g4")


def red_is_stopped(facts: Facts, decision: Decision, trust: TrustTable) -> Iterator[str]:
    """g5: red goes to a person, and on only after that person let it."""
    if facts.risk is Risk.RED:
        yield from _stopped(facts, decision, "guardrail.g5")


def _stopped(facts: Facts, decision: Decision, base: str) -> Iterator[str]:
    if facts.clearance is Clearance.GRANTED:
        if decision.outcome not in AFTER_CLEARANCE:
            yield f"{base}.no_proof_after_clearance"
    elif decision.outcome is not Outcome.BLOCK:
        yield f"{base}.not_blocked"
    elif decision.obligations.escalate_to is None:
        yield f"{base}.nobody_told"


def authority_needs_proof(facts: Facts, decision: Decision, trust: TrustTable) -> Iterator[str]:
    """g6: what gives a factor, a device, a policy or a role never rests on a proof given before,
    and never on less than AAL2."""
    if facts.reach is not Reach.AUTHORITY:
        return
    if decision.outcome in NO_NEW_PROOF:
        yield "guardrail.g6.no_proof"
    elif decision.outcome is not Outcome.BLOCK and decision.obligations.required_aal < Aal.TWO:
        yield "guardrail.g6.level"


def every_wait_ends(facts: Facts, decision: Decision, trust: TrustTable) -> Iterator[str]:
    """g8: whatever does not simply go on has an end, a next step, and somebody who can act."""
    if decision.outcome is Outcome.PROCEED:
        return
    due = decision.obligations
    if not (0 < due.window <= LONGEST_WAIT and 0 < due.grace <= LONGEST_WAIT):
        yield "guardrail.g8.no_end"
    if decision.outcome is Outcome.PROCEED_THEN_CONFIRM and not (
        0 < due.confirm_within <= LONGEST_WAIT
    ):
        yield "guardrail.g8.no_deadline"
    if not due.retries or min(due.retries) <= 0:
        yield "guardrail.g8.no_retry"
    if due.on_expiry not in STEPS_ON_EXPIRY:
        yield "guardrail.g8.no_next_step"
    if not 0 < due.challenge_ttl <= LONGEST_CHALLENGE:
        yield "guardrail.g8.long_challenge"
    if decision.outcome is not Outcome.BLOCK and not due.permitted_factors:
        yield "guardrail.g8.no_way"


ALONE: tuple[tuple[str, Check], ...] = (
    ("g1", irreversible_needs_proof),
    ("g3", weak_factors_stay_weak),
    ("g4", escalated_needs_person),
    ("g5", red_is_stopped),
    ("g6", authority_needs_proof),
    ("g8", every_wait_ends),
)
"""The checks by the id of their guardrail."""
