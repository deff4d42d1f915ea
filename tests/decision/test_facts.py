"""The space: its order, its words, and that nothing unknown is ever loose."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from identity.policy import facts as f
from tests.decision.shipped import space

ANY_FACTS = st.builds(
    f.Facts, **{name: st.sampled_from(members) for name, members in f.DIMENSIONS.items()}
)


def test_the_index_numbers_the_space_without_gap_or_double() -> None:
    assert len(space()) == f.SPACE_SIZE
    assert [facts.index for facts, _ in space()] == list(range(f.SPACE_SIZE))


@given(ANY_FACTS)
def test_words_spell_a_situation_and_read_back_as_the_same(facts: f.Facts) -> None:
    assert f.Facts.from_words(facts.words()) == facts


@given(ANY_FACTS, st.sampled_from(sorted(f.DIMENSIONS)), st.none() | st.text(max_size=12))
def test_d4_7_an_unknown_word_is_the_strictest(facts: f.Facts, name: str, word: str | None) -> None:
    members = f.DIMENSIONS[name]
    words: dict[str, str] = facts.words()
    if word is None:
        del words[name]
    else:
        words[name] = word
    known = {member.word for member in members}
    expected = members.named(word) if word in known else members.worst()
    assert getattr(f.Facts.from_words(words), name) is expected


@pytest.mark.parametrize("word", ["GREEN", "Green", "", "pink", "of", "__class__"])
def test_only_the_stable_spelling_is_a_name(word: str) -> None:
    with pytest.raises(KeyError):
        f.Risk.named(word)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        # from best to worst: guardrails and the strict reading of the unknown rest on this order
        ("sensitivity", ["low", "medium", "high"]),
        ("reversibility", ["reversible", "irreversible"]),
        ("fraud_cost", ["low", "medium", "high"]),
        ("time_sensitivity", ["low", "high"]),
        ("value", ["none", "low", "medium", "high"]),
        ("reach", ["ordinary", "authority"]),
        ("availability", ["available", "delayed", "unreachable", "degraded", "escalated"]),
        ("risk", ["green", "amber", "red"]),
        ("trust", ["fresh", "recent", "stale", "none"]),
        ("mode", ["normal", "degraded", "emergency"]),
        ("consent", ["given", "none"]),
        ("clearance", ["granted", "none"]),
    ],
)
def test_words_are_stable_and_ordered_from_best_to_worst(name: str, words: list[str]) -> None:
    assert [member.word for member in f.DIMENSIONS[name]] == words
    assert [int(member) for member in f.DIMENSIONS[name]] == list(range(len(words)))
