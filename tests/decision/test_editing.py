"""One thing of a policy document changed, and the rest as its author wrote it, byte for byte."""

from __future__ import annotations

from dataclasses import replace
from difflib import ndiff
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from identity.policy.decision import REASON_CODES
from identity.policy.document import Policy, parse_policy
from identity.policy.editing import (
    Words,
    add_rule,
    edit_rule,
    move_rule,
    plain_at,
    remove_rule,
    write,
)
from identity.policy.editing.writing import same
from identity.policy.facts import DIMENSIONS
from tests.decision.shipped import TEXT, document

IDS = [rule.id for rule in document().rules]
NEW: dict[str, Any] = {
    "id": "new.rule",
    "when": {"sensitivity": Words(("low", "medium")), "risk": Words(("amber",))},
    "outcome": "challenge",
    "profile": "high",
    "because": Words(("live_proof_needed",), ordered=True),
}


def changed_lines(after: str, before: str = TEXT) -> list[str]:
    """The lines that came and went, as a person who compares the two would see them."""
    found = ndiff(before.splitlines(), after.splitlines())
    return [line[:1] + line[2:].strip() for line in found if line[0] in "+-"]


def rules_of(text: str) -> list[Any]:
    """The rules as parsed, without the line they stand on."""
    return [replace(rule, line=0) for rule in parse_policy(text).rules]


def rest_of(policy: Policy) -> Policy:
    """The policy without its rules and lines."""
    offline = {name: replace(each, line=0) for name, each in policy.offline.items()}
    default = replace(policy.default, line=0)
    return replace(policy, rules=(), default=default, offline=offline)


@pytest.mark.parametrize(
    ("path", "value", "lines"),
    [
        # a number in a line of many
        (
            ("risk", "device", "new"),
            20,
            [
                "-device: {known: 0, new: 18, unknown: 12}",
                "+device: {known: 0, new: 20, unknown: 12}",
            ],
        ),
        # a number on a line of its own
        (("risk", "cap"), 39, ["-cap: 40", "+cap: 39"]),
        # a time
        (("profiles", "low", "grace"), "2d", ["-grace: 1d", "+grace: 2d"]),
        # the name, which stays a string
        (("version_name",), "2", ['-version_name: "v1"', '+version_name: "2"']),
        # a list
        (
            ("profiles", "low", "retries"),
            Words(("15m", "2h"), ordered=True),
            ["-retries: [15m, 1h, 4h, 12h]", "+retries: [15m, 2h]"],
        ),
        # a key that was not there: to the end of the lines, to the end of a line
        (("profiles", "released", "approvals"), 1, None),
        (("profiles", "medium", "approvals"), 1, ["+approvals: 1"]),
        # what is so already is not written again, whatever its order
        (("profiles", "low", "permitted_factors"), Words(("sms", "totp", "push", "backup_code",
         "security_key", "email_link")), []),
        (("rules", 0, "when", "clearance"), Words(("granted",)), []),
    ],
)  # fmt: skip
def test_d3_one_value(path: tuple[str | int, ...], value: Any, lines: list[str] | None) -> None:
    after = write(TEXT, path, value)
    parse_policy(after)
    assert same(plain_at(after, path), value)
    if lines is not None:
        assert changed_lines(after) == lines


def test_d3_a_cell_of_a_rule() -> None:
    low = next(rule for rule in document().rules if rule.id == "low")
    when = {name: Words(tuple(each.word for each in chosen)) for name, chosen in low.when.items()}
    rule = {
        "id": "low",
        "when": {**when, "value": Words(("none",)), "mode": Words(("normal",))},
        "outcome": "proceed",
        "profile": "low",
        "because": Words(("low_stakes",), ordered=True),
    }
    start = TEXT.index("  - id: low\n")
    old = TEXT[start : TEXT.index("    outcome:", start)]
    new = old.replace("value: [none, low]", "value: [none]").replace("}", ", mode: [normal]}")
    assert edit_rule(TEXT, "low", rule) == TEXT.replace(old, new)


def test_d3_own_obligations_come_and_go_in_their_place() -> None:
    rule = {
        "id": "high.available",
        "when": {"availability": Words(("available",)), "mode": Words(("normal",))},
        "outcome": "challenge",
        "profile": "high",
        "because": Words(("high_stakes", "live_proof_needed"), ordered=True),
    }
    own = {**rule, "with": {"window": "2d", "permitted_factors": Words(("totp", "security_key"))}}
    after = edit_rule(TEXT, "high.available", own)
    assert changed_lines(after) == ["+with: {window: 2d, permitted_factors: [totp, security_key]}"]
    lines = [line.strip() for line in after.splitlines()]
    at = lines.index("with: {window: 2d, permitted_factors: [totp, security_key]}")
    assert (lines[at - 1], lines[at + 1].split(":")[0]) == ("profile: high", "because")
    assert edit_rule(after, "high.available", rule) == TEXT


def test_d3_the_default_is_a_rule_too() -> None:
    default = {
        "outcome": "block",
        "profile": "blocked",
        "because": Words(("unforeseen", "person_must_decide"), ordered=True),
    }
    after = edit_rule(TEXT, "default", default)
    assert changed_lines(after) == [
        "-because: [unforeseen]",
        "+because: [unforeseen, person_must_decide]",
    ]


