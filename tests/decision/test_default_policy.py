"""The shipped policy, row by row: the demo people, the table of presence states, the times."""

from __future__ import annotations

import pytest

from identity.policy.compiled import decide
from identity.policy.decision import Decision
from identity.policy.facts import Facts
from tests.decision.shipped import table

TYPES = {
    "payslip.view": ("low", "reversible", "low", "low"),
    "draft.save": ("low", "reversible", "low", "low"),
    "email.change": ("high", "reversible", "high", "low"),
    "payout.change": ("high", "irreversible", "high", "low"),
    "role.grant": ("high", "reversible", "high", "high"),
    "records.export": ("medium", "irreversible", "medium", "low"),
}
SENSITIVE = ("email.change", "payout.change", "role.grant", "records.export")
HIGH = ("email.change", "payout.change", "role.grant")
READS = ("payslip.view", "draft.save")

PEOPLE = {
    "avery": ("available", "green"),
    "tess": ("delayed", "green"),
    "sam": ("unreachable", "amber"),
    "noor": ("delayed", "amber"),
    "kai": ("degraded", "amber"),
    "riley": ("escalated", "red"),
}


def ask(type_name: str, **words: str) -> Decision:
    """The decision about a type in a quiet situation, changed by `words`."""
    sensitivity, reversibility, fraud_cost, time_sensitivity = TYPES[type_name]
    quiet = {
        "sensitivity": sensitivity,
        "reversibility": reversibility,
        "fraud_cost": fraud_cost,
        "time_sensitivity": time_sensitivity,
        "value": "none",
        "reach": "ordinary",
        "availability": "available",
        "risk": "green",
        "trust": "none",
        "mode": "normal",
        "clearance": "none",
    }
    return decide(Facts.from_words(quiet | words), table())


@pytest.mark.parametrize("type_name", SENSITIVE)
@pytest.mark.parametrize(
    ("person", "outcome"),
    [
        ("avery", "challenge"),  # push reachable, device awake: proceed with live MFA
        ("tess", "queue"),  # no acknowledgement, app in the background: queue with an ETA
        ("sam", "read_only"),  # network lost, session valid: reading goes on, step-up waits
        ("noor", "queue"),  # do-not-disturb: held, never punished
        ("kai", "fallback"),  # device stale, factor uncertain: another factor
        ("riley", "block"),  # sensitive, no answer, anomaly: block and escalate
    ],
)
def test_d2_the_six_people(person: str, outcome: str, type_name: str) -> None:
    availability, risk = PEOPLE[person]
    assert ask(type_name, availability=availability, risk=risk).outcome == outcome


@pytest.mark.parametrize("type_name", READS)
@pytest.mark.parametrize("person", ["avery", "tess", "sam", "noor", "kai"])
@pytest.mark.parametrize("mode", ["normal", "degraded", "emergency"])
def test_u2_reading_and_drafting_go_on(person: str, type_name: str, mode: str) -> None:
    availability, risk = PEOPLE[person]
    decision = ask(type_name, availability=availability, risk=risk, mode=mode)
    assert decision.outcome == "proceed"
    assert decision.obligations.required_aal == 1


@pytest.mark.parametrize("type_name", TYPES)
@pytest.mark.parametrize(
    "words",
    [
        {"risk": "red"},  # red though available
        {"risk": "red", "availability": "delayed"},
        {"availability": "escalated"},  # escalated though green
        {"availability": "escalated", "trust": "fresh"},  # an old proof changes nothing
        {"risk": "red", "availability": "escalated", "mode": "emergency"},
    ],
)
def test_d4_red_and_escalated_block_and_go_to_security(
    type_name: str, words: dict[str, str]
) -> None:
    decision = ask(type_name, **words)
    assert decision.outcome == "block"
    assert decision.obligations.escalate_to == "security"
    assert decision.obligations.permitted_factors == frozenset()
    assert decision.needs_person


@pytest.mark.parametrize("trust", ["fresh", "recent", "stale", "none"])
@pytest.mark.parametrize("risk", ["green", "amber"])
@pytest.mark.parametrize("type_name", HIGH)
def test_d4_no_trust_replaces_the_proof_of_high_stakes(
    type_name: str, risk: str, trust: str
) -> None:
    decision = ask(type_name, risk=risk, trust=trust)
    assert decision.outcome == "challenge"
    assert decision.obligations.permitted_factors == {
        "push",
        "totp",
        "backup_code",
        "security_key",
    }


