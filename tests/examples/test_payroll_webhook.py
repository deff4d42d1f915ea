"""Webhooks: believed only when signed and fresh, and with one effect however often they come."""

from __future__ import annotations

import json
import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from examples.payroll.settings import DEMO_WEBHOOK_SECRET
from examples.payroll.store import Reception, Store
from examples.payroll.webhook import NotAuthentic, NotUnderstood, parse, receive
from tests.examples.conftest import Deliver, committed, signed, told

RAW = json.dumps(committed()).encode()
PATH = "/webhooks/holdfast/"


def results(visitor: FlaskClient) -> list[dict[str, Any]]:
    answer = visitor.get("/effects.json").json
    assert answer is not None
    found: list[dict[str, Any]] = answer["results"]
    return found


def test_q6_a_commit_changes_the_account_once_however_often_it_is_repeated(
    visitor: FlaskClient, deliver: Deliver, store: Store
) -> None:
    assert deliver(committed()) == (200, "applied")
    for _ in range(4):
        assert deliver(committed()) == (200, "duplicate")
    [effect] = results(visitor)
    assert effect["deliveries"] == 5
    assert (effect["action"], effect["type"]) == ("a1", "payout.change")
    assert (effect["subject"], effect["webhook_id"]) == ("avery", "msg_1")
    assert store.current("avery", "payout.change") == "DE89370400440532013000"


def test_q6_another_message_about_the_same_commit_has_no_second_effect(
    visitor: FlaskClient, deliver: Deliver
) -> None:
    deliver(committed(), "msg_1")
    assert deliver(committed(), "msg_2") == (200, "noted")
    [effect] = results(visitor)
    assert (effect["webhook_id"], effect["deliveries"]) == ("msg_1", 2)


def test_q6_two_actions_are_two_effects_and_the_later_one_is_in_force(
    visitor: FlaskClient, deliver: Deliver, store: Store
) -> None:
    deliver(committed("a1", "GB29NWBK60161331926819"), "msg_1")
    deliver(committed("a2", "DE89370400440532013000"), "msg_2")
    assert [effect["action"] for effect in results(visitor)] == ["a2", "a1"]
    assert store.current("avery", "payout.change") == "DE89370400440532013000"


def test_d2_a_reversal_brings_back_what_was_in_force_before(deliver: Deliver, store: Store) -> None:
    deliver(committed("a1", "GB29NWBK60161331926819"), "msg_1")
    deliver(committed("a2"), "msg_2")
    assert deliver(told("action.reversed", "a2"), "msg_3") == (200, "applied")
    assert store.current("avery", "payout.change") == "GB29NWBK60161331926819"
    assert deliver(told("action.reversed", "a1"), "msg_4") == (200, "applied")
    assert store.current("avery", "payout.change") is None


def test_d2_a_commit_that_its_reversal_overtook_has_no_effect(
    visitor: FlaskClient, deliver: Deliver
) -> None:
    deliver(told("action.reversed"), "msg_2")
    assert deliver(committed(), "msg_1") == (200, "noted")
    assert results(visitor) == []


@pytest.mark.parametrize("age", [timedelta(minutes=6), timedelta(days=30), timedelta(minutes=-6)])
def test_f43_a_stale_or_future_message_is_refused(visitor: FlaskClient, age: timedelta) -> None:
    answer = visitor.post(PATH, data=RAW, headers=signed(RAW, age=age))
    assert (answer.status_code, results(visitor)) == (401, [])


@pytest.mark.parametrize("missing", ["webhook-id", "webhook-timestamp", "webhook-signature"])
def test_f43_a_stripped_message_is_refused(visitor: FlaskClient, missing: str) -> None:
    headers = signed(RAW)
    del headers[missing]
    answer = visitor.post(PATH, data=RAW, headers=headers)
    assert (answer.status_code, results(visitor)) == (401, [])


def test_f43_an_altered_duplicate_is_refused_and_not_counted(
    visitor: FlaskClient, deliver: Deliver
) -> None:
    deliver(committed())
    forged = RAW.replace(b"3000", b"3001")
    assert visitor.post(PATH, data=forged, headers=signed(RAW)).status_code == 401
    assert results(visitor)[0]["deliveries"] == 1


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("webhook-signature", "v1"),
        ("webhook-signature", "v1,%%%"),
        ("webhook-signature", "v2,AAAA v1,"),
        ("webhook-signature", "v1,ü"),
        ("webhook-timestamp", "nan"),
        ("webhook-timestamp", "1e400"),
        ("webhook-timestamp", "soon"),
        ("webhook-id", "msg_2"),
    ],
)
def test_f43_broken_headers_are_refused(visitor: FlaskClient, header: str, value: str) -> None:
    answer = visitor.post(PATH, data=RAW, headers=signed(RAW) | {header: value})
    assert (answer.status_code, results(visitor)) == (401, [])


