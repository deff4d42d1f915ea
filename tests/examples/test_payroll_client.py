"""The API client against a server that misbehaves: each fault becomes a problem with a code."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator

import pytest

from examples.payroll.client import Holdfast, HoldfastProblem
from tests.examples.conftest import free_port
from tests.examples.scripted import ScriptedHoldfast

ACTION = {"id": "a1", "status": "pending"}


class Clock:
    """Seconds that move when told."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def holdfast(scripted: ScriptedHoldfast, clock: Clock) -> Iterator[Holdfast]:
    client = Holdfast(scripted.url, "demo-payroll", "secret", clock)
    yield client
    client.close()


def test_a_token_serves_until_shortly_before_its_end(
    holdfast: Holdfast, scripted: ScriptedHoldfast, clock: Clock
) -> None:
    for _ in range(3):
        scripted.will_answer(200, ACTION)
    holdfast.action("a1")
    clock.now += 869
    holdfast.action("a1")
    assert scripted.tokens == 1
    clock.now += 1
    holdfast.action("a1")
    bearers = [asked.headers["authorization"] for asked in scripted.calls()]
    assert bearers == ["Bearer token-1", "Bearer token-1", "Bearer token-2"]


def test_the_token_is_asked_for_with_basic_credentials_and_every_scope(
    holdfast: Holdfast, scripted: ScriptedHoldfast
) -> None:
    scripted.will_answer(200, ACTION)
    holdfast.action("a1")
    asked = scripted.asked[0]
    basic = base64.b64encode(b"demo-payroll:secret").decode()
    assert asked.headers["authorization"] == f"Basic {basic}"
    assert asked.body == "grant_type=client_credentials&scope=actions+signals+read"


def test_a_refused_token_is_renewed_once_and_the_same_request_sent_again(
    holdfast: Holdfast, scripted: ScriptedHoldfast
) -> None:
    scripted.will_answer(401, {"code": "not_authenticated", "title": "Sign in"})
    scripted.will_answer(201, ACTION)
    assert holdfast.request_action("key-1", {"type": "draft.save"}).id == "a1"
    first, second = scripted.calls()
    assert (first.body, first.headers["idempotency-key"]) == ('{"type":"draft.save"}', "key-1")
    assert (second.body, second.headers["idempotency-key"]) == (first.body, "key-1")
    assert second.headers["authorization"] == "Bearer token-2"


def test_a_second_refusal_is_a_problem_not_a_loop(
    holdfast: Holdfast, scripted: ScriptedHoldfast
) -> None:
    for _ in range(2):
        scripted.will_answer(401, {"code": "not_authenticated", "title": "Sign in"})
    with pytest.raises(HoldfastProblem) as caught:
        holdfast.action("a1")
    assert (caught.value.code, len(scripted.calls())) == ("not_authenticated", 2)


@pytest.mark.parametrize(
    ("status", "final"),
    [(400, True), (404, True), (422, True), (409, False), (429, False), (500, False), (503, False)],
)
def test_a_problem_keeps_its_code_and_says_whether_trying_again_helps(
    holdfast: Holdfast, scripted: ScriptedHoldfast, status: int, final: bool
) -> None:
    scripted.will_answer(status, {"code": "some_code", "title": "Title", "detail": "Detail"})
    with pytest.raises(HoldfastProblem) as caught:
        holdfast.action("a1")
    problem = caught.value
    assert (problem.code, problem.title, problem.detail) == ("some_code", "Title", "Detail")
    assert problem.is_final is final


@pytest.mark.parametrize("answer", [b"", b"<html>", b"[]", b'{"id": 7}', b"\xff"])
def test_an_answer_of_another_shape_is_a_problem(
    holdfast: Holdfast, scripted: ScriptedHoldfast, answer: bytes
) -> None:
    scripted.will_answer(200, answer)
    with pytest.raises(HoldfastProblem) as caught:
        holdfast.action("a1")
    assert (caught.value.code, caught.value.is_final) == ("unexpected_answer", False)


def test_a_connection_cut_short_is_unreachable(
    holdfast: Holdfast, scripted: ScriptedHoldfast
) -> None:
    scripted.will_hang_up()
    with pytest.raises(HoldfastProblem) as caught:
        holdfast.action("a1")
    assert caught.value.code == "holdfast_unreachable"


def test_nobody_listening_is_unreachable() -> None:
    nobody = Holdfast(f"http://127.0.0.1:{free_port()}", "id", "secret")
    with pytest.raises(HoldfastProblem) as caught:
        nobody.actions_of("avery")
    nobody.close()
    assert (caught.value.code, caught.value.is_final) == ("holdfast_unreachable", False)


def test_a_link_that_would_run_as_a_script_is_dropped(
    holdfast: Holdfast, scripted: ScriptedHoldfast
) -> None:
    scripted.will_answer(200, {**ACTION, "resume_url": "javascript:alert(1)"})
    assert holdfast.action("a1").resume_url == ""


def test_signals_name_person_kind_and_time_and_give_back_refusals(
    holdfast: Holdfast, scripted: ScriptedHoldfast
) -> None:
    rejected = [{"index": 0, "code": "no_consent"}]
    scripted.will_answer(202, {"accepted": 1, "rejected": rejected})
    assert holdfast.send_signals("tess", [("heartbeat", ""), ("network", "lost")]) == ["no_consent"]
    first, second = json.loads(scripted.calls()[0].body)["signals"]
    assert (first["subject"], first["kind"], "value" in first) == ("tess", "heartbeat", False)
    assert (second["kind"], second["value"]) == ("network", "lost")
    assert first["observed_at"].endswith("+00:00")
