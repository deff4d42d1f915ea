"""The guardrails of D4, computed over every situation of the shipped policy; none is sampled."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from identity.policy import facts as f
from identity.policy.decision import (
    ASKS_FOR_PROOF,
    FACTOR_CEILING,
    NO_NEW_PROOF,
    Aal,
    Decision,
    Outcome,
)
from identity.policy.facts import DIMENSIONS, Facts
from tests.decision.shipped import document, radices, space, table

Breach = Callable[[Facts, Decision], bool]


def breaches(broken: Breach) -> list[tuple[dict[str, str], str, str]]:
    """The first few situations in which `broken` holds, with outcome and rule."""
    found = (
        (facts.words(), decision.outcome.value, decision.rule_id)
        for facts, decision in space()
        if broken(facts, decision)
    )
    return [breach for breach, _ in zip(found, range(3), strict=False)]


def test_d4_1_irreversible_and_high_never_goes_on_without_a_new_proof() -> None:
    def broken(facts: Facts, decision: Decision) -> bool:
        high = facts.sensitivity is f.Sensitivity.HIGH or facts.value is f.Value.HIGH
        final = facts.reversibility is f.Reversibility.IRREVERSIBLE
        return high and final and decision.outcome in NO_NEW_PROOF

    assert breaches(broken) == []


def test_d4_1_the_proof_is_as_young_as_the_outage_wants_it() -> None:
    # whatever asks for a proof: its declared age never exceeds what is fresh in that very mode
    trust = document().trust

    def broken(facts: Facts, decision: Decision) -> bool:
        due = decision.obligations
        fresh = min(
            trust.anchor_of(factor).ages[facts.sensitivity].fresh
            for factor in due.permitted_factors or FACTOR_CEILING
        )
        return (
            decision.outcome in ASKS_FOR_PROOF
            and facts.sensitivity > f.Sensitivity.LOW
            and due.max_proof_age > fresh * trust.share[facts.mode] / 100
        )

    assert breaches(broken) == []


def test_d4_2_a_fallback_asks_for_as_much_as_the_usual_way() -> None:
    step = radices()["availability"]
    decisions = table().table

    def broken(facts: Facts, decision: Decision) -> bool:
        usual = decisions[facts.index - step * (facts.availability - f.Availability.AVAILABLE)]
        return decision.outcome is Outcome.FALLBACK and (
            decision.obligations.required_aal < usual.obligations.required_aal
            or decision.obligations.max_proof_age > usual.obligations.max_proof_age
            or usual.obligations.phishing_resistant > decision.obligations.phishing_resistant
        )

    assert breaches(broken) == []


def test_d4_3_email_and_sms_never_prove_aal2_nor_approve_high() -> None:
    weak = frozenset({"email_link", "sms", "support"})

    def broken(facts: Facts, decision: Decision) -> bool:
        strong = decision.obligations.required_aal >= Aal.TWO
        high = facts.sensitivity is f.Sensitivity.HIGH
        permitted = decision.obligations.permitted_factors & weak
        accepted = any(decision.obligations.satisfied_by(3, factor, 0) for factor in weak)
        return (strong or high) and (bool(permitted) or accepted)

    assert breaches(broken) == []


def test_d4_4_escalated_is_only_resolved_by_a_person() -> None:
    def broken(facts: Facts, decision: Decision) -> bool:
        if facts.availability is not f.Availability.ESCALATED:
            return False
        if facts.clearance is f.Clearance.GRANTED:
            return decision.outcome not in (Outcome.CHALLENGE, Outcome.FALLBACK)
        return (
            decision.outcome is not Outcome.BLOCK or decision.obligations.escalate_to != "security"
        )

    assert breaches(broken) == []


def test_d4_5_red_is_a_block_until_a_person_let_it_go_on() -> None:
    def broken(facts: Facts, decision: Decision) -> bool:
        if facts.risk is not f.Risk.RED:
            return False
        if facts.clearance is f.Clearance.GRANTED:
            return decision.outcome not in (Outcome.CHALLENGE, Outcome.FALLBACK)
        return (
            decision.outcome is not Outcome.BLOCK or decision.obligations.escalate_to != "security"
        )

    assert breaches(broken) == []


@pytest.mark.parametrize("name", sorted(DIMENSIONS))
def test_d4_7_an_unknown_fact_is_no_looser_than_any_known_value(name: str) -> None:
    # what is unknown is read as the worst value: here that value is the strictest of all
    step, worst = radices()[name], len(DIMENSIONS[name]) - 1
    decisions = table().table

    def broken(facts: Facts, decision: Decision) -> bool:
        unknown = decisions[facts.index + step * (worst - getattr(facts, name))]
        return (
            decision.needs_new_proof > unknown.needs_new_proof
            or decision.obligations.required_aal > unknown.obligations.required_aal
        )

    assert breaches(broken) == []


def test_d4_8_every_wait_has_an_end_and_a_next_step() -> None:
    def broken(facts: Facts, decision: Decision) -> bool:
        due = decision.obligations
        waits = decision.outcome not in NO_NEW_PROOF
        ends = 0 < due.window <= 30 * 86400 and 0 < due.grace <= 30 * 86400
        goes_on = due.on_expiry in ("fallback", "review") and bool(due.retries)
        answerable = bool(due.permitted_factors) or decision.outcome is Outcome.BLOCK
        return waits and not (ends and goes_on and answerable and 0 < due.challenge_ttl <= 600)

    assert breaches(broken) == []


@pytest.mark.parametrize("name", ["risk", "trust", "availability", "mode"])
def test_d4_10_worse_never_asks_for_less(name: str) -> None:
    # each step towards the worse, everything else equal: proof, assurance, person
    step, worst = radices()[name], len(DIMENSIONS[name]) - 1
    decisions = table().table

    def broken(facts: Facts, decision: Decision) -> bool:
        if getattr(facts, name) == worst:
            return False
        worse = decisions[facts.index + step]
        return (
            decision.needs_new_proof > worse.needs_new_proof
            or decision.obligations.required_aal > worse.obligations.required_aal
            or decision.needs_person > worse.needs_person
        )

    assert breaches(broken) == []


def test_emergency_never_lets_high_stakes_go_on_unseen() -> None:
    def broken(facts: Facts, decision: Decision) -> bool:
        high = f.Sensitivity.HIGH is facts.sensitivity or f.FraudCost.HIGH is facts.fraud_cost
        if not high or facts.mode is not f.Mode.EMERGENCY:
            return False
        unseen = facts.clearance is f.Clearance.NONE
        return decision.outcome in NO_NEW_PROOF or (unseen and not decision.needs_person)

    assert breaches(broken) == []


def test_every_situation_is_foreseen_and_every_rule_decides_something() -> None:
    assert table().unforeseen() == 0
    assert table().unreachable_rules() == ()


def test_a_stale_device_is_not_asked_to_prove_anything() -> None:
    def broken(facts: Facts, decision: Decision) -> bool:
        return (
            facts.availability is f.Availability.DEGRADED
            and decision.outcome is Outcome.FALLBACK
            and not decision.obligations.permitted_factors <= {"backup_code", "security_key"}
        )

    assert breaches(broken) == []
