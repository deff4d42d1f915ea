"""A person who confirms by what was sent to them, over HTTP and without a script."""

from __future__ import annotations

import re
from typing import Any

from django.http import HttpResponse
from django.test import Client

from config.lifecycle import read_clock
from fallbacks.channels.sending import send_due
from fallbacks.contacts import Kind, add_contact, confirm_contact
from fallbacks.models import ContactPoint, GuessBudget
from identity.models import User
from tests.channels.outside import Gateway, Sink
from tests.world.demo import Application

NUMBER = "+351912345678"
LINK = re.compile(r"http://testserver(/links/[0-9a-f-]{36}/[\w-]{43}/)")
SHOWN = re.compile(r'<p class="big">(\d{3}) (\d{3})</p>')


def person(name: str) -> User:
    """Their row, read anew."""
    return User.objects.get(username=name)


def reached(name: str, kind: Kind, address: str = "") -> ContactPoint:
    """A contact point that the person confirmed."""
    where = address or (NUMBER if kind == Kind.SMS else person(name).email)
    found = add_contact(person(name).pk, kind, where, read_clock())
    assert confirm_contact(found, read_clock())
    return ContactPoint.objects.get(pk=found.pk)


def waiting(payroll: Application, name: str, kind: str = "draft.save", **more: Any) -> str:
    """A request of low sensitivity that waits for its person."""
    action = payroll.ask(name, kind, **more).json()
    assert action["status"] in ("pending", "queued", "delayed", "fallback"), action
    return str(action["id"])


def ask(client: Client, action_id: str, factor: str = "email_link") -> HttpResponse:
    """Press "send"."""
    return client.post(f"/requests/{action_id}/verify/{factor}/", {"send": "1"})


def mailed(client: Client, action_id: str, sink: Sink) -> str:
    """Ask for a link; its path, as it stands in the mail."""
    before = len(sink.letters)
    answer = ask(client, action_id)
    assert answer.status_code == 303, answer.content.decode()[:3000]
    send_due()
    assert len(sink.letters) == before + 1
    found = LINK.search(sink.last().text)
    assert found
    return found[1]


def texted(client: Client, action_id: str, gateway: Gateway) -> str:
    """Ask for a code; the one that stands in the text."""
    before = len(gateway.texts)
    answer = ask(client, action_id, "sms")
    assert answer.status_code == 303, answer.content.decode()[:3000]
    send_due()
    assert len(gateway.texts) == before + 1
    return code_in(gateway.texts[-1]["Body"])


def code_in(text: str) -> str:
    """The code of a message."""
    found = re.search(r"\b(\d{6})\b", text)
    assert found
    return found[1]


def number_at(client: Client, action_id: str) -> str:
    """The number that the asking browser shows."""
    page = client.get(f"/requests/{action_id}/verify/email_link/").content.decode()
    found = SHOWN.search(page)
    assert found
    return found[1] + found[2]


def guesses(name: str) -> int:
    """How many tries were counted lately."""
    row = GuessBudget.objects.filter(subject__username=name).first()
    return row.short_count if row is not None else 0