def test_f43_a_body_that_is_no_text_is_refused(visitor: FlaskClient) -> None:
    answer = visitor.post(PATH, data=b"\xff\xfe", headers=signed(RAW))
    assert answer.status_code == 401


@given(at=st.integers(0, len(RAW) - 1), flip=st.integers(1, 255))
def test_f43_no_byte_of_the_body_may_change(at: int, flip: int) -> None:
    altered = bytearray(RAW)
    altered[at] ^= flip
    with tempfile.TemporaryDirectory() as place:
        store = Store(Path(place) / "payroll.sqlite3")
        with pytest.raises(NotAuthentic):
            receive(store, DEMO_WEBHOOK_SECRET, bytes(altered), signed(RAW))
        assert store.effects() == []


@given(name=st.sampled_from(["webhook-id", "webhook-timestamp"]), value=st.text(max_size=40))
def test_f43_no_signed_header_may_change(name: str, value: str) -> None:
    headers = signed(RAW)
    if value.strip() == headers[name]:
        return
    with tempfile.TemporaryDirectory() as place:
        store = Store(Path(place) / "payroll.sqlite3")
        with pytest.raises(NotAuthentic):
            receive(store, DEMO_WEBHOOK_SECRET, RAW, headers | {name: value})
        assert store.effects() == []


@given(st.text(max_size=80))
def test_f43_no_made_up_signature_is_accepted(signature: str) -> None:
    with tempfile.TemporaryDirectory() as place:
        store = Store(Path(place) / "payroll.sqlite3")
        with pytest.raises(NotAuthentic):
            receive(store, DEMO_WEBHOOK_SECRET, RAW, signed(RAW) | {"webhook-signature": signature})


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(
    st.fixed_dictionaries(
        {"type": st.sampled_from(["action.committed", "action.escalated"]) | JSON},
        optional={
            "data": JSON
            | st.fixed_dictionaries(
                {},
                optional={
                    "id": JSON,
                    "type": st.sampled_from(["payout.change", "draft.save"]) | JSON,
                    "subject": st.just("avery") | JSON,
                    "status": JSON,
                    "payload": JSON | st.fixed_dictionaries({"account": JSON}),
                },
            )
        },
    )
    | JSON
)
def test_q6_whatever_is_signed_is_understood_or_refused_in_order(body: Any) -> None:
    try:
        message = parse(json.dumps(body).encode(), "msg_1")
    except NotUnderstood:
        return
    if message is not None:
        assert (message.subject, bool(message.action_id)) == ("avery", True)
        with tempfile.TemporaryDirectory() as place:
            assert Store(Path(place) / "payroll.sqlite3").receive(message) in Reception


@pytest.mark.parametrize(
    "body",
    [
        [],
        {"type": "action.committed"},
        committed(subject="stranger"),
        committed(action_id=""),
        committed(account=""),
        committed(account="X" * 255),
        committed(account="\ud800"),
        {**committed(), "data": {**committed()["data"], "payload": None}},
        {**committed(), "data": {**committed()["data"], "type": "payout.steal"}},
    ],
)
def test_q6_a_signed_message_that_makes_no_sense_changes_nothing(
    visitor: FlaskClient, body: Any
) -> None:
    raw = json.dumps(body).encode()
    answer = visitor.post(PATH, data=raw, headers=signed(raw))
    assert (answer.status_code, results(visitor)) == (422, [])


def test_q6_an_event_type_of_the_future_is_acknowledged(deliver: Deliver) -> None:
    assert deliver({"type": "action.remembered", "data": {}}) == (200, "noted")


@pytest.mark.parametrize(("length", "status"), [(64 * 1024, 200), (64 * 1024 + 1, 413)])
def test_f43_a_body_over_64_kib_is_refused(visitor: FlaskClient, length: int, status: int) -> None:
    raw = RAW.ljust(length)
    answer = visitor.post(PATH, data=raw, headers=signed(raw))
    assert (answer.status_code, len(results(visitor))) == (status, 1 if status == 200 else 0)
