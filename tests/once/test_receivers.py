"""Receivers as they are: gone, slow, endless, elsewhere. One effect, bounded cost, staff see it."""

from __future__ import annotations

import base64
import hashlib
import hmac
import ipaddress
import json
import socket
import subprocess
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.management import call_command
from pytest_django.fixtures import Settings

from config.demo import people
from config.lifecycle import read_clock
from fallbacks.channels import address
from identity.models import Application as Client
from identity.models import Delivery, Endpoint, Event
from identity.webhooks import wire
from identity.webhooks.backoff import PATIENCE
from identity.webhooks.endpoints import OVERLAP, secret_of
from identity.webhooks.sending import deliver_due
from tests.channels.outside import Hanging
from tests.console.conftest import Colleague, says
from tests.once.names import NameServer
from tests.once.receivers import Endless, Garbled, url_of
from tests.world.demo import Application
from tests.world.receiver import Receiver

pytestmark = pytest.mark.django_db
Later = Callable[[timedelta], datetime]
VERIFIER = """
const {Webhook} = require("standardwebhooks");
const given = JSON.parse(require("fs").readFileSync(0, "utf8"));
for (const secret of given.secrets) new Webhook(secret).verify(given.body, given.headers);
"""


def lead_to(url: str) -> None:
    """The demo application is told there."""
    Client.objects.filter(client_id=people.APPLICATION).update(webhook_url=url)


def signed_by(secret: str, got: dict[str, Any]) -> bool:
    """Whether a message carries the signature, worked out by the words of Standard Webhooks."""
    head = got["headers"]
    signed = f"{head['webhook-id']}.{head['webhook-timestamp']}.".encode() + got["raw"]
    key = base64.b64decode(secret.removeprefix("whsec_"))
    mark = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    return f"v1,{mark}" in head["webhook-signature"].split(" ")


def believed_by_node(secrets: list[str], got: dict[str, Any]) -> bool:
    """Whether npm's standardwebhooks believes it, under each secret; True where there is none."""
    try:
        there = subprocess.run(["node", "-e", 'require("standardwebhooks")'], capture_output=True)
    except FileNotFoundError:
        return True
    if there.returncode:
        return True
    given = {"secrets": secrets, "body": got["raw"].decode(), "headers": got["headers"]}
    done = subprocess.run(["node", "-e", VERIFIER], input=json.dumps(given), text=True)
    return done.returncode == 0


def test_q6_others_believe_the_signature_and_both_while_a_secret_changes(
    payroll: Application, receiver: Receiver, later: Later
) -> None:
    payroll.ask("avery", "payslip.view")
    deliver_due()
    before = people.WEBHOOK_SECRET
    assert signed_by(before, receiver.received[0])
    assert believed_by_node([before], receiver.received[0])
    row = Client.objects.get(client_id=people.APPLICATION)
    call_command("application", row.name, "--new-webhook-secret")
    row.refresh_from_db()
    after = secret_of(row)
    assert after != before
    payroll.ask("avery", "payslip.view")
    deliver_due()
    assert signed_by(before, receiver.received[1])
    assert signed_by(after, receiver.received[1])
    assert believed_by_node([before, after], receiver.received[1])
    later(OVERLAP + timedelta(seconds=1))
    Application().ask("avery", "payslip.view")
    deliver_due()
    assert signed_by(after, receiver.received[2])
    assert not signed_by(before, receiver.received[2])
    assert Event.objects.filter(name="endpoint.secret_changed").count() == 1


def test_q6_retry_after_is_honoured(
    payroll: Application, receiver: Receiver, later: Later, monkeypatch: pytest.MonkeyPatch
) -> None:
    payroll.ask("avery", "payslip.view")
    receiver.answers, receiver.retry_after = [503], "7200"
    deliver_due()
    due = Delivery.objects.get().next_attempt_at
    assert due is not None
    left = due - read_clock()
    assert timedelta(minutes=119) < left < timedelta(hours=2.3)
    later(timedelta(hours=1))
    assert deliver_due() == 0
    later(timedelta(hours=1.5))
    assert deliver_due() == 1


