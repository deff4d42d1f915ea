"""Recorded decisions decided anew: which change, and where to (D5)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from identity.policy.compiled import decide
from identity.policy.decision import Decision, Outcome
from identity.policy.difference import Direction, judge
from identity.policy.facts import DIMENSIONS, Facts
from identity.risk import SIGNALS, RiskInputs, assess
from identity.simulation.replay import Recorded, replay
from tests.simulation.conftest import SHIPPED, STRICTER, draft_of

SAME, STOPPED = draft_of(SHIPPED), draft_of(STRICTER)
RULES = {decision.rule_id: decision for decision in SAME.table.table}


def shipped_rule(number: int, rule: str) -> Decision | None:
    """What version 1, the shipped one, says; of any other nothing is known."""
    return RULES.get(rule) if number == 1 else None


def recorded(facts: Facts, **other: Any) -> Recorded:
    """What the shipped policy said of `facts`."""
    said = decide(facts, SAME.table)
    row = Recorded("payout.change", facts.words(), {}, said.outcome.value, said.rule_id, 1, 20)
    return replace(row, **other)


BEST = Facts(*(next(iter(members)) for members in DIMENSIONS.values()))  # type: ignore[arg-type]
all_facts = st.builds(
    Facts, **{name: st.sampled_from(list(members)) for name, members in DIMENSIONS.items()}
)
all_inputs = st.fixed_dictionaries(
    {
        **{name: st.sampled_from(words) for name, words in SIGNALS.items()},
        "anomalies": st.none() | st.integers(0, 100),
    }
)


@given(st.lists(all_facts, max_size=20))
@settings(max_examples=40)
def test_d5_the_same_policy_changes_nothing(facts: list[Facts]) -> None:
    found = replay([recorded(each) for each in facts], SAME, shipped_rule)
    assert found.decisions == len(facts)
    assert found.moves == ()


@given(st.lists(st.tuples(all_facts, all_inputs | st.just({}), st.integers(1, 9)), max_size=15))
@settings(max_examples=40)
def test_d5_counts_add_up_and_are_those_of_deciding_one_by_one(
    rows: list[tuple[Facts, dict[str, Any], int]],
) -> None:
    given_rows = [recorded(facts, inputs=inputs, count=n, first=1) for facts, inputs, n in rows]
    found = replay(given_rows, STOPPED, shipped_rule)
    changed = 0
    for row in given_rows:
        facts = Facts.from_words(row.facts)
        if row.inputs:
            risk = assess(RiskInputs.from_words(row.inputs), STOPPED.weights)
            facts = replace(facts, risk=risk.band)
        changed += row.count * (judge(RULES[row.rule], decide(facts, STOPPED.table))[0] is not None)
    assert found.decisions == sum(row.count for row in given_rows)
    assert found.changed == changed == sum(found.leading(each) for each in Direction)
    assert sum(map(sum, found.scores.values())) == len(given_rows)


@pytest.mark.parametrize(
    ("old", "direction"),
    [
        # everything is stopped now, so what went on became stricter
        ("proceed", Direction.STRICTER),
        ("challenge", Direction.STRICTER),
        # stopped before and stopped now, with other obligations unknown: the same
        ("block", None),
        # a word that no release knows counts as the strictest
        ("whatever", None),
    ],
)
def test_d5_where_the_old_version_is_gone_outcomes_are_compared(
    old: str, direction: Direction | None
) -> None:
    found = replay([recorded(BEST, policy_number=9, outcome=old)], STOPPED, shipped_rule)
    assert [move.direction for move in found.moves] == ([direction] if direction else [])


def test_d5_a_change_is_shown_with_its_first_example() -> None:
    rows = [recorded(BEST, count=3), recorded(BEST, type="draft.save", count=5)]
    found = replay(rows, STOPPED, shipped_rule)
    assert [(move.type, move.count) for move in found.moves] == [
        ("draft.save", 5),
        ("payout.change", 3),
    ]
    move = found.moves[0]
    assert (move.old_outcome, move.new_outcome) == (rows[0].outcome, Outcome.BLOCK)
    assert (move.old_rule, move.new_rule) == (rows[0].rule, "stop.everything")
    assert move.example == BEST.words()


def test_d5_the_band_is_worked_out_by_the_drafts_own_weights() -> None:
    inputs = RiskInputs(device="new", network="changed", anomalies=30).words()
    score = assess(RiskInputs.from_words(inputs), SAME.weights).score
    found = replay([recorded(BEST, inputs=inputs, score=1)], SAME, shipped_rule)
    assert found.rescored == 1
    assert found.scores["payout.change"][score] == 1
    # without inputs the recorded band and score stand
    found = replay([recorded(BEST, score=77)], SAME, shipped_rule)
    assert (found.rescored, found.scores["payout.change"][77]) == (0, 1)


def test_d5_facts_of_an_earlier_release_count_as_the_strictest() -> None:
    found = replay([replace(recorded(BEST), facts={})], SAME, shipped_rule)
    worst = Facts.from_words({})
    assert found.moves[0].example == worst.words()
    assert found.moves[0].new_outcome == decide(worst, SAME.table).outcome


def test_d5_requests_count_once_in_the_scores() -> None:
    found = replay([recorded(BEST, count=7, first=2)], SAME, shipped_rule)
    assert found.decisions == 7
    assert sum(found.scores["payout.change"]) == 2


@given(all_inputs)
def test_d9_inputs_come_back_as_they_were_stored(words: dict[str, Any]) -> None:
    assert RiskInputs.from_words(words).words() == words


@pytest.mark.parametrize(
    ("points", "stored"),
    [
        (12.4, 12),  # rounded
        (None, None),  # not known
        (float("nan"), None),  # nothing that anybody recorded
    ],
)
def test_d9_anomaly_points_are_stored_rounded(points: float | None, stored: int | None) -> None:
    assert RiskInputs(anomalies=points).words()["anomalies"] == stored


def test_d9_missing_inputs_are_unknown() -> None:
    found = RiskInputs.from_words({})
    assert {getattr(found, name) for name in SIGNALS} == {"unknown"}
    assert found.anomalies is None
