"""Editing a policy document in every layout that YAML has, and what only the text can change."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from identity.policy.editing import (
    CannotEdit,
    Words,
    add_rule,
    drop,
    move_rule,
    plain_at,
    remove_rule,
    write,
)
from identity.policy.editing.writing import on_one_line
from identity.policy.errors import PolicyError
from tests.decision.test_editing import NEW

LAID_OUT = """\
rules:
-   # first things first
    because:
    - low_stakes  # why
    - fresh_proof
    id: a
    when:
      risk:  # bands
        - green
        - amber
    outcome: block  # stop
- {id: b, when: {}, outcome: "block"}

# a heading
- id: 'c'
  when: {risk: red
    , mode: normal}
  outcome: >-
    block"""
"""Rules in every layout that YAML has, without a line break at the end."""


@pytest.mark.parametrize(
    ("path", "value", "old", "new"),
    [
        # a list in lines becomes one on a line, and the comment at its key stays
        (("rules", 0, "when", "risk"), Words(("red",)),
         "risk:  # bands\n        - green\n        - amber\n", "risk: [red]  # bands\n"),
        (("rules", 0, "because"), Words(("x",)),
         "because:\n    - low_stakes  # why\n    - fresh_proof\n", "because: [x]\n"),
        # a value in front of a comment
        (("rules", 0, "outcome"), "queue", "outcome: block  # stop", "outcome: queue  # stop"),
        # into an empty mapping, and a quoted one
        (("rules", 1, "when", "risk"), Words(("red",)), "when: {}", "when: {risk: [red]}"),
        (("rules", 1, "outcome"), "queue", '"block"', "queue"),
        (("rules", 1, "profile"), "p", '"block"}', '"block", profile: p}'),
        # a mapping over two lines
        (("rules", 2, "when", "mode"), Words(("degraded", "emergency")),
         ", mode: normal", ", mode: [degraded, emergency]"),
        # folded, at the very end
        (("rules", 2, "outcome"), "queue", ">-\n    block", "queue"),
        (("rules", 2, "profile"), "p", ">-\n    block", ">-\n    block\n  profile: p\n"),
    ],
)  # fmt: skip
def test_d3_whatever_the_layout(
    path: tuple[str | int, ...], value: Any, old: str, new: str
) -> None:
    assert LAID_OUT.count(old) == 1
    assert write(LAID_OUT, path, value) == LAID_OUT.replace(old, new)


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        (("rules", 0, "because"),  # the first key, behind the dash
         "because:\n    - low_stakes  # why\n    - fresh_proof\n    id: a", "id: a"),
        (("rules", 0, "outcome"), "    outcome: block  # stop\n", ""),
        (("rules", 0, "when", "risk"),
         "when:\n      risk:  # bands\n        - green\n        - amber\n", "when: {}\n"),
        (("rules", 1, "when"), "when: {}, ", None),
        (("rules", 2, "when", "risk"), "risk: red\n    , mode", "mode"),
        (("rules", 2, "when", "mode"), "\n    , mode: normal", ""),
        (("rules", 0, "nothing"), "", ""),
    ],
)  # fmt: skip
def test_d3_a_key_is_dropped(path: tuple[str | int, ...], old: str, new: str | None) -> None:
    expected = LAID_OUT.replace(old, "" if new is None else new) if old else LAID_OUT
    assert drop(LAID_OUT, path) == expected


def test_d3_rules_move_in_any_layout() -> None:
    moved = move_rule(LAID_OUT, "b", "down")
    assert moved.index("'c'") < moved.index("# a heading\n- {id: b") < len(moved)
    assert move_rule(moved, "b", "up").rstrip() == LAID_OUT
    assert "id: b" not in remove_rule(LAID_OUT, "b")
    assert plain_at(add_rule(LAID_OUT, "c", NEW), ("rules", 3, "id")) == "new.rule"
    assert plain_at(add_rule("rules: []\n", "", NEW), ("rules", 0, "id")) == "new.rule"


def test_d3_what_only_the_text_can_change_is_refused() -> None:
    for text in ("rules: [{id: a}, {id: b}]\n", "rules: nothing\n", "other: 1\n"):
        with pytest.raises(CannotEdit):
            add_rule(text, "", NEW)
    with pytest.raises(CannotEdit):
        write("a:\n  ? b\n  : 1\n  ? c\n  : 2\n", ("a", "d"), 1)
    with pytest.raises(CannotEdit):
        write("\ufeffa: 1\n", ("a",), 2)
    with pytest.raises(CannotEdit):
        remove_rule("rules:\n- id: a\n", "a")


def test_d3_a_text_that_does_not_read_is_refused_with_its_place() -> None:
    with pytest.raises(PolicyError, match="Line 3, column 1"):
        write("a: 1\nb: [\n", ("a",), 2)


@given(st.text(st.characters(codec="utf-8"), max_size=20))
def test_d3_any_string_is_read_back_as_it_was(word: str) -> None:
    after = write("a: x\nb: {c: y, d: z}\n", ("b", "c"), word)
    assert plain_at(after, ("b", "c")) == word
    assert after.startswith("a: x\nb: {c: ")


def test_d3_words_that_yaml_reads_otherwise_are_quoted() -> None:
    for word in ("on", "yes", "null", "1", "1.5", "2026-11-21", "a: b", "", "~", "#x"):
        assert on_one_line(word) == f'"{word}"'
    assert on_one_line("15m") == "15m"
    assert on_one_line(True) == "true"