def test_q6_gone_closes_the_address_and_staff_open_it_again(
    payroll: Application, receiver: Receiver, staff: Callable[[str], Colleague]
) -> None:
    first = payroll.ask("avery", "payslip.view").json()["id"]
    receiver.answers = [410]
    deliver_due()
    assert payroll.get(first)["status"] == "failed"
    second = payroll.ask("avery", "payslip.view").json()["id"]
    deliver_due()
    assert len(receiver.received) == 1
    assert payroll.get(second)["status"] == "approved"
    endpoint = Endpoint.objects.get()
    assert endpoint.status == "gone"
    assert says(staff("security1").get(""), "console.home.endpoints", count=1)
    page = f"identity/endpoint/{endpoint.pk}/"
    assert staff("auditor1").post(f"{page}open_endpoint/").status_code == 403
    assert staff("security1").get(f"{page}change/").status_code == 200
    assert staff("security1").post(f"{page}open_endpoint/").status_code == 302
    deliver_due()
    assert payroll.get(second)["status"] == "committed"
    told = Event.objects.get(name="endpoint.opened")
    assert told.actor == "security1"
    assert Event.objects.filter(name="endpoint.closed").count() == 1
    assert staff("security1").post(f"{page}open_endpoint/").status_code == 409


def test_q6_what_waits_for_a_closed_address_has_an_end(
    payroll: Application, receiver: Receiver, later: Later
) -> None:
    payroll.ask("avery", "payslip.view")
    receiver.answers = [410]
    deliver_due()
    action = payroll.ask("avery", "payslip.view").json()["id"]
    deliver_due()
    later(PATIENCE + timedelta(seconds=1))
    deliver_due()
    found = Application().get(action)
    assert (found["status"], found["message"]["code"]) == (
        "failed",
        "action.failed.receiver_unreachable",
    )
    assert len(receiver.received) == 1


@pytest.fixture
def hanging() -> Iterator[Hanging]:
    """A receiver that never answers."""
    found = Hanging()
    yield found
    found.let_go()


def last_answer() -> str:
    """What is written down of the only message's last try."""
    return Delivery.objects.get().last_answer


def test_q6_nothing_comes_back(
    payroll: Application, hanging: Hanging, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wire, "TIMEOUT", 0.3)
    lead_to(url_of(hanging))
    action = payroll.ask("avery", "payslip.view").json()["id"]
    deliver_due()
    assert last_answer() == "timed_out"
    assert payroll.get(action)["status"] == "approved"


def test_q6_nobody_listens(payroll: Application) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    lead_to(f"http://127.0.0.1:{port}/")
    payroll.ask("avery", "payslip.view")
    deliver_due()
    assert last_answer() == "unreachable"


def test_q6_what_is_no_http(payroll: Application) -> None:
    odd = Garbled()
    lead_to(url_of(odd))
    payroll.ask("avery", "payslip.view")
    deliver_due()
    odd.let_go()
    assert last_answer() == "unreachable"


def test_q6_ten_megabytes_are_not_read(payroll: Application) -> None:
    endless = Endless()
    lead_to(url_of(endless))
    action = payroll.ask("avery", "payslip.view").json()["id"]
    deliver_due()
    endless.let_go()
    assert payroll.get(action)["status"] == "committed"
    assert endless.sent < endless.MEGABYTES * 1024 * 1024


@pytest.fixture
def one_address(settings: Settings) -> None:
    """Of the loopback only 127.0.0.1 may be called; the rest is an inner network."""
    only = (ipaddress.ip_network("127.0.0.1/32"),)
    settings.WEBHOOK_ALLOWED_NETWORKS = settings.WEBHOOK_PLAIN_NETWORKS = only


def test_f44_a_name_server_that_changes_its_mind_leads_nowhere(
    payroll: Application,
    receiver: Receiver,
    one_address: None,
    later: Later,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    names = NameServer(["127.0.0.1"], ["127.0.0.66"], ["127.0.0.1", "127.0.0.66"])
    real = address.socket.getaddrinfo
    monkeypatch.setattr(
        address.socket,
        "getaddrinfo",
        lambda host, *rest, **more: (
            names.getaddrinfo(host, *rest) if host == "rebinding.example" else real(host, *rest)
        ),
    )
    lead_to(f"http://rebinding.example:{receiver.port}/webhooks/")
    receiver.answers = [500]
    payroll.ask("avery", "payslip.view")
    deliver_due()
    # It was asked once, and the call went to that very address under its own name.
    assert (names.asked, len(receiver.received)) == (1, 1)
    assert receiver.received[0]["headers"]["host"] == f"rebinding.example:{receiver.port}"
    for asked in (2, 3):
        later(timedelta(minutes=1))
        deliver_due()
        assert names.asked == asked
        assert last_answer() == "inner_address"
    assert len(receiver.received) == 1
    names.close()
