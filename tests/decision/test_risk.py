"""Risk: additive, capped, explained; one signal never swings it, silence never counts (P4)."""

from __future__ import annotations

from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from identity import risk
from identity.policy.facts import Risk
from identity.risk import SIGNALS, RiskInputs, assess, decay
from tests.decision.shipped import document

WEIGHTS = document().risk
USUAL = RiskInputs(
    device="known",
    network="usual",
    geography="usual",
    hour="usual",
    role="ordinary",
    transaction="low",
    anomalies=0.0,
)
POINTS = st.none() | st.floats(0, 100)
ANY_INPUTS = st.builds(
    RiskInputs,
    **{signal: st.sampled_from(words) for signal, words in SIGNALS.items()},
    anomalies=POINTS,
)
UNKNOWN = RiskInputs(transaction="high", anomalies=None)
NOWHERE = {"device": "unknown", "network": "unknown", "geography": "unknown"}


@pytest.mark.parametrize(
    ("changed", "band"),
    [
        ({}, "green"),  # everything as ever
        ({"transaction": "high"}, "green"),  # a sensitive type alone is no danger
        ({"role": "privileged", "transaction": "high"}, "green"),  # an admin's working day
        ({"device": "new", "transaction": "high"}, "green"),  # a new phone at home
        ({"device": "new", "network": "changed"}, "amber"),
        ({"network": "changed", "geography": "changed"}, "amber"),  # roaming with the own phone
        (
            {"network": "changed", "geography": "changed", "hour": "unusual"}
            | {"transaction": "high"},
            "amber",  # roaming far away at night, moving money: asked, not stopped
        ),
        (
            {"device": "new", "network": "changed", "geography": "changed", "hour": "unusual"}
            | {"transaction": "high"},
            "red",  # nothing about it is as ever
        ),
        ({"anomalies": 100.0}, "amber"),  # anomalies alone, all else usual: one signal
        ({"anomalies": 100.0, "role": "privileged", "transaction": "high"}, "amber"),
        ({"anomalies": 40.0, **NOWHERE}, "red"),  # anomalies from nobody knows where
        ({"anomalies": 30.0, "transaction": "high", **NOWHERE}, "red"),
        ({"anomalies": 5.0, **NOWHERE}, "amber"),  # almost forgotten
    ],
)
def test_d6_bands(changed: dict[str, str | float], band: str) -> None:
    assert assess(replace(USUAL, **changed), WEIGHTS).band.word == band  # type: ignore[arg-type]


@pytest.mark.parametrize("anomalies", [0.0, None])
@pytest.mark.parametrize("role", SIGNALS["role"])
@pytest.mark.parametrize("transaction", SIGNALS["transaction"])
def test_d6_an_application_that_sends_no_context_is_amber(
    transaction: str, role: str, anomalies: float | None
) -> None:
    inputs = RiskInputs(transaction=transaction, role=role, anomalies=anomalies)
    assert assess(inputs, WEIGHTS).band is Risk.AMBER


@given(ANY_INPUTS, st.sampled_from([*SIGNALS, "anomalies"]), st.data())
def test_d6_one_signal_alone_never_moves_two_bands(
    inputs: RiskInputs, signal: str, data: st.DataObject
) -> None:
    other = data.draw(st.sampled_from(SIGNALS[signal]) if signal in SIGNALS else POINTS)
    before = assess(inputs, WEIGHTS).band
    after = assess(replace(inputs, **{signal: other}), WEIGHTS).band
    assert abs(before - after) <= 1


@given(ANY_INPUTS)
def test_d6_the_reasons_add_up_to_the_score(inputs: RiskInputs) -> None:
    found = assess(inputs, WEIGHTS)
    points = [points for _, points in found.reasons]
    assert found.score == min(100, sum(points))
    assert points == sorted(points, reverse=True)
    assert all(0 < value <= WEIGHTS.cap for value in points)
    assert {code for code, _ in found.reasons} <= risk.REASON_CODES


@given(ANY_INPUTS, st.sampled_from(sorted(SIGNALS)))
def test_d4_7_a_word_nobody_knows_weighs_as_much_as_the_worst(
    inputs: RiskInputs, signal: str
) -> None:
    strange = assess(replace(inputs, **{signal: "purple"}), WEIGHTS)
    for word in SIGNALS[signal]:
        assert assess(replace(inputs, **{signal: word}), WEIGHTS).score <= strange.score


@pytest.mark.parametrize("points", [-1.0, float("nan")])
def test_points_that_nobody_can_have_recorded_count_in_full(points: float) -> None:
    assert assess(replace(USUAL, anomalies=points), WEIGHTS).score == WEIGHTS.cap


@given(ANY_INPUTS, st.floats(0, 100), st.floats(0, 100))
def test_more_anomalies_are_never_less_risk(inputs: RiskInputs, one: float, two: float) -> None:
    less, more = sorted((one, two))
    quiet = assess(replace(inputs, anomalies=less), WEIGHTS).score
    assert quiet <= assess(replace(inputs, anomalies=more), WEIGHTS).score


def test_p4_presence_is_no_input() -> None:
    assert {field.name for field in fields(RiskInputs)} == {*SIGNALS, "anomalies"}


@pytest.mark.parametrize(
    ("points", "age", "half_life", "left"),
    [
        (80, 0, 100, 80),  # just now
        (80, 100, 100, 40),  # one half-life
        (80, 300, 100, 10),  # three
        (80, -50, 100, 80),  # a clock that ran ahead gives no extra
        (500, 0, 100, 100),  # never more than the scale
        (-5, 0, 100, 0),
    ],
)
def test_d6_anomaly_history_decays(
    points: float, age: float, half_life: float, left: float
) -> None:
    assert decay(points, age, half_life) == pytest.approx(left)


@pytest.mark.parametrize("half_life", [0, -1])
def test_a_half_life_of_nothing_is_refused(half_life: float) -> None:
    with pytest.raises(ValueError, match="half-life"):
        decay(10, 10, half_life)


def test_unknown_context_is_explained_by_name() -> None:
    assert dict(assess(UNKNOWN, WEIGHTS).reasons) == {
        "device_unknown": 12,
        "geography_unknown": 10,
        "transaction_high": 10,
        "anomalies_unknown": 10,
        "network_unknown": 8,
        "hour_unknown": 4,
    }
