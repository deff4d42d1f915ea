"""One source of copy (U1): whatever can happen has its words, and no word stands in for another."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

import fallbacks.errors
import identity.api.errors
import identity.errors
import presence.errors
from config.lifecycle import HoldfastError
from fallbacks.factors import FACTORS, is_enrollable
from fallbacks.models.people import ReasonCode
from identity import trust
from identity.api.problems import FROM_FRAMEWORK
from identity.audit import NAMES
from identity.messages import UnknownMessage, all_ids, has, say
from identity.policy import facts
from identity.policy.document import parse_policy
from identity.shipped_types import SHIPPED
from identity.states import Status
from presence.states import Reason, State

ROOT = Path(__file__).resolve().parent.parent.parent
APPS = ("identity", "fallbacks", "presence")
OUR_ERRORS = (fallbacks.errors, identity.errors, identity.api.errors, presence.errors)


def _errors(kind: type[HoldfastError] = HoldfastError) -> Iterator[type[HoldfastError]]:
    for each in kind.__subclasses__():
        yield each
        yield from _errors(each)


def _policy_reasons() -> set[str]:
    text = (ROOT / "identity" / "policies" / "default.yaml").read_text()
    policy = parse_policy(text)
    codes = {code for rule in (*policy.rules, policy.default) for code in rule.because}
    for signal, words in policy.risk.points.items():
        codes |= {f"{signal}_{word}" for word, points in words.items() if points}
        codes.add(f"{signal}_unknown")
    return codes | {"anomalies_recent", "anomalies_unknown"}


def _trust_reasons() -> set[str]:
    tree = ast.parse(Path(trust.__file__).read_text())
    return {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and re.fullmatch("[a-z]+(_[a-z]+)+", node.value)
    }


@pytest.mark.parametrize("status", list(Status))
def test_u1_every_state_has_a_word_and_a_whole_message(status: Status) -> None:
    assert has(f"status.{status}")
    for part in ("title", "body", "next"):
        assert has(f"action.{status}.{part}"), part


@pytest.mark.parametrize("name", sorted(NAMES))
def test_q5_every_event_has_its_sentence(name: str) -> None:
    assert has(f"event.{name}")


def test_u1_every_refusal_has_its_words() -> None:
    codes = {each.code for each in _errors()} | {code for code, _ in FROM_FRAMEWORK.values()}
    assert codes, OUR_ERRORS
    missing = {
        f"error.{code}.{part}"
        for code in codes
        for part in ("title", "detail")
        if not has(f"error.{code}.{part}")
    }
    assert missing == set()


def test_d9_every_reason_of_a_decision_has_its_sentence() -> None:
    codes = _policy_reasons() | _trust_reasons() | {reason.value for reason in Reason}
    assert {code for code in codes if not has(f"reason.{code}")} == set()


def test_p2_every_availability_has_its_words() -> None:
    for state in State:
        assert has(f"availability.{state}.title")
        assert has(f"availability.{state}.body")
    for reason in Reason:
        assert has(f"availability.reason.{reason}")


def test_d9_every_input_that_is_shown_has_its_words() -> None:
    for dimension, words in {
        "risk": facts.Risk,
        "availability": facts.Availability,
        "trust": facts.Trust,
        "mode": facts.Mode,
    }.items():
        for word in words:
            assert has(f"fact.{dimension}.{word.word}"), word


@pytest.mark.parametrize("factor", sorted(FACTORS))
def test_f1_every_way_has_its_words(factor: str) -> None:
    parts = ["title", "inline"]
    if is_enrollable(factor):
        parts += ["label", "hint", "help", "why", "not_here"]
    for part in parts:
        assert has(f"way.{factor}.{part}"), part


def test_u1_every_demo_type_and_field_has_its_words() -> None:
    for name, payload in ((each.name, each.payload) for each in SHIPPED):
        assert has(f"type.{name}.title"), name
        assert has(f"type.{name}.done"), name
        assert has(f"type.{name}.unchanged"), name
        for field in payload:
            assert has(f"payload.{field}"), field


def test_f7_every_verdict_code_reads_as_a_sentence() -> None:
    for code in ReasonCode:
        say(
            f"event.escalation.resolved.{code}"
            if has(f"event.escalation.resolved.{code}")
            else "event.escalation.resolved"
        )


def _said_in_python() -> Iterator[tuple[str, str]]:
    for app in APPS:
        for path in (ROOT / app).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    value = node.value
                    if re.fullmatch(r"(rung|way|change)(\.[a-z_]+)+", value):
                        yield value, str(path)
                if (
                    isinstance(node, ast.Call)
                    and getattr(node.func, "id", "") == "say"
                    and isinstance(node.args[0], ast.Constant)
                ):
                    yield node.args[0].value, str(path)


def _said_in_templates() -> Iterator[tuple[str, str]]:
    for path in (ROOT / "templates").rglob("*.html"):
        for found in re.finditer(r"""{% say ["']([a-z_.]+)["']""", path.read_text()):
            yield found[1], str(path)


def test_u1_whatever_is_said_is_in_the_catalogue() -> None:
    said = [*_said_in_python(), *_said_in_templates()]
    assert len(said) > 100
    assert [(message, where) for message, where in said if not has(message)] == []


def test_u1_an_unknown_message_or_a_missing_fact_is_an_error() -> None:
    with pytest.raises(UnknownMessage):
        say("action.nowhere.title")
    with pytest.raises(UnknownMessage, match="name"):
        say("action.queued.title")


@pytest.mark.parametrize(("left", "word"), [(3, "3 tries"), (1, "1 try"), (0, "5 minutes")])
def test_u1_a_number_is_told_with_its_own_words(left: int, word: str) -> None:
    assert word in say("error.wrong_code.detail", tries_left=left)


def test_u1_a_moment_among_the_facts_is_told_in_utc() -> None:
    moment = datetime(2026, 11, 20, 18, 2, tzinfo=UTC)
    assert "Fri 20 Nov, 18:02 UTC" in say("error.locked_out.detail", until=moment)


JARGON = re.compile(
    r"\b(factor|challenge|token|OTP|AAL\d?|MFA|authenticate|authentication|pending|"
    r"you failed|you ignored|you missed|you must)\b",
    re.IGNORECASE,
)
FOR_PEOPLE = re.compile(
    r"(action|status|rung|way|event|availability|reason|request|requests|digest|verify|support|"
    r"not_me|cancel|sessions|devices|presence|dnd|quiet|away|zone|account|password|help|sign_in)\."
)


def _words(message_id: str) -> str:
    class Any(dict[str, str]):
        def __missing__(self, key: str) -> str:
            return "Avery"

    from_catalogue = say.__globals__["_catalogue"]()
    return str(from_catalogue[message_id]).format_map(Any())


def test_u1_people_are_spoken_to_in_plain_words() -> None:
    found = [
        (message, _words(message))
        for message in sorted(all_ids())
        if FOR_PEOPLE.match(message) and JARGON.search(_words(message))
    ]
    assert found == []


def test_u1_titles_fit_a_line() -> None:
    longest = {
        "unchanged": max((_words(i) for i in all_ids() if i.endswith(".unchanged")), key=len),
        "done": max((_words(i) for i in all_ids() if i.endswith(".done")), key=len),
    }
    for message in all_ids():
        if message.startswith(("action.", "error.")) and message.endswith(".title"):
            title = say(message, name="Avery", application="Payroll", **longest)
            assert len(title) < 70, title
            assert len(_words(message)) < 60, title
