"""Webhooks: signed, retried, refused where they must not go, one effect however often sent."""

from __future__ import annotations

import asyncio
import ipaddress
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from standardwebhooks import Webhook

from config.demo import people
from fallbacks.channels.address import AddressRefused, pin
from identity.actions.sweeping import sweep_actions
from identity.models import Application as Client
from identity.models import Delivery, User
from identity.webhooks.backoff import WAITS
from identity.webhooks.claiming import LEASE, claim
from identity.webhooks.sending import deliver_due, take
from identity.webhooks.settling import send_again
from identity.webhooks.wire import send_all
from tests.world.demo import Application, Visitor
from tests.world.receiver import Receiver

pytestmark = pytest.mark.django_db
Later = Callable[[timedelta], datetime]


def test_q6_the_signature_is_that_of_standard_webhooks(
    payroll: Application, receiver: Receiver
) -> None:
    payroll.ask("avery", "payslip.view")
    deliver_due()
    got = receiver.received[0]
    opened = Webhook(people.WEBHOOK_SECRET).verify(got["raw"], got["headers"])
    assert opened["type"] == "action.committed"
    assert got["headers"]["webhook-id"] == Delivery.objects.get().pk


def test_q6_failing_answers_are_retried_under_the_same_id(
    payroll: Application, receiver: Receiver, later: Later
) -> None:
    action = payroll.ask("avery", "payslip.view").json()
    receiver.answers = [500, 302, 404]
    for wait in (0, *WAITS[:3]):
        later(timedelta(seconds=wait * 1.11 + 1))
        deliver_due()
    assert [each["path"] for each in receiver.received] == ["/webhooks/holdfast/"] * 4
    assert len({each["headers"]["webhook-id"] for each in receiver.received}) == 1
    assert payroll.get(action["id"])["status"] == "committed"


def test_q6_ten_tries_over_about_three_days_then_failed(
    payroll: Application, receiver: Receiver, later: Later
) -> None:
    action = payroll.ask("avery", "payslip.view").json()
    receiver.answers = [500] * 10
    deliver_due()
    for wait in WAITS:
        assert payroll.get(action["id"])["status"] == "approved"
        later(timedelta(seconds=wait * 1.11 + 1))
        deliver_due()
    assert payroll.get(action["id"])["status"] == "failed"
    assert Delivery.objects.get(type="action.committed").status == "abandoned"
    assert 60 <= sum(WAITS) / 3600 <= 84


def test_q6_gone_is_final(payroll: Application, receiver: Receiver) -> None:
    action = payroll.ask("avery", "payslip.view").json()
    receiver.answers = [410]
    deliver_due()
    assert payroll.get(action["id"])["status"] == "failed"


def test_f33_a_claimed_row_comes_back_when_its_worker_is_lost(
    payroll: Application, receiver: Receiver, later: Later, monkeypatch: pytest.MonkeyPatch
) -> None:
    action = payroll.ask("avery", "payslip.view").json()
    assert len(claim()) == 1  # the worker dies here
    deliver_due()
    assert receiver.received == []
    later(LEASE + timedelta(seconds=1))
    deliver_due()
    assert payroll.get(action["id"])["status"] == "committed"
    assert len(receiver.received) == 1


def test_f40_sent_but_not_marked_is_sent_again_under_the_same_id(
    payroll: Application, receiver: Receiver, later: Later
) -> None:
    payroll.ask("avery", "payslip.view")
    ready = [letter for _, letter in take()]
    asyncio.run(send_all(ready))  # the worker dies before it settles
    later(LEASE + timedelta(seconds=1))
    deliver_due()
    assert len(receiver.received) == 2
    assert len({each["headers"]["webhook-id"] for each in receiver.received}) == 1


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://127.0.0.1:9/", "not_https"),
        ("https://127.0.0.1:9/", "inner_address"),
        ("https://[::1]/", "inner_address"),
        ("https://10.1.2.3/", "inner_address"),
        ("https://169.254.169.254/latest/", "inner_address"),
        ("https://[::ffff:127.0.0.1]/", "inner_address"),
        ("https://localhost/", "inner_address"),
        ("https://user:secret@127.0.0.1/", "bad_address"),
        ("ftp://127.0.0.1/", "not_https"),
        ("https:///nothing", "bad_address"),
        ("https://127.0.0.1:99999/", "no_such_host"),
    ],
)
def test_f44_inner_addresses_are_refused(url: str, code: str) -> None:
    with pytest.raises(AddressRefused) as refused:
        pin(url, allowed=())
    assert refused.value.code == code


def test_f44_an_allowed_network_is_pinned_to_the_checked_address() -> None:
    loopback: Any = ipaddress.ip_network("127.0.0.0/8")
    six: Any = ipaddress.ip_network("::1/128")
    found = pin("https://localhost:8443/x?y=1", allowed=[loopback, six])
    plain = pin("http://127.0.0.1:80/", allowed=[loopback], plain=[loopback])
    assert plain.url == "http://127.0.0.1:80/"
    with pytest.raises(AddressRefused):
        pin("http://[::1]/", allowed=[loopback, six], plain=[loopback])
    assert found.url in ("https://127.0.0.1:8443/x?y=1", "https://[::1]:8443/x?y=1")
    assert (found.host, found.authority) == ("localhost", "localhost:8443")


def test_an_application_without_a_webhook_is_told_at_once(payroll: Application) -> None:
    Client.objects.update(webhook_url="")
    answer = payroll.ask("avery")
    assert (answer.status_code, answer.json()["code"]) == (422, "no_way_to_deliver")


def test_a_message_that_was_given_up_can_be_sent_again(
    payroll: Application, receiver: Receiver, later: Later
) -> None:
    action = payroll.ask("tess").json()
    payroll.call("POST", f"actions/{action['id']}/cancel/")
    receiver.answers = [410]
    deliver_due()
    row = Delivery.objects.get()
    assert (row.type, row.status) == ("action.cancelled", "abandoned")
    send_again(row.pk, User.objects.get(username="admin"))
    deliver_due()
    assert Delivery.objects.get().status == "delivered"
    assert len({each["headers"]["webhook-id"] for each in receiver.received}) == 1


def test_a_sweep_moves_nothing_that_is_not_due(
    payroll: Application, visit: Callable[[str], Visitor]
) -> None:
    for person in ("avery", "tess", "sam", "noor", "kai", "riley"):
        payroll.ask(person)
    assert sweep_actions() == 0
