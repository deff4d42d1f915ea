"""What a proof is good for, and that obligations survive being stored."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from identity.policy.decision import (
    ASKS_FOR_PROOF,
    FACTOR_CEILING,
    NO_NEW_PROOF,
    Aal,
    Decision,
    Obligations,
    Outcome,
)

AAL2 = Obligations(
    required_aal=Aal.TWO,
    max_proof_age=300,
    permitted_factors=frozenset({"totp", "backup_code", "security_key"}),
)
RESISTANT = Obligations(
    required_aal=Aal.TWO,
    phishing_resistant=True,
    max_proof_age=300,
    permitted_factors=frozenset({"totp", "security_key"}),
)
CARELESS = Obligations(
    required_aal=Aal.TWO, max_proof_age=300, permitted_factors=frozenset(FACTOR_CEILING)
)


@pytest.mark.parametrize(
    ("obligations", "aal", "factor", "age", "enough"),
    [
        (AAL2, 2, "totp", 0, True),  # proved just now
        (AAL2, 2, "totp", 300, True),  # as old as allowed
        (AAL2, 2, "totp", 301, False),  # a second older
        (AAL2, 2, "totp", -1, False),  # from the future
        (AAL2, 2, "totp", float("nan"), False),  # an age nobody could tell
        (AAL2, 1, "totp", 0, False),  # not the level required
        (AAL2, 2, "push", 0, False),  # a good factor, but not one of these
        (AAL2, 2, "carrier_pigeon", 0, False),  # not a factor at all
        (RESISTANT, 2, "totp", 0, False),  # permitted, but can be phished
        (RESISTANT, 3, "security_key", 0, True),
        (CARELESS, 2, "email_link", 0, False),  # claims more than it can prove (D4 3)
        (CARELESS, 3, "sms", 0, False),
        (CARELESS, 3, "support", 0, False),  # a person's check is no authenticator
        (Obligations(), 3, "security_key", 0, False),  # nothing said: nothing permitted
    ],
)
def test_satisfied_by(
    obligations: Obligations, aal: int, factor: str, age: float, enough: bool
) -> None:
    assert obligations.satisfied_by(aal, factor, age) is enough


OBLIGATIONS = st.builds(
    Obligations,
    required_aal=st.sampled_from(Aal),
    phishing_resistant=st.booleans(),
    max_proof_age=st.integers(0, 86400),
    permitted_factors=st.frozensets(st.sampled_from(sorted(FACTOR_CEILING))),
    challenge_ttl=st.integers(30, 600),
    window=st.integers(60, 2592000),
    on_expiry=st.sampled_from(["fallback", "review"]),
    grace=st.integers(60, 2592000),
    retries=st.lists(st.integers(30, 86400), min_size=1, max_size=5).map(tuple),
    read_only=st.booleans(),
    escalate_to=st.sampled_from([None, "security", "support"]),
    approvals=st.integers(0, 5),
)


@given(OBLIGATIONS)
def test_obligations_come_back_from_a_json_column_as_they_went_in(given: Obligations) -> None:
    back = Obligations.from_json(json.loads(json.dumps(given.to_json())))
    assert back == given
    assert type(back.required_aal) is Aal


@given(OBLIGATIONS, st.data())
def test_d4_7_what_a_stored_obligation_lacks_is_never_looser(
    given: Obligations, data: st.DataObject
) -> None:
    stored = given.to_json()
    lost = data.draw(
        st.sampled_from(["required_aal", "max_proof_age", "permitted_factors", "window"])
    )
    del stored[lost]
    back = Obligations.from_json(stored | {"a_field_of_tomorrow": 1})
    for factor in FACTOR_CEILING:
        for age in (0, 1, 300, 86400):
            assert back.satisfied_by(3, factor, age) <= given.satisfied_by(3, factor, age)


@given(OBLIGATIONS)
def test_f2_the_step_on_expiry_accepts_no_factor_the_window_did_not(given: Obligations) -> None:
    assert given.factors_on_expiry - given.permitted_factors <= {"support"}
    assert "support" in given.factors_on_expiry
    if given.on_expiry == "review":
        assert given.factors_on_expiry == {"support"}


def test_each_outcome_asks_for_a_proof_or_needs_none_or_stops() -> None:
    assert not ASKS_FOR_PROOF & NO_NEW_PROOF
    assert set(Outcome) == ASKS_FOR_PROOF | NO_NEW_PROOF | {Outcome.BLOCK}


@pytest.mark.parametrize(
    ("outcome", "approvals", "proof", "person"),
    [
        (Outcome.PROCEED, 0, False, False),
        (Outcome.PROCEED_THEN_CONFIRM, 0, False, False),
        (Outcome.CHALLENGE, 0, True, False),
        (Outcome.CHALLENGE, 1, True, True),  # the user's proof and somebody's agreement
        (Outcome.BLOCK, 0, True, True),  # only a person resolves a block
    ],
)
def test_what_a_decision_needs(outcome: Outcome, approvals: int, proof: bool, person: bool) -> None:
    decision = Decision(outcome, Obligations(approvals=approvals), (), "rule")
    assert (decision.needs_new_proof, decision.needs_person) == (proof, person)
