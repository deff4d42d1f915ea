"""The proof: the shipped policy holds, each seeded defect is caught by name, and no step is missed.

A mutant is the shipped policy with one rule changed. Many could not be written in a document,
whose reader refuses them already: the proof does not lean on the reader.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from identity import policy_activation
from identity.messages.policy_words import MESSAGES, demand_of, place_of, sentence_of, situation_of
from identity.models import PolicyVersion
from identity.policy.compiled import compile_policy, decide
from identity.policy.decision import Aal, Outcome
from identity.policy.document import DEFAULT_ID, Policy, Rule, parse_policy
from identity.policy.facts import DIMENSIONS, SPACE_SIZE, Coarse, Facts, Mode, Sensitivity
from identity.policy.guardrails import GUARDRAILS, GuardrailBroken, prove
from identity.policy.guardrails.between import WORSENS, asks_less
from identity.policy.region import STEPS, facts_at, region
from tests.decision.shipped import TEXT, document, radices, table

FOUR = frozenset({"push", "totp", "backup_code", "security_key"})
BRIEFLY = {"max_examples": 12}


def rule(rule_id: str, policy: Policy | None = None) -> Rule:
    """The rule of that id."""
    return next(one for one in (policy or document()).rules if one.id == rule_id)


def mutant(rule_id: str, *, outcome: str = "", when: Any = None, **due: Any) -> Policy:
    """The shipped policy with one rule changed."""
    old = rule(rule_id)
    new = replace(
        old,
        outcome=Outcome(outcome or old.outcome),
        when={**old.when, **{name: words(name, chosen) for name, chosen in (when or {}).items()}},
        obligations=replace(old.obligations, **due),
    )
    return replace(
        document(), rules=tuple(new if one.id == rule_id else one for one in document().rules)
    )


def words(name: str, chosen: str) -> tuple[Coarse, ...]:
    """Values of a fact by their spelling."""
    return tuple(DIMENSIONS[name].named(word) for word in chosen.split())


def first(rule_id: str, outcome: str, like: str, **when: str) -> Policy:
    """The shipped policy with one rule more, above all others."""
    chosen = {name: words(name, value) for name, value in when.items()}
    new = replace(rule(like), id=rule_id, outcome=Outcome(outcome), when=chosen, line=1)
    return replace(document(), rules=(new, *document().rules))


def test_d4_the_shipped_policy_holds() -> None:
    proof = prove(document())
    assert proof.violations == ()
    assert proof.holds
    assert proof.situations == SPACE_SIZE == len(table().table)
    assert (proof.unreachable, proof.unforeseen) == ((), 0)
    assert [one.id for one in proof.proved] == list(GUARDRAILS)
    assert list(GUARDRAILS) == [f"g{number}" for number in range(1, 11)]
    for guardrail in GUARDRAILS.values():
        assert demand_of(guardrail)


AAL1 = {"required_aal": Aal.ONE}
MUTANTS: list[tuple[str, str, Policy]] = [
    # (how it is broken, the rule to blame, the policy)
    ("g1.no_proof", "high.available", mutant("high.available", outcome="proceed")),
    ("g1.no_proof", "high.delayed", mutant("high.delayed", outcome="proceed_then_confirm")),
    ("g1.old_proof", "high.available", mutant("high.available", max_proof_age=86400)),
    # one second above what is called fresh for high sensitivity
    ("g1.old_proof", "high.delayed", mutant("high.delayed", max_proof_age=301)),
    # an outage halves what is fresh, an emergency quarters it: one second above
    ("g1.old_proof", "high.available.outage", mutant("high.available.outage", max_proof_age=151)),
    (
        "g1.old_proof",
        "high.emergency.released",
        mutant("high.emergency.released", max_proof_age=76),
    ),
    # as young as one may be for a code, but not for a message
    (
        "g1.old_proof",
        "high.delayed",
        mutant("high.delayed", permitted_factors=FOUR | {"sms"}, max_proof_age=61, **AAL1),
    ),
    ("g2.level", "medium.degraded", mutant("medium.degraded", **AAL1)),
    ("g2.age", "medium.degraded", mutant("medium.degraded", max_proof_age=901)),
    (
        "g2.phishing",
        "high.degraded",
        mutant(
            "high.available", phishing_resistant=True, permitted_factors=frozenset({"security_key"})
        ),
    ),
    (
        "g3.below_level",
        "medium.available",
        mutant("medium.available", permitted_factors=FOUR | {"email_link"}),
    ),
    ("g3.below_level", "high.available", mutant("high.available", required_aal=Aal.THREE)),
    ("g3.sms", "high.delayed", mutant("high.delayed", permitted_factors=FOUR | {"sms"}, **AAL1)),
    (
        "g3.email_link",
        "medium.available",
        mutant("medium.available", permitted_factors=FOUR | {"email_link"}, **AAL1),
    ),
    ("g4.not_blocked", "blocked.escalated", mutant("blocked.escalated", outcome="challenge")),
    ("g4.nobody_told", "blocked.escalated", mutant("blocked.escalated", escalate_to=None)),
    (
        "g4.no_proof_after_clearance",
        "released.escalated",
        mutant("released.escalated", outcome="proceed"),
    ),
    ("g5.not_blocked", "blocked.red", mutant("blocked.red", outcome="fallback")),
    ("g5.nobody_told", "blocked.red", mutant("blocked.red", escalate_to=None)),
    (
        "g5.no_proof_after_clearance",
        "released.red.reachable",
        mutant("released.red.reachable", outcome="proceed"),
    ),
    # the highest value goes on where a lower one is asked about: so would an unknown one
    (
        "g7.proof",
        "odd",
        first(
            "odd",
            "proceed",
            "low",
            sensitivity="low",
            value="high",
            reversibility="reversible",
            availability="available",
            risk="green",
            clearance="none",
        ),
    ),
    ("g6.no_proof", "high.available", mutant("high.available", outcome="proceed")),
    ("g6.level", "medium.available", mutant("medium.available", **AAL1)),
    ("g7.level", "high.available.urgent", mutant("high.available.urgent", **AAL1)),
    ("g7.person", "high.available.urgent", mutant("high.available", approvals=1)),
    ("g8.no_end", "high.available", mutant("high.available", window=0)),
    ("g8.no_end", "blocked.red", mutant("blocked.red", grace=40 * 86400)),
    ("g8.no_deadline", "medium.consented", mutant("medium.consented", confirm_within=0)),
    ("g8.no_retry", "high.delayed", mutant("high.delayed", retries=())),
    ("g8.no_retry", "high.delayed", mutant("high.delayed", retries=(60, -1))),
    ("g8.no_next_step", "high.delayed", mutant("high.delayed", on_expiry="nothing")),
    ("g8.long_challenge", "high.available", mutant("high.available", challenge_ttl=601)),
    ("g8.no_way", "high.degraded", mutant("high.degraded", permitted_factors=frozenset())),
    # an older proof goes on where a fresh one is asked for more
    ("g10.proof", "medium.fresh", mutant("medium.fresh", when={"trust": "recent"})),
    ("g10.proof", "medium.fresh", mutant("medium.fresh", when={"risk": "amber"})),
    ("g10.level", "high.delayed", mutant("high.delayed", **AAL1)),
    ("g10.person", "high.delayed", mutant("high.available", approvals=1)),
]


@pytest.mark.parametrize(
    ("broken", "blamed", "policy"),
    MUTANTS,
    ids=[f"{broken}-{blamed}" for broken, blamed, _ in MUTANTS],
)
def test_d4_a_seeded_defect_is_caught_by_name(broken: str, blamed: str, policy: Policy) -> None:
    proof = prove(policy)
    found = [
        one
        for one in proof.violations
        if one.sentence == f"guardrail.{broken}" and one.rule_id == blamed
    ]
    assert len(found) == 1, proof.broken
    [violation] = found
    assert not proof.holds
    assert violation.guardrail in proof.broken
    assert violation.guardrail.id == broken.split(".")[0]
    assert violation.line == rule(blamed, policy).line
    assert 1 <= violation.count <= SPACE_SIZE
    # the example is a situation that this very rule decides
    assert decide(Facts.from_words(violation.facts), compile_policy(policy)).rule_id == blamed
    assert blamed in sentence_of(violation)
    assert place_of(violation)
    assert situation_of(violation.facts)


@pytest.mark.parametrize(
    ("rule_id", "age"),
    [("high.available", 300), ("high.available.outage", 150), ("high.emergency.released", 75)],
)
def test_d4_1_the_oldest_proof_that_is_still_fresh_is_accepted(rule_id: str, age: int) -> None:
    assert prove(mutant(rule_id, max_proof_age=age)).holds


def test_d4_1_a_table_of_trust_that_shrinks_takes_the_rules_with_it() -> None:
    trust = replace(document().trust, share={**document().trust.share, Mode.DEGRADED: 49})
    found = prove(replace(document(), trust=trust)).violations
    assert {one.sentence for one in found} == {"guardrail.g1.old_proof"}
    assert {one.where["mode"] for one in found} == {("degraded",)}
    assert "high.available.outage" in {one.rule_id for one in found}


def test_d4_every_way_to_break_a_guardrail_has_its_mutant_and_its_words() -> None:
    said = {
        message.removeprefix("guardrail.")
        for message in MESSAGES
        if message.startswith("guardrail.g") and not message.endswith(".demand")
    }
    assert {broken for broken, _, _ in MUTANTS} | {"g9.holds_high"} == said


def test_d4_9_an_offline_profile_with_high_sensitivity_is_caught_with_its_line() -> None:
    phone = document().offline["phone"]
    high = replace(phone, sensitivity=(Sensitivity.LOW, Sensitivity.HIGH))
    [violation] = prove(replace(document(), offline={"phone": high})).violations
    assert violation.guardrail is GUARDRAILS["g9"]
    assert (
        violation.line
        == phone.line
        == 1
        + TEXT.splitlines().index("  phone: {sensitivity: [low, medium], valid_for: 12h, uses: 20}")
    )
    assert violation.where == {"sensitivity": ("high",)}
    assert "offline.phone" in sentence_of(violation)


def test_d4_one_defect_is_counted_in_every_situation_and_told_once() -> None:
    policy = mutant("blocked.red", escalate_to=None)
    [violation] = prove(policy).violations
    decided = [
        facts_at(place)
        for place, decision in enumerate(compile_policy(policy).table)
        if decision.rule_id == "blocked.red"
    ]
    assert violation.count == len(decided)
    assert violation.where["risk"] == ("red",)
    assert violation.where["clearance"] == ("none",)
    assert violation.facts == decided[0].words()


def test_d4_unreachable_rules_and_gaps_are_told() -> None:
    shadowed = first("above", "block", "blocked.red", risk="red", clearance="none")
    assert prove(shadowed).unreachable == ("blocked.red",)
    rules = tuple(one for one in document().rules if one.id != "blocked.red")
    last = [one for one in rules if not one.id.startswith("high.")]
    proof = prove(replace(document(), rules=tuple(last)))
    assert proof.unforeseen == sum(
        decision.rule_id == DEFAULT_ID
        for decision in compile_policy(replace(document(), rules=tuple(last))).table
    )
    assert proof.unforeseen > 0


def test_the_region_is_the_smallest_box() -> None:
    places = [0, STEPS["risk"]]
    assert region(places)["risk"] == ("green", "amber")
    assert "risk" not in region([*places, 2 * STEPS["risk"]])
    assert region(range(SPACE_SIZE)) == {}
    assert radices() == STEPS


@given(place=st.integers(0, SPACE_SIZE - 1))
def test_a_place_and_its_facts_are_the_same(place: int) -> None:
    assert facts_at(place).index == place


def worse(data: st.DataObject, place: int) -> int:
    """A place that is no better in any of the facts of guardrail 10, equal in all others."""
    for name in WORSENS:
        radix = len(DIMENSIONS[name])
        now = place // STEPS[name] % radix
        place += data.draw(st.integers(0, radix - 1 - now), label=name) * STEPS[name]
    return place


@given(data=st.data(), place=st.integers(0, SPACE_SIZE - 1))
def test_d4_10_no_way_to_the_worse_asks_for_less(data: st.DataObject, place: int) -> None:
    # several steps and several facts at once, not only the single steps that are proved
    there = worse(data, place)
    assert asks_less(table().table[place], table().table[there]) == ""


@settings(**BRIEFLY)
@given(
    data=st.data(),
    rule_id=st.sampled_from([one.id for one in document().rules]),
    outcome=st.sampled_from(list(Outcome)),
    aal=st.sampled_from(list(Aal)),
    approvals=st.integers(0, 1),
)
def test_d4_10_the_proof_of_single_steps_is_right_about_every_way(
    data: st.DataObject, rule_id: str, outcome: Outcome, aal: Aal, approvals: int
) -> None:
    policy = mutant(rule_id, outcome=outcome, required_aal=aal, approvals=approvals)
    proof, decisions = prove(policy), compile_policy(policy).table
    found = [one for one in proof.violations if one.guardrail.id == "g10"]
    for violation in found:  # nothing is blamed that is not so
        assert violation.against_facts is not None
        better = Facts.from_words(violation.against_facts)
        now = Facts.from_words(violation.facts)
        assert asks_less(decisions[better.index], decisions[now.index])
        assert sum(better.words()[name] != now.words()[name] for name in DIMENSIONS) == 1
    if not found:  # nothing is missed
        for _ in range(50):
            place = data.draw(st.integers(0, SPACE_SIZE - 1))
            assert asks_less(decisions[place], decisions[worse(data, place)]) == ""


@pytest.mark.django_db
def test_d4_a_shipped_policy_that_breaks_a_guardrail_is_never_brought_into_force(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = TEXT.replace("{risk: red}\n    outcome: block", "{risk: amber}\n    outcome: block")
    assert not prove(parse_policy(broken)).holds
    path = tmp_path / "broken.yaml"
    path.write_text(broken, encoding="utf-8")
    monkeypatch.setattr(policy_activation, "DEFAULT", path)
    PolicyVersion.objects.update(status=PolicyVersion.Status.RETIRED)
    before = PolicyVersion.objects.count()
    with pytest.raises(GuardrailBroken, match="g5 red_is_stopped") as refused:
        policy_activation.install_default_policy()
    assert not refused.value.proof.holds
    assert PolicyVersion.objects.count() == before
