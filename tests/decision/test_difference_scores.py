"""What other weights and another table of trust change, in counts and words (D3)."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from identity.messages import say
from identity.messages.trust import factors_in_words, risk_changes, span, trust_changes
from identity.policy.decision import FACTOR_CEILING
from identity.policy.difference_scores import compare_risk, compare_trust
from identity.policy.document import parse_policy
from identity.policy.facts import Mode, Risk, Sensitivity
from identity.risk import SIGNALS, RiskInputs, RiskWeights, assess
from identity.trust import TrustTable
from tests.decision.shipped import TEXT, document


def table(*edits: tuple[str, str]) -> TrustTable:
    """The shipped table of trust with some text changed."""
    text = TEXT
    for old, new in edits:
        assert old in text
        text = text.replace(old, new, 1)
    return parse_policy(text).trust


SHORTER = ("high: {fresh: 10m, recent: 30m", "high: {fresh: 9m, recent: 30m")


def test_d3_equal_tables_say_the_same() -> None:
    found = compare_trust(document().trust, table())
    assert found.same
    assert (found.longer, found.shorter) == (0, 0)


def test_d3_lifetimes_that_grow_and_shrink_are_counted_and_named() -> None:
    found = compare_trust(table(SHORTER), document().trust)
    assert (found.longer, found.shorter) == (1, 0)
    [one] = found.lifetimes
    assert one.factors == ("security_key",)
    assert (one.sensitivity, one.age) == (Sensitivity.HIGH, "fresh")
    assert (one.before, one.after) == (540, 600)
    sentences, lines = trust_changes(found)
    assert sentences == [say("trust.difference.lifetimes", longer="1", shorter="0")]
    words = say(
        "trust.difference.lifetime",
        factors=factors_in_words(["security_key"]),
        sensitivity="high",
        age=say("trust.difference.age.fresh"),
        before=span(540),
        after=span(600),
    )
    assert lines == [words[0].upper() + words[1:]]
    back = compare_trust(document().trust, table(SHORTER))
    assert (back.longer, back.shorter) == (0, 1)


def test_d3_a_factor_that_moves_to_another_anchor_is_told_by_what_it_gains() -> None:
    moved = table(
        ("[security_key]", "[security_key, push]"),
        ("[totp, push]", "[totp]"),
    )
    found = compare_trust(document().trust, moved)
    assert {one.factors for one in found.lifetimes} == {("push",)}
    assert (found.longer, found.shorter) == (6, 0)  # three ages each at medium and at high


def test_d3_anchors_of_another_name_change_nothing() -> None:
    found = compare_trust(document().trust, table(("one_time_code:", "codes:")))
    assert found.same
    assert trust_changes(found) == ([say("trust.difference.named")], [])


def test_d3_shares_and_the_worthless_line_are_told() -> None:
    found = compare_trust(
        document().trust,
        table(("degraded: 50, emergency: 25", "degraded: 60, emergency: 25"),
              ("worthless_below: 5", "worthless_below: 6")),
    )  # fmt: skip
    assert trust_changes(found)[0] == [
        say("trust.difference.share", mode=Mode.DEGRADED.word, before=50, after=60),
        say("trust.difference.worthless", before=5, after=6),
    ]


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0 seconds"), (1, "1 second"), (75, "1 minute and 15 seconds"), (300, "5 minutes"),
     (32400, "9 hours"), (86400, "1 day"), (5430, "1 hour and 30 minutes")],
)  # fmt: skip
def test_a_span_is_told_to_the_second(seconds: int, words: str) -> None:
    assert span(seconds) == words


def test_every_factor_and_trigger_has_its_words() -> None:
    assert factors_in_words(FACTOR_CEILING)


def brute(old: RiskWeights, new: RiskWeights) -> dict[tuple[Risk, Risk], int]:
    """The same count by the score itself, one combination after the other."""
    moves: dict[tuple[Risk, Risk], int] = {}
    signals = [dict.fromkeys((*words, "unknown")) for words in SIGNALS.values()]
    for words in product(*signals):
        for anomalies in (None, *range(101)):
            inputs = RiskInputs(*words, anomalies=anomalies)
            was, now = assess(inputs, old).band, assess(inputs, new).band
            if was is not now:
                moves[was, now] = moves.get((was, now), 0) + 1
    return moves


def weights(**changed: int) -> RiskWeights:
    """The shipped weights with some words of signals changed: `device_new=30`."""
    risk = document().risk
    points = {signal: dict(words) for signal, words in risk.points.items()}
    for name, value in changed.items():
        signal, _, word = name.partition("_")
        points[signal][word] = value
    return replace(risk, points=points)


@settings(max_examples=3)
@given(
    st.builds(
        weights,
        device_new=st.integers(0, 40),
        geography_changed=st.integers(0, 40),
        hour_unknown=st.integers(1, 40),
    ),
    st.integers(1, 59),
    st.integers(60, 100),
)
def test_d3_bands_are_counted_as_the_score_itself_decides(
    new: RiskWeights, amber: int, red: int
) -> None:
    new = replace(new, amber=amber, red=red)
    old = document().risk
    found = compare_risk(old, new)
    assert found.moves == brute(old, new)
    back = compare_risk(new, old)
    assert (back.higher, back.lower) == (found.lower, found.higher)
    assert found.higher + found.lower <= found.combinations


def test_d3_every_combination_is_counted_once() -> None:
    # red from 0 on: whatever was green or amber is red now
    old = document().risk
    found = compare_risk(old, replace(old, amber=0, red=0))
    stays = sum(
        assess(RiskInputs(*words, anomalies=anomalies), old).band is Risk.RED
        for words in product(*(dict.fromkeys((*one, "unknown")) for one in SIGNALS.values()))
        for anomalies in (None, *range(101))
    )
    assert found.combinations == 3 * 3 * 3 * 3 * 3 * 4 * 102
    assert found.higher == found.combinations - stays
    assert found.lower == 0


def test_d3_a_weight_that_differs_is_named_with_the_bands_that_move() -> None:
    found = compare_risk(document().risk, weights(device_new=38))
    assert [(one.name, one.before, one.after) for one in found.weights] == [("device.new", 18, 38)]
    assert found.lower == 0
    assert found.higher > 0
    sentences, lines = risk_changes(found)
    assert sentences == [
        say("risk.difference.weights", number="1"),
        say(
            "risk.difference.bands",
            combinations=f"{found.combinations:,}",
            higher=f"{found.higher:,}",
            lower="0",
        ),
    ]
    assert lines[0] == say("risk.difference.weight", name="device.new", before="18", after="38")
    assert len(lines) == 1 + len(found.moves)


def test_d3_a_weight_may_change_and_move_no_band() -> None:
    old = document().risk
    found = compare_risk(old, replace(old, anomaly_half_life_seconds=3600))
    assert found.moves == {}
    sentences, lines = risk_changes(found)
    assert sentences[1] == say("risk.difference.no_band", combinations=f"{found.combinations:,}")
    assert lines == [
        say(
            "risk.difference.weight",
            name="anomalies.half_life",
            before=span(2 * 86400),
            after=span(3600),
        )
    ]
