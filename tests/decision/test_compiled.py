"""The table: first match wins, nothing is left out, what decides nothing is named."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from identity.policy.compiled import compile_policy, decide
from identity.policy.document import DEFAULT_ID, Rule, parse_policy
from identity.policy.facts import SPACE_SIZE, Facts, Risk
from tests.decision.shipped import TEXT, document, space, table
from tests.decision.test_facts import ANY_FACTS


def first_match(facts: Facts) -> Rule:
    """The slow and obvious reading of the document."""
    for rule in document().rules:
        if all(getattr(facts, name) in members for name, members in rule.when.items()):
            return rule
    return document().default


@given(ANY_FACTS)
def test_the_table_says_what_reading_the_rules_from_the_top_says(facts: Facts) -> None:
    rule, decision = first_match(facts), decide(facts, table())
    assert decision.rule_id == rule.id
    assert decision.outcome is rule.outcome
    assert decision.obligations == rule.obligations
    assert decision.reasons == rule.because


def test_situations_of_one_rule_share_one_decision() -> None:
    assert len({id(decision) for _, decision in space()}) == len(document().rules)


def with_rules(rules: str) -> str:
    """The shipped document with other rules."""
    start, end = TEXT.index("rules:\n"), TEXT.index("# What nobody foresaw")
    return f"{TEXT[:start]}rules:\n{rules}\n{TEXT[end:]}"


RED = "  - {id: red, when: {risk: red}, outcome: block, profile: blocked, because: risk_red}\n"


def test_without_rules_everything_is_unforeseen_and_blocked() -> None:
    compiled = compile_policy(parse_policy(with_rules("  []")))
    assert compiled.unforeseen() == SPACE_SIZE
    assert {decision.rule_id for decision in compiled.table} == {DEFAULT_ID}
    assert compiled.table[0].outcome == "block"


def test_what_the_rules_leave_over_is_counted() -> None:
    compiled = compile_policy(parse_policy(with_rules(RED)))
    assert compiled.unforeseen() == SPACE_SIZE * 2 // 3
    assert compiled.unreachable_rules() == ()


def test_a_rule_behind_others_that_catch_everything_is_named() -> None:
    behind = RED.replace("id: red", "id: behind").replace(
        "{risk: red}", "{risk: red, mode: normal}"
    )
    compiled = compile_policy(parse_policy(with_rules(RED + behind)))
    assert compiled.unreachable_rules() == ("behind",)


@given(st.sampled_from(list(Risk)))
def test_a_rule_about_nothing_is_about_everything(risk: Risk) -> None:
    everything = RED.replace("{risk: red}", "{}")
    compiled = compile_policy(parse_policy(with_rules(everything)))
    facts = next(facts for facts, _ in space() if facts.risk is risk)
    assert decide(facts, compiled).rule_id == "red"
