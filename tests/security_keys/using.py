"""A person with a security key, over HTTP; the script of the page is played by the test."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpResponse

from config.demo.people import backup_codes_of
from fallbacks.models import GuessBudget, SecurityKey
from tests.factors.changing import begun, person, prove
from tests.world.authenticator import SoftKey, asked_on
from tests.world.demo import Visitor


def send(visitor: Visitor, address: str, answer: Any) -> HttpResponse:
    """Send the form that the script fills."""
    text = answer if isinstance(answer, str) else json.dumps(answer)
    return visitor.client.post(address, {"answer": text})


def options_at(visitor: Visitor, address: str) -> dict[str, Any]:
    """What the page asks a key."""
    answer = visitor.client.get(address)
    assert answer.status_code == 200, answer.content[:3000].decode()
    return asked_on(answer.content.decode())


def proved(visitor: Visitor, name: str = "Key ring") -> str:
    """A change that adds a key, proved with what the person has by the demo."""
    address = begun(visitor, "security_key", "enrol", name=name)
    if visitor.name == "kai":
        answer = prove(visitor, address, "backup_code", backup_codes_of("kai")[-1])
    else:
        answer = prove(visitor, address)
    assert answer.status_code == 303, answer.content[:3000].decode()
    return address


def with_key(visitor: Visitor, key: SoftKey | None = None, name: str = "Key ring") -> SoftKey:
    """Register `key` (a fresh one) for the visitor."""
    key = key or SoftKey()
    address = proved(visitor, name)
    answer = send(visitor, f"{address}key/", key.create(options_at(visitor, address)))
    assert answer.status_code == 303, answer.content[:3000].decode()
    return key


def page_of(action: str) -> str:
    """Where a request is confirmed with a key."""
    return f"/requests/{action}/verify/security_key/"


def stored_key(name: str) -> SecurityKey:
    """The person's only key."""
    return SecurityKey.objects.get(user__username=name)


def guesses(name: str) -> int:
    """How many tries of the account stand in the short window."""
    row = GuessBudget.objects.filter(subject=person(name)).first()
    return row.short_count if row else 0