@pytest.mark.parametrize("after", ["", IDS[0], "medium.fresh", IDS[-1]])
def test_d3_a_rule_is_added_where_it_was_asked_for(after: str) -> None:
    found = add_rule(TEXT, after, NEW)
    assert [line[0] for line in changed_lines(found)] == ["+"] * 5
    at = IDS.index(after) + 1 if after else 0
    ids = [rule.id for rule in parse_policy(found).rules]
    assert ids == [*IDS[:at], "new.rule", *IDS[at:]]
    assert remove_rule(found, "new.rule") == TEXT


def test_d3_a_long_rule_is_broken_between_its_facts() -> None:
    every = {name: Words(tuple(each.word for each in kind)) for name, kind in DIMENSIONS.items()}
    found = add_rule(TEXT, "low", {**NEW, "when": every})
    assert max(len(line) for line in found.splitlines()) <= 100
    assert len(parse_policy(found).rules[IDS.index("low") + 1].when) == len(DIMENSIONS)


def test_d3_a_comment_goes_with_its_rule_and_a_heading_stays() -> None:
    own = "  # The person agreed beforehand that it may be done first."
    heading = "  # Only a person resolves these.\n  - id: blocked."
    moved = move_rule(TEXT, "medium.consented", "up")
    assert moved.index(own) < moved.index("- id: medium.consented") < moved.index("- id: medium.fr")
    assert heading + "red" in move_rule(TEXT, "blocked.escalated", "down")
    assert own not in remove_rule(TEXT, "medium.consented")
    assert heading + "red" in remove_rule(TEXT, "blocked.escalated")


@pytest.mark.parametrize("rule", IDS)
def test_d3_down_and_up_again_is_where_it_was(rule: str) -> None:
    down = move_rule(TEXT, rule, "down")
    ids = [each.id for each in parse_policy(down).rules]
    at = IDS.index(rule)
    expected = IDS.copy()
    if at < len(IDS) - 1:
        expected[at], expected[at + 1] = expected[at + 1], expected[at]
    assert ids == expected
    assert sorted(down.splitlines()) == sorted(TEXT.splitlines())
    if rule not in (IDS[-1], "medium.fresh"):  # that one's neighbour has a comment of its own,
        assert move_rule(down, rule, "up") == TEXT  # which comes to stand below a heading


def test_d3_the_ends_of_the_list_stay() -> None:
    assert move_rule(TEXT, IDS[0], "up") == TEXT
    assert move_rule(TEXT, IDS[-1], "down") == TEXT


def test_d3_a_rule_that_is_not_there() -> None:
    for act in (
        lambda: remove_rule(TEXT, "nowhere"),
        lambda: move_rule(TEXT, "nowhere", "up"),
        lambda: add_rule(TEXT, "nowhere", NEW),
        lambda: edit_rule(TEXT, "nowhere", NEW),
    ):
        with pytest.raises(LookupError):
            act()


_whens = st.fixed_dictionaries(
    {},
    optional={
        name: st.sets(st.sampled_from(list(kind)), min_size=1) for name, kind in DIMENSIONS.items()
    },
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(
    rule=st.sampled_from(IDS),
    when=_whens,
    because=st.lists(st.sampled_from(sorted(REASON_CODES)), min_size=1, max_size=3, unique=True),
)
def test_d3_an_edited_rule_parses_to_what_was_meant(
    rule: str, when: dict[str, set[Any]], because: list[str]
) -> None:
    """Whatever is ticked: that rule says it, no other rule and no other line says anything else."""
    at = IDS.index(rule)
    old = document().rules[at]
    wanted: dict[str, Any] = {
        "id": rule,
        "when": {
            name: Words(tuple(e.word for e in sorted(chosen))) for name, chosen in when.items()
        },
        "outcome": "block",
        "profile": "blocked",
        "because": Words(tuple(because), ordered=True),
    }
    after = edit_rule(TEXT, rule, wanted)
    rules = rules_of(after)
    before = rules_of(TEXT)
    assert rules[:at] + rules[at + 1 :] == before[:at] + before[at + 1 :]
    assert rules[at].when == {name: tuple(sorted(chosen)) for name, chosen in when.items()}
    assert (rules[at].outcome, rules[at].because) == ("block", tuple(because))
    assert rest_of(parse_policy(after)) == rest_of(document())
    lines = TEXT.splitlines()
    end = document().rules[at + 1].line if at + 1 < len(IDS) else len(lines) - 6
    tail = "\n".join(lines[end:])
    assert after.startswith("\n".join(lines[: old.line - 1]))
    assert after.rstrip("\n").endswith(tail)


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(st.sampled_from(["up", "down", "add", "remove"]), st.integers(0, 99))))
def test_d3_any_walk_of_edits_keeps_every_rule_and_all_the_rest(
    steps: list[tuple[Any, int]],
) -> None:
    text, model, made = TEXT, list(IDS), 0
    known = {rule.id: rule for rule in rules_of(TEXT)}
    for act, number in steps[:12]:
        at = number % len(model)
        if act == "add":
            made += 1
            text = add_rule(text, model[at], {**NEW, "id": f"new.{made}"})
            model.insert(at + 1, f"new.{made}")
        elif act == "remove":
            text = remove_rule(text, model.pop(at))
        else:
            text = move_rule(text, model[at], act)
            other = at - 1 if act == "up" else at + 1
            if 0 <= other < len(model):
                model[at], model[other] = model[other], model[at]
    rules = rules_of(text)
    assert [rule.id for rule in rules] == model
    assert all(rule == known.get(rule.id, rule) for rule in rules)
    assert rest_of(parse_policy(text)) == rest_of(document())
