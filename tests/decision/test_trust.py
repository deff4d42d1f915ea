"""Trust: what a proof is still worth, by age, sensitivity, mode and where it came from."""

from __future__ import annotations

from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from identity import trust
from identity.policy import facts as f
from identity.policy.decision import FACTOR_CEILING
from identity.trust import EvidenceFact, assess
from tests.decision.shipped import document

TABLE = document().trust
HERE = EvidenceFact(
    "totp",
    aal=2,
    age=60,
    same_device=True,
    same_network=True,
    same_country=True,
    same_application=True,
    same_credentials=True,
    session_active=True,
    device_active=True,
    account_calm=True,
    risk_bearable=True,
    since_outage=True,
)
MODES = ["normal", "degraded", "emergency"]
LEVELS = ["low", "medium", "high"]
KNOWN_OR_NOT = st.sampled_from([True, True, False, None])
MOSTLY = st.sampled_from([True, True, True, False])
EVIDENCE = st.builds(
    EvidenceFact,
    factor=st.sampled_from(sorted(FACTOR_CEILING)),
    aal=st.integers(0, 3),
    age=st.floats(0, 100_000),
    same_device=KNOWN_OR_NOT,
    same_network=KNOWN_OR_NOT,
    same_country=KNOWN_OR_NOT,
    same_application=KNOWN_OR_NOT,
    same_credentials=KNOWN_OR_NOT,
    session_active=KNOWN_OR_NOT,
    device_active=MOSTLY,
    account_calm=MOSTLY,
    risk_bearable=MOSTLY,
    since_outage=MOSTLY,
    bound_here=st.booleans(),
    expired=st.sampled_from([False, False, True]),
)
HOLDING = st.builds(
    replace,
    st.just(HERE),
    factor=st.sampled_from(sorted(FACTOR_CEILING)),
    aal=st.integers(0, 3),
    age=st.floats(0, 100_000),
    bound_here=st.booleans(),
)
"""Proofs that nothing speaks against but their age and strength."""
MANY = st.lists(EVIDENCE, max_size=4)


@pytest.mark.parametrize(
    ("changed", "sensitivity", "mode", "level", "reason"),
    [
        ({}, "high", "normal", "fresh", "proof_fresh"),  # a minute old, from here
        ({"age": 300}, "high", "normal", "fresh", "proof_fresh"),  # five minutes: the edge
        ({"age": 301}, "high", "normal", "recent", "proof_recent"),
        ({"age": 301}, "medium", "normal", "fresh", "proof_fresh"),  # less at stake, longer
        ({"age": 901}, "high", "normal", "stale", "proof_stale"),
        ({"age": 5400}, "high", "normal", "none", "proof_worthless"),  # six half-lives
        ({"age": 5400}, "low", "normal", "recent", "proof_recent"),  # within a working day
        ({"age": 200}, "high", "degraded", "recent", "outage_shortens"),  # half the time
        ({"age": 100}, "high", "emergency", "recent", "outage_shortens"),  # a quarter
        ({"same_device": None}, "high", "normal", "recent", "proof_device_unknown"),
        ({"same_network": None}, "high", "normal", "recent", "proof_network_unknown"),
        ({"same_device": False}, "high", "normal", "none", "proof_device_changed"),  # D8: at once
        ({"same_network": False}, "high", "normal", "none", "proof_network_changed"),
        ({"same_device": None, "bound_here": True}, "high", "normal", "fresh", "proof_fresh"),
        ({"same_network": False, "bound_here": True}, "high", "normal", "fresh", "proof_fresh"),
        ({"same_country": False}, "high", "normal", "none", "proof_country_changed"),
        ({"same_country": None}, "high", "normal", "recent", "proof_country_unknown"),
        ({"same_application": False}, "low", "normal", "none", "proof_application_other"),
        ({"same_application": None}, "high", "normal", "recent", "proof_application_unknown"),
        ({"risk_bearable": False}, "low", "normal", "none", "proof_risk_red"),
        ({"risk_bearable": False, "bound_here": True}, "low", "normal", "fresh", "proof_fresh"),
        # what ends the answer to this very action's challenge too
        ({"same_credentials": False}, "high", "normal", "none", "proof_credentials_changed"),
        ({"same_credentials": False, "bound_here": True}, "low", "normal", "none", "_changed"),
        ({"same_credentials": None, "bound_here": True}, "low", "normal", "recent", "_unknown"),
        ({"session_active": False, "bound_here": True}, "low", "normal", "none", "_session_over"),
        ({"session_active": None, "bound_here": True}, "low", "normal", "recent", "_unknown"),
        ({"device_active": False, "bound_here": True}, "low", "normal", "none", "_revoked"),
        ({"account_calm": False, "bound_here": True}, "low", "normal", "none", "_risk_raised"),
        ({"since_outage": False, "bound_here": True}, "low", "normal", "none", "_outage_ended"),
        # what cannot be phished counts for longer, what one is recovered by for less
        ({"factor": "security_key", "age": 600}, "high", "normal", "fresh", "proof_fresh"),
        ({"factor": "backup_code", "age": 300}, "high", "normal", "fresh", "proof_fresh"),
        ({"factor": "sms", "age": 5400}, "medium", "normal", "none", "proof_worthless"),
        ({"expired": True}, "low", "normal", "none", "proof_expired"),
        ({"expired": True, "bound_here": True}, "low", "normal", "none", "proof_expired"),
        ({"age": -5}, "low", "normal", "none", "proof_expired"),  # from the future
        ({"aal": 1}, "low", "normal", "stale", "assurance_low"),  # a password alone
        ({"factor": "email_link"}, "low", "normal", "stale", "assurance_low"),  # claims AAL2
        ({"factor": "sms", "aal": 3}, "low", "normal", "stale", "assurance_low"),
        ({"factor": "rune"}, "low", "normal", "stale", "assurance_low"),  # nobody knows it
        ({"age": 301}, "whatever", "normal", "recent", "proof_recent"),  # unknown: as high
        ({"age": 100}, "high", "whatever", "recent", "outage_shortens"),  # unknown: emergency
    ],
)
def test_d7_the_worth_of_one_proof(
    changed: dict[str, object], sensitivity: str, mode: str, level: str, reason: str
) -> None:
    found = assess([replace(HERE, **changed)], sensitivity, mode, TABLE)  # type: ignore[arg-type]
    assert found.level.word == level
    assert any(each.endswith(reason) for each in found.reasons), found.reasons


