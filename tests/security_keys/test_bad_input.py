"""Answers of a key that are none: of any shape and size, refused without an error of ours."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from fallbacks.models import KeyCeremony
from identity.messages import say
from identity.models import Event
from tests.pages.reading import Page, check_shape
from tests.security_keys.using import (
    guesses,
    options_at,
    page_of,
    proved,
    send,
    stored_key,
    with_key,
)
from tests.world.authenticator import SoftKey, text_of
from tests.world.demo import Application, Visitor, stored

pytestmark = pytest.mark.django_db

Visit = Callable[[str], Visitor]

MISSHAPEN = [
    "",
    "null",
    "[]",
    "[[[[]]]]",
    "[" * 20_000,
    "17",
    '"text"',
    "{}",
    "x" * 40_000,
    json.dumps({"id": [], "rawId": {}, "type": "public-key", "response": []}),
    json.dumps({"id": "a", "rawId": "a", "type": "password", "response": {}}),
    '{"id": NaN}',
]


@pytest.mark.parametrize("sent", MISSHAPEN, ids=lambda sent: sent[:24])
def test_f3_what_is_no_answer_is_not_counted_and_uses_nothing_up(
    visit: Visit, payroll: Application, sent: str
) -> None:
    avery = visit("avery")
    with_key(avery)
    action = payroll.ask("avery").json()["id"]
    options_at(avery, page_of(action))
    page = Page(send(avery, page_of(action), sent))
    check_shape(page)
    assert page.status == 400
    assert page.says(say("error.malformed_code.security_key.detail"))
    assert guesses("avery") == 0
    assert KeyCeremony.objects.count() == 1


def test_f3_a_megabyte_is_not_even_read(visit: Visit, payroll: Application) -> None:
    avery = visit("avery")
    with_key(avery)
    action = payroll.ask("avery").json()["id"]
    options_at(avery, page_of(action))
    assert send(avery, page_of(action), "x" * 1_000_000).status_code == 400
    assert (guesses("avery"), KeyCeremony.objects.count()) == (0, 1)


WRONG_PARTS: list[tuple[str, Any]] = [
    ("id", "AAAA"),
    ("rawId", "AAAA"),
    ("rawId", "A" * 20_000),
    ("rawId", ""),
    ("id", 5),
    ("type", "secret"),
    ("clientDataJSON", "AAAA"),
    ("clientDataJSON", text_of(b"[]")),
    ("clientDataJSON", text_of(b'{"type": [], "challenge": {}, "origin": []}')),
    ("clientDataJSON", text_of(b"\xff\xfe")),
    ("authenticatorData", "AAAA"),
    ("authenticatorData", ""),
    ("authenticatorData", text_of(bytes(36))),
    ("authenticatorData", text_of(bytes(32) + b"\xff" + bytes(20))),
    ("signature", ""),
    ("signature", "AAAA"),
    ("signature", {"a": 1}),
    ("userHandle", ["x"]),
    ("userHandle", "AAAA"),
]


@pytest.mark.parametrize(("part", "value"), WRONG_PARTS)
def test_f18_a_wrong_part_is_refused_and_never_an_error_of_ours(
    visit: Visit, payroll: Application, part: str, value: Any
) -> None:
    avery = visit("avery")
    key = with_key(avery)
    action = payroll.ask("avery").json()["id"]
    options = options_at(avery, page_of(action))
    answer = send(avery, page_of(action), key.get(options, **{part: value}))
    assert answer.status_code == 400
    assert stored(action).status == "pending"
    assert guesses("avery") <= 1


@pytest.mark.parametrize(
    ("part", "value"),
    [
        ("id", "AAAA"),
        ("attestationObject", "AAAA"),
        ("attestationObject", text_of(b"\xa0")),
        ("attestationObject", text_of(b"\x9f" * 5000)),
        ("attestationObject", []),
        ("clientDataJSON", text_of(b"[]")),
        ("transports", ["\x00", {}, "usb"]),
        ("transports", "usb"),
        ("rawId", "AAAA"),
    ],
)
def test_f18_a_wrong_part_of_a_new_key_is_refused_or_left_out(
    visit: Visit, part: str, value: Any
) -> None:
    avery = visit("avery")
    address = proved(avery)
    sent = SoftKey().create(options_at(avery, address), **{part: value})
    status = send(avery, f"{address}key/", sent).status_code
    assert status == (303 if part == "transports" else 400)


def test_f14_the_first_of_two_answers_is_not_taken_for_both(
    visit: Visit, payroll: Application
) -> None:
    avery = visit("avery")
    key = with_key(avery)
    action = payroll.ask("avery").json()["id"]
    sent = json.dumps(key.get(options_at(avery, page_of(action))))
    answer = avery.client.post(page_of(action), {"answer": [sent, "[]"]})
    assert answer.status_code == 400
    assert stored(action).status == "pending"


def test_f1_a_typed_code_at_the_page_of_a_key_is_no_answer(
    visit: Visit, payroll: Application
) -> None:
    avery = visit("avery")
    with_key(avery)
    action = payroll.ask("avery").json()["id"]
    assert avery.client.post(page_of(action), {"code": avery.code()}).status_code == 400
    assert guesses("avery") == 0


def test_p6_nothing_of_a_key_stands_in_the_record(visit: Visit, payroll: Application) -> None:
    avery = visit("avery")
    key = with_key(avery)
    action = payroll.ask("avery").json()["id"]
    send(avery, page_of(action), key.get(options_at(avery, page_of(action))))
    record = json.dumps(list(Event.objects.values_list("name", "reason", "attributes")))
    assert text_of(key.credential_id) not in record
    assert stored_key("avery").credential_digest not in record