@pytest.mark.parametrize(
    ("words", "outcome"),
    [
        # everything as good as it can be: the recent proof is enough
        ({"reversibility": "reversible", "trust": "fresh"}, "proceed"),
        ({"reversibility": "irreversible", "trust": "fresh"}, "challenge"),  # cannot be undone
        ({"reversibility": "reversible", "trust": "recent"}, "challenge"),  # not fresh any more
        ({"reversibility": "reversible", "trust": "fresh", "risk": "amber"}, "challenge"),
        ({"reversibility": "reversible", "trust": "fresh", "mode": "degraded"}, "challenge"),
        ({"reversibility": "reversible", "trust": "fresh", "availability": "delayed"}, "queue"),
        ({"reversibility": "reversible", "trust": "fresh", "value": "high"}, "challenge"),
        ({"reversibility": "reversible", "trust": "fresh", "fraud_cost": "high"}, "challenge"),
    ],
)
def test_d2_a_medium_type_goes_on_by_a_fresh_proof_only(
    words: dict[str, str], outcome: str
) -> None:
    assert ask("records.export", **words).outcome == outcome


@pytest.mark.parametrize(
    ("words", "outcome"),
    [
        ({}, "block"),  # a person decides first
        ({"trust": "fresh"}, "block"),
        ({"availability": "unreachable"}, "block"),
        ({"clearance": "granted"}, "challenge"),  # a person has decided; the user proves it
        ({"clearance": "granted", "availability": "delayed"}, "challenge"),
        ({"clearance": "granted", "availability": "unreachable"}, "fallback"),
        ({"clearance": "granted", "availability": "degraded"}, "fallback"),
    ],
)
def test_o2_high_stakes_in_an_emergency(words: dict[str, str], outcome: str) -> None:
    assert ask("payout.change", mode="emergency", **words).outcome == outcome


@pytest.mark.parametrize(
    ("words", "outcome"),
    [
        ({"risk": "red"}, "challenge"),
        ({"risk": "red", "availability": "delayed"}, "challenge"),
        ({"risk": "red", "availability": "unreachable"}, "fallback"),
        ({"risk": "red", "availability": "degraded"}, "fallback"),
        ({"risk": "red", "availability": "escalated"}, "fallback"),
        ({"risk": "amber", "availability": "escalated"}, "fallback"),
    ],
)
@pytest.mark.parametrize("type_name", TYPES)
def test_d4_a_released_action_still_needs_the_persons_own_proof(
    type_name: str, words: dict[str, str], outcome: str
) -> None:
    decision = ask(type_name, clearance="granted", **words)
    assert decision.outcome == outcome
    assert decision.obligations.required_aal == 2
    assert decision.obligations.on_expiry == "review"
    assert decision.obligations.window <= 86400
    assert "released_by_security" in decision.reasons


def test_q4_the_times_of_the_payout() -> None:
    held = ask("payout.change", availability="delayed").obligations
    assert held.window == 72 * 3600
    assert (held.on_expiry, held.grace) == ("fallback", 24 * 3600)
    assert held.factors_on_expiry >= {"backup_code", "support"}
    assert held.retries == (900, 3600, 14400, 43200)
    assert held.challenge_ttl == 600


@pytest.mark.parametrize("type_name", SENSITIVE)
@pytest.mark.parametrize("availability", ["available", "delayed", "unreachable", "degraded"])
def test_o4_an_outage_shortens_the_windows_and_lowers_nothing(
    type_name: str, availability: str
) -> None:
    normal = ask(type_name, availability=availability)
    outage = ask(type_name, availability=availability, mode="degraded")
    assert outage.outcome == normal.outcome
    assert outage.obligations.window < normal.obligations.window
    assert outage.obligations.required_aal == normal.obligations.required_aal
    assert outage.obligations.permitted_factors == normal.obligations.permitted_factors


@pytest.mark.parametrize("availability", ["available", "delayed", "unreachable", "degraded"])
@pytest.mark.parametrize("mode", ["normal", "degraded"])
def test_d1_what_is_urgent_reaches_the_next_step_sooner(availability: str, mode: str) -> None:
    patient = ask("payout.change", availability=availability, mode=mode).obligations
    words = {"availability": availability, "mode": mode, "time_sensitivity": "high"}
    urgent = ask("payout.change", **words).obligations
    assert urgent.window < patient.window
    assert urgent.retries[0] < patient.retries[0]
    assert urgent.required_aal == patient.required_aal


def test_u2_read_only_is_said_where_reading_goes_on() -> None:
    assert ask("payout.change", availability="unreachable").obligations.read_only
    assert not ask("payout.change", availability="delayed").obligations.read_only