def test_no_evidence_is_no_trust() -> None:
    assert assess([], "low", "normal", TABLE) == trust.NOTHING


@given(MANY, EVIDENCE, st.sampled_from(LEVELS), st.sampled_from(MODES))
def test_d7_the_best_evidence_wins_whatever_its_place(
    others: list[EvidenceFact], one: EvidenceFact, sensitivity: str, mode: str
) -> None:
    alone = assess([one], sensitivity, mode, TABLE).level
    together = assess([*others, one], sensitivity, mode, TABLE).level
    each = [assess([fact], sensitivity, mode, TABLE).level for fact in others]
    assert together == min([alone, *each])
    assert together == assess([one, *others], sensitivity, mode, TABLE).level


@given(EVIDENCE, st.floats(0, 100_000), st.sampled_from(LEVELS), st.sampled_from(MODES))
def test_d7_a_proof_never_gains_by_waiting(
    fact: EvidenceFact, wait: float, sensitivity: str, mode: str
) -> None:
    now = assess([fact], sensitivity, mode, TABLE)
    later = assess([replace(fact, age=fact.age + wait)], sensitivity, mode, TABLE)
    assert later.level >= now.level
    assert later.worth <= now.worth


@given(MANY, st.sampled_from(LEVELS), st.sampled_from([0, 1]))
def test_d7_a_worse_mode_never_adds_trust(
    evidence: list[EvidenceFact], sensitivity: str, place: int
) -> None:
    better, worse = MODES[place], MODES[place + 1]
    before = assess(evidence, sensitivity, better, TABLE).level
    assert assess(evidence, sensitivity, worse, TABLE).level >= before


@given(MANY, st.sampled_from(MODES), st.sampled_from([0, 1]))
def test_d7_more_at_stake_never_adds_trust(
    evidence: list[EvidenceFact], mode: str, place: int
) -> None:
    before = assess(evidence, LEVELS[place], mode, TABLE).level
    assert assess(evidence, LEVELS[place + 1], mode, TABLE).level >= before


LINKS = ("same_device", "same_network", "same_country", "same_application")
ALWAYS = ("same_credentials", "session_active")


