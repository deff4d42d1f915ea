"""The difference of two policies: counted over the whole space, judged in one stated order."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest

from identity.messages import has, say
from identity.messages.policy_words import place_of
from identity.policy.compiled import CompiledPolicy, compile_policy, decide
from identity.policy.decision import Aal, Decision, Obligations, Outcome
from identity.policy.difference import STRICTNESS, Direction, compare, judge
from identity.policy.document import parse_policy
from identity.policy.facts import SPACE_SIZE, Facts
from tests.decision.shipped import TEXT, document, table

DUE = Obligations(
    required_aal=Aal.TWO,
    max_proof_age=300,
    permitted_factors=frozenset({"push", "totp"}),
    challenge_ttl=300,
    window=86400,
    grace=3600,
)


def edited(old: str, new: str, count: int = 1) -> CompiledPolicy:
    """The shipped policy with a piece of its text exchanged."""
    assert old in TEXT
    return compile_policy(parse_policy(TEXT.replace(old, new, count)))


def test_d3_a_policy_does_not_differ_from_itself() -> None:
    difference = compare(table(), compile_policy(document()))
    assert difference.changes == ()
    assert difference.same == difference.situations == SPACE_SIZE


@pytest.mark.parametrize(
    ("before", "after"), [pair for pair in product(Outcome, repeat=2) if pair[0] is not pair[1]]
)
def test_d3_the_outcome_speaks_first(before: Outcome, after: Outcome) -> None:
    # obligations that moved the other way do not outvote it
    looser = replace(DUE, required_aal=Aal.ONE)
    direction, moved = judge(Decision(before, DUE, (), "old"), Decision(after, looser, (), "new"))
    step = STRICTNESS[after] - STRICTNESS[before]
    assert direction is (Direction.STRICTER if step > 0 else Direction.LOOSER)
    assert moved == ("outcome", "required_aal")


@pytest.mark.parametrize(
    ("change", "direction"),
    [
        ({"required_aal": Aal.THREE}, "stricter"),
        ({"required_aal": Aal.ONE}, "looser"),
        ({"phishing_resistant": True}, "stricter"),
        ({"approvals": 1}, "stricter"),
        ({"max_proof_age": 60}, "stricter"),
        ({"max_proof_age": 900}, "looser"),
        ({"challenge_ttl": 60}, "stricter"),
        ({"window": 3600}, "stricter"),
        ({"grace": 7200}, "looser"),
        ({"permitted_factors": frozenset({"totp"})}, "stricter"),
        ({"permitted_factors": frozenset({"push", "totp", "sms"})}, "looser"),
        # one factor for another: some people lose their way, others gain one
        ({"permitted_factors": frozenset({"push", "sms"})}, "otherwise"),
        ({"window": 3600, "max_proof_age": 900}, "otherwise"),  # both ways
        ({"window": 3600, "retries": (60,)}, "stricter"),  # retries say neither
        ({"retries": (60,)}, "otherwise"),
        ({"on_expiry": "fallback"}, "otherwise"),
        ({"read_only": True}, "otherwise"),
        ({"escalate_to": "security"}, "otherwise"),
    ],
)
def test_d3_obligations_are_judged_one_by_one(change: dict[str, object], direction: str) -> None:
    before = Decision(Outcome.CHALLENGE, DUE, (), "old")
    after = Decision(Outcome.CHALLENGE, replace(DUE, **change), (), "new")  # type: ignore[arg-type]
    found, moved = judge(before, after)
    assert found == direction
    assert set(moved) == set(change)
    # what leads one way leads the other way back
    back = {"stricter": "looser", "looser": "stricter", "otherwise": "otherwise"}[direction]
    assert judge(after, before)[0] == back
    for name in moved:
        assert has(f"policy.difference.moved.{name}"), name


def test_d3_another_name_of_a_rule_changes_nothing() -> None:
    difference = compare(table(), edited("id: high.available.urgent", "id: high.renamed"))
    assert difference.same == SPACE_SIZE
    assert difference.changes == ()


def test_d3_every_situation_is_counted_and_named() -> None:
    # what is urgent may no longer be held while the phone does not answer
    old = "availability: delayed, mode: normal, time_sensitivity: high}\n    outcome: queue"
    new = edited(old, old.replace("queue", "fallback"), 99)
    difference = compare(table(), new)
    brute = sum(
        judge(before, after)[0] is not None
        for before, after in zip(table().table, new.table, strict=True)
    )
    assert difference.otherwise == brute > 0
    assert (difference.stricter, difference.looser) == (0, 0)
    assert {one.old_rule for one in difference.changes} == {
        "medium.delayed.urgent",
        "high.delayed.urgent",
    }
    for change in difference.changes:
        facts = Facts.from_words(change.example)
        assert decide(facts, table()).rule_id == change.old_rule
        assert decide(facts, new).rule_id == change.new_rule
        assert change.moved == ("outcome",)
        assert change.where["availability"] == ("delayed",)
        assert str(change.count) in place_of(change)


def test_d3_looser_comes_first_and_the_counts_add_up() -> None:
    text = TEXT.replace(
        "trust: fresh,",
        "trust: [fresh, recent],",
    ).replace("high_urgent: {like: high, window: 12h,", "high_urgent: {like: high, window: 6h,")
    new = compile_policy(parse_policy(text))
    difference = compare(table(), new)
    assert difference.looser > 0
    assert difference.stricter > 0
    directions = [one.direction for one in difference.changes]
    assert directions == sorted(directions, key=list(Direction).index)
    assert sum(one.count for one in difference.changes) == SPACE_SIZE - difference.same
    back = compare(new, table())
    assert (back.looser, back.stricter) == (difference.stricter, difference.looser)
    assert str(difference.looser) in say(
        "policy.difference.counts",
        stricter=difference.stricter,
        looser=difference.looser,
        otherwise=difference.otherwise,
        same=difference.same,
    )
