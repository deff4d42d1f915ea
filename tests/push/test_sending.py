"""Prompts on their way: what is sent, read by another hand, and every answer of a push service."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from cryptography.exceptions import InvalidTag
from django.conf import settings as django_settings
from django.test import Client
from pytest_django.fixtures import Settings

from config.lifecycle import read_clock
from fallbacks.channels import webpush
from fallbacks.channels.webpush import MOST, Parcel, Recipient, encrypted, headers_of, public_key
from fallbacks.models import PushPrompt, PushSubscription, SecurityNotice
from fallbacks.push.browsers import enrol_browser
from fallbacks.push.sending import WAITS, send_prompts
from identity.models import Event, User
from presence.consents import set_consent
from presence.models import Signal
from presence.purposes import Purpose
from tests.pages.reading import Page, check_shape
from tests.push.phone import Phone, PushService, decode, enrol, signed_by
from tests.world.demo import Application, Visitor

pytestmark = pytest.mark.django_db(transaction=False)

Visit = Callable[[str], Visitor]
Later = Callable[[timedelta], datetime]


def signals(kind: str) -> list[Signal]:
    rows = Signal.objects.filter(subject__username="avery", kind=kind, source="application")
    return list(rows)


def acknowledge(client: Client, prompt: str, **headers: str) -> int:
    answer = client.post("/push/ack/", {"prompt": prompt}, headers=headers)
    return int(answer.status_code)


def test_f1_the_prompt_is_encrypted_for_the_phone_and_holds_no_number(
    payroll: Application, avery: Visitor, phone: Phone
) -> None:
    action = payroll.ask("avery").json()
    assert send_prompts() == 1
    assert len(phone.messages) == 1
    sent = phone.messages[0]
    told = phone.read(sent.body)
    assert set(told) == {"prompt", "title", "body", "url", "tag"}
    assert told["url"] == f"/requests/{action['id']}/verify/push/"
    text = json.dumps(told)
    assert action["challenge"]["number"] not in text
    for secret in ("DE89", "3000", "payout"):
        assert secret not in text
    assert b"Harbour" not in sent.body
    assert sent.headers["content-encoding"] == "aes128gcm"
    assert 0 < int(sent.headers["ttl"]) <= 600
    assert sent.headers["urgency"] == "high"
    assert len(sent.headers["topic"]) <= 32


def test_f1_holdfast_signs_with_its_own_key(
    payroll: Application, avery: Visitor, phone: Phone, service: PushService
) -> None:
    payroll.ask("avery")
    send_prompts()
    claims, key = signed_by(phone.messages[0].headers["authorization"])
    assert claims["aud"] == service.url
    assert 0 < claims["exp"] - read_clock().timestamp() <= 24 * 3600
    assert claims["sub"] == django_settings.PUSH_CONTACT
    assert key == public_key()
    assert len(decode(key)) == 65


def test_f1_no_two_messages_are_encrypted_alike(service: PushService) -> None:
    phone = Phone(service)
    recipient = Recipient(**phone.form)
    one, two = (encrypted(recipient, b'{"a":1}') for _ in range(2))
    assert one != two
    assert one[:16] != two[:16]
    assert one[21:86] != two[21:86]
    assert phone.read(one) == phone.read(two) == {"a": 1}
    other = Phone(service)
    with pytest.raises(InvalidTag):
        other.read(one)


@pytest.mark.parametrize("size", [0, 1, 100, MOST - 2])
def test_f1_every_length_can_be_read(service: PushService, size: int) -> None:
    phone = Phone(service)
    content = json.dumps("x" * size).encode()
    assert phone.read(encrypted(Recipient(**phone.form), content)) == "x" * size


def test_p1_taken_acknowledged_and_told_to_presence(
    payroll: Application, avery: Visitor, phone: Phone
) -> None:
    action = payroll.ask("avery").json()
    send_prompts()
    assert len(signals("push_accepted")) == 1
    assert signals("push_acknowledged") == []
    prompt = phone.last()["prompt"]
    assert acknowledge(avery.client, prompt) == 204
    assert len(signals("push_acknowledged")) == 1
    names = payroll.names(action["id"])
    assert names[-2:] == ["prompt.accepted", "prompt.acknowledged"]
    assert acknowledge(avery.client, prompt) == 404
    assert len(signals("push_acknowledged")) == 1


def test_p6_without_consent_no_signal_is_kept(
    payroll: Application, avery: Visitor, phone: Phone
) -> None:
    user = User.objects.get(username="avery")
    payroll.ask("avery")
    set_consent(user.pk, Purpose.REACHABILITY, False, actor="avery")
    send_prompts()
    assert acknowledge(avery.client, phone.last()["prompt"]) == 204
    assert not Signal.objects.filter(subject=user).exists()


def test_p1_an_acknowledgement_is_the_phones_own(
    payroll: Application, avery: Visitor, phone: Phone, visit: Visit, later: Later
) -> None:
    payroll.ask("avery")
    send_prompts()
    prompt = phone.last()["prompt"]
    assert acknowledge(visit("avery").client, prompt) == 404
    assert acknowledge(Client(), prompt) == 404
    assert acknowledge(avery.client, prompt, **{"sec-fetch-site": "cross-site"}) == 404
    for wrong in ("", "x", "0" * 36, "a" * 100_000):
        assert acknowledge(avery.client, wrong) in (400, 404, 413)
    later(timedelta(minutes=11))
    assert acknowledge(avery.client, prompt) == 404
    assert signals("push_acknowledged") == []


def test_p1_a_phone_may_be_faster_than_its_push_service(
    payroll: Application, avery: Visitor, phone: Phone
) -> None:
    payroll.ask("avery")
    prompt = PushPrompt.objects.get()
    assert acknowledge(avery.client, str(prompt.pk)) == 204
    assert send_prompts() == 0
    prompt.refresh_from_db()
    assert prompt.status == "acknowledged"


@pytest.mark.parametrize("status", [404, 410])
def test_f1_a_subscription_that_ended_is_forgotten_and_told(
    payroll: Application, avery: Visitor, phone: Phone, service: PushService, status: int
) -> None:
    service.answers = [status]
    action = payroll.ask("avery").json()
    assert send_prompts() == 0
    assert not PushSubscription.objects.exists()
    assert len(signals("push_bounced")) == 1
    assert Event.objects.filter(name="push.gone", subject__username="avery").count() == 1
    notice = SecurityNotice.objects.get(message_id="push_gone")
    assert notice.facts["name"] == "My phone"
    page = Page(avery.client.get("/factors/"))
    check_shape(page)
    assert send_prompts() == 0
    assert len(phone.messages) == 1
    # The number that is still shown can be typed nowhere any more; other ways go on.
    number = action["challenge"]["number"]
    address = f"/requests/{action['id']}/verify/push/"
    assert avery.client.post(address, {"code": number}).status_code == 404
    assert payroll.ask("avery", "email.change", {"email": "a@b.example"}).status_code == 201


RETRIED = [429, 500, 502, 503, 408]
REFUSED = [400, 401, 403, 413, 301]


@pytest.mark.parametrize("status", RETRIED)
def test_f1_what_may_pass_is_tried_again(
    payroll: Application,
    avery: Visitor,
    phone: Phone,
    service: PushService,
    later: Later,
    status: int,
) -> None:
    service.answers = [status]
    payroll.ask("avery")
    assert send_prompts() == 0
    assert send_prompts() == 0
    assert len(phone.messages) == 1
    later(timedelta(seconds=WAITS[0] * 1.1 + 1))
    assert send_prompts() == 1
    assert len(phone.messages) == 2
    assert phone.read(phone.messages[0].body) == phone.read(phone.messages[1].body)
    assert PushSubscription.objects.count() == 1


def test_f1_a_push_service_may_ask_for_time(
    payroll: Application, avery: Visitor, phone: Phone, service: PushService, later: Later
) -> None:
    service.answers, service.more = [429], {"retry-after": "120"}
    payroll.ask("avery")
    send_prompts()
    later(timedelta(seconds=60))
    assert send_prompts() == 0
    assert len(phone.messages) == 1
    later(timedelta(seconds=62))
    assert send_prompts() == 1


def test_f34_tries_are_counted_and_end(
    payroll: Application, avery: Visitor, phone: Phone, service: PushService, later: Later
) -> None:
    service.answers = [503] * 20
    action = payroll.ask("avery").json()
    for _ in range(10):
        send_prompts()
        later(timedelta(seconds=51))
    assert len(phone.messages) == len(WAITS) + 1
    assert PushPrompt.objects.get().status == "abandoned"
    assert PushSubscription.objects.count() == 1
    assert payroll.names(action["id"]).count("prompt.abandoned") == 1


@pytest.mark.parametrize("status", REFUSED)
def test_f1_what_cannot_pass_is_not_tried_again(
    payroll: Application,
    avery: Visitor,
    phone: Phone,
    service: PushService,
    later: Later,
    status: int,
) -> None:
    service.answers = [status]
    payroll.ask("avery")
    send_prompts()
    later(timedelta(minutes=5))
    assert send_prompts() == 0
    assert len(service.arrived) == 1
    assert PushPrompt.objects.get().status == "abandoned"
    assert PushSubscription.objects.count() == 1


def test_f1_a_push_service_that_is_away_is_tried_again(
    payroll: Application, visit: Visit, later: Later
) -> None:
    gone = PushService()
    phone = Phone(gone)
    gone.close()
    assert enrol(visit("avery"), phone).status_code == 303
    action = payroll.ask("avery").json()
    assert send_prompts() == 0
    prompt = PushPrompt.objects.get()
    assert (prompt.status, prompt.last_answer, prompt.attempts) == ("waiting", "unreachable", 1)
    assert action["challenge"]["number"]


def test_f1_a_push_service_that_hangs_holds_nobody_up(
    payroll: Application,
    avery: Visitor,
    phone: Phone,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(webpush, "TIMEOUT", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as hanging:
        user = User.objects.get(username="avery")
        for number in range(4):
            form = {
                **phone.form,
                "endpoint": f"http://127.0.0.1:{hanging.getsockname()[1]}/{number}",
            }
            recipient = Recipient(**form)
            enrol_browser(user.pk, recipient, name="x", device_id=None, now=read_clock())
        payroll.ask("avery")
        assert send_prompts() == 1
    assert len(phone.messages) == 1
    late = PushPrompt.objects.filter(status="waiting", last_answer="timed_out")
    assert late.count() == 4
    assert PushPrompt.objects.filter(status="accepted").count() == 1


@pytest.mark.parametrize(
    ("endpoint", "code"),
    [
        ("http://127.0.0.1:1/x", "not_https"),
        ("https://127.0.0.1:1/x", "inner_address"),
        ("https://10.0.0.1/x", "inner_address"),
        ("https://[::1]/x", "inner_address"),
        ("https://169.254.169.254/latest/meta-data", "inner_address"),
    ],
)
def test_f44_prompts_go_to_public_addresses_over_https_only(
    payroll: Application,
    avery: Visitor,
    settings: Settings,
    endpoint: str,
    code: str,
) -> None:
    settings.PUSH_ALLOWED_NETWORKS = settings.PUSH_PLAIN_NETWORKS = ()
    PushSubscription.objects.update(endpoint=endpoint)
    payroll.ask("avery")
    assert send_prompts() == 0
    prompt = PushPrompt.objects.get()
    assert (prompt.status, prompt.last_answer) == ("abandoned", code)


def test_f11_a_prompt_for_what_is_over_is_not_sent(
    payroll: Application, avery: Visitor, phone: Phone
) -> None:
    action = payroll.ask("avery").json()
    payroll.call("POST", f"actions/{action['id']}/cancel/")
    assert send_prompts() == 0
    assert phone.messages == []
    assert PushPrompt.objects.get().status == "abandoned"


def test_f1_a_message_that_is_too_long_never_leaves(service: PushService) -> None:
    phone = Phone(service)
    headers: Any = headers_of(Parcel(Recipient(**phone.form), b"", ttl=-5))
    assert headers["ttl"] == "0"
    assert "topic" not in headers