@given(HOLDING, st.sampled_from([*LINKS, *ALWAYS]), st.sampled_from(LEVELS))
def test_d8_only_what_is_known_to_match_is_fresh(
    fact: EvidenceFact, link: str, sensitivity: str
) -> None:
    for doubt, at_best in ((None, "recent"), (False, "none")):
        bound = fact.bound_here and link in ALWAYS
        doubted = replace(fact, bound_here=bound, **{link: doubt})  # type: ignore[arg-type]
        level = assess([doubted], sensitivity, "normal", TABLE).level
        assert level >= f.Trust.named(at_best)


@given(st.sampled_from(trust.TRIGGERS), st.booleans(), st.sampled_from(LEVELS))
def test_d8_every_trigger_ends_what_a_proof_is_worth_at_once(
    trigger: trust.Trigger, bound: bool, sensitivity: str
) -> None:
    # a proof a moment old; whatever makes the trigger say no makes it worth nothing
    held = replace(HERE, age=0, bound_here=bound)
    broken = [
        changed
        for field in fields(EvidenceFact)
        for value in (True, False)
        if trigger.holds(changed := replace(held, **{field.name: value})) is False
    ]
    assert broken
    for fact in broken:
        found = assess([fact], sensitivity, "normal", TABLE)
        spared = bound and not trigger.always
        assert (found.level is f.Trust.NONE) is not spared
        assert found.reasons == (("proof_fresh",) if spared else (trigger.broken,))
        assert found.voided_by == (() if spared else (trigger.broken,))


@given(HOLDING, st.sampled_from(LEVELS), st.sampled_from(MODES))
def test_d7_what_one_is_recovered_by_is_never_fresh(
    fact: EvidenceFact, sensitivity: str, mode: str
) -> None:
    for factor in ("email_link", "sms", "support"):
        recovered = replace(fact, factor=factor)
        assert assess([recovered], sensitivity, mode, TABLE).level >= f.Trust.STALE


@given(HOLDING, st.sampled_from(LEVELS), st.sampled_from(MODES))
def test_d7_a_stronger_anchor_is_worth_no_less(
    fact: EvidenceFact, sensitivity: str, mode: str
) -> None:
    worth = [
        assess([replace(fact, factor=anchor.factors[0])], sensitivity, mode, TABLE).worth
        for anchor in TABLE.anchors
    ]
    assert worth == sorted(worth, reverse=True)


def test_d7_the_fresh_window_is_that_of_the_weakest_factor_in_the_mode() -> None:
    high = f.Sensitivity.HIGH
    assert TABLE.fresh_for(["security_key"], high, f.Mode.NORMAL) == 600
    assert TABLE.fresh_for(["security_key", "totp"], high, f.Mode.NORMAL) == 300
    assert TABLE.fresh_for(["security_key", "totp"], high, f.Mode.EMERGENCY) == 75
    assert TABLE.fresh_for([], high, f.Mode.NORMAL) == 0
    assert TABLE.fresh_for(["rune"], high, f.Mode.NORMAL) == 60  # nobody knows it: the weakest


@given(MANY, st.sampled_from(LEVELS), st.sampled_from(MODES))
def test_every_reason_is_of_the_vocabulary(
    evidence: list[EvidenceFact], sensitivity: str, mode: str
) -> None:
    found = assess(evidence, sensitivity, mode, TABLE)
    assert found.reasons
    assert set(found.reasons) <= trust.REASON_CODES
    assert 0 <= found.worth <= 1


@pytest.mark.parametrize("mode", list(f.Mode))
@pytest.mark.parametrize("sensitivity", list(f.Sensitivity))
@pytest.mark.parametrize("anchor", TABLE.anchors, ids=lambda anchor: anchor.name)
def test_d7_the_fraud_window_that_is_told_is_the_one_that_holds(
    anchor: trust.Anchor, sensitivity: f.Sensitivity, mode: f.Mode
) -> None:
    ages, gone = (
        TABLE.shortened(anchor, sensitivity, mode),
        TABLE.worthless_after(anchor, sensitivity, mode),
    )

    def level(age: float) -> str:
        fact = replace(HERE, factor=anchor.factors[0], age=age, expired=age >= anchor.longest)
        return assess([fact], sensitivity.word, mode.word, TABLE).level.word

    if anchor.name != "recovery":
        assert level(ages.fresh) == "fresh"
        assert level(ages.fresh + 1) == "recent"
        assert level(min(ages.recent, gone - 1)) == "recent"
    assert level(gone - 2) != "none"
    assert level(gone + 1) == "none"
