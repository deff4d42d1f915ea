"""Trust: what a proof is still worth, by age, sensitivity, mode and where it came from."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from identity import trust
from identity.policy.decision import FACTOR_CEILING
from identity.trust import EvidenceFact, assess
from tests.decision.shipped import document

TABLE = document().trust
HERE = EvidenceFact("totp", aal=2, age=60, same_device=True, same_network=True)
MODES = ["normal", "degraded", "emergency"]
LEVELS = ["low", "medium", "high"]
EVIDENCE = st.builds(
    EvidenceFact,
    factor=st.sampled_from(sorted(FACTOR_CEILING)),
    aal=st.integers(0, 3),
    age=st.floats(0, 100_000),
    same_device=st.sampled_from([True, False, None]),
    same_network=st.sampled_from([True, False, None]),
    bound_here=st.booleans(),
    expired=st.booleans(),
)
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
        ({"same_device": None}, "high", "normal", "recent", "device_unknown"),
        ({"same_network": None}, "high", "normal", "recent", "network_unknown"),
        ({"same_device": False}, "high", "normal", "none", "device_changed"),  # D8: at once
        ({"same_network": False}, "high", "normal", "none", "network_changed"),
        ({"same_device": None, "bound_here": True}, "high", "normal", "fresh", "proof_fresh"),
        ({"same_network": False, "bound_here": True}, "high", "normal", "fresh", "proof_fresh"),
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
    assert reason in found.reasons


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


@given(EVIDENCE, st.sampled_from(["same_device", "same_network"]), st.sampled_from(LEVELS))
def test_d7_only_what_is_known_to_match_is_fresh(
    fact: EvidenceFact, link: str, sensitivity: str
) -> None:
    for doubt in (None, False):
        loose = replace(fact, bound_here=False, **{link: doubt})  # type: ignore[arg-type]
        assert assess([loose], sensitivity, "normal", TABLE).level.word != "fresh"


@given(MANY, st.sampled_from(LEVELS), st.sampled_from(MODES))
def test_every_reason_is_of_the_vocabulary(
    evidence: list[EvidenceFact], sensitivity: str, mode: str
) -> None:
    found = assess(evidence, sensitivity, mode, TABLE)
    assert found.reasons
    assert set(found.reasons) <= trust.REASON_CODES
    assert 0 <= found.worth <= 1
