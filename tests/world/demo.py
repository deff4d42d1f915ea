"""The demo data as the world that tests live in, and an application that calls the API."""

from __future__ import annotations

import base64
import json
import uuid
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pyotp
import pytest
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client

from config.demo import people
from config.demo.load import load_demo
from config.lifecycle import clock_at, read_clock
from identity.models import Action, User

IBAN = "DE89370400440532013000"
OTHER_IBAN = "GB29NWBK60161331926819"


@pytest.fixture
def demo(db: None) -> None:
    """The demo's people, policy, types and application are in the database."""
    cache.clear()
    if not User.objects.exists():
        load_demo()


class Application:
    """A relying application as it calls from outside: over HTTP, by the contract."""

    def __init__(self, scope: str = "actions signals read") -> None:
        self.client = Client()
        answer = self.client.post(
            "/oauth/token/",
            {
                "grant_type": "client_credentials",
                "client_id": people.APPLICATION,
                "client_secret": people.APPLICATION_SECRET,
                "scope": scope,
            },
        )
        assert answer.status_code == 200, answer.content
        self.token = answer.json()["access_token"]

    def call(
        self, method: str, path: str, body: Any = None, raw: bytes | None = None, **headers: str
    ) -> HttpResponse:
        """One call of the API."""
        return self.client.generic(
            method,
            f"/api/v1/{path}",
            raw if raw is not None else b"" if body is None else json.dumps(body).encode(),
            content_type="application/json",
            headers={"authorization": f"Bearer {self.token}", **headers},
        )

    def ask(
        self,
        subject: str,
        kind: str = "payout.change",
        payload: dict[str, str] | None = None,
        key: str | None = None,
        **more: Any,
    ) -> HttpResponse:
        """`POST actions/` with a fresh key."""
        if payload is None:
            payload = {"account": IBAN} if kind == "payout.change" else {}
        body = {"type": kind, "subject": subject, "payload": payload, **more}
        return self.call("POST", "actions/", body, **{"idempotency-key": key or str(uuid.uuid4())})

    def get(self, action_id: str) -> Any:
        """The action as it stands."""
        return self.call("GET", f"actions/{action_id}/").json()

    def names(self, action_id: str) -> list[str]:
        """The names of the action's events, oldest first."""
        found = self.call("GET", f"actions/{action_id}/events/").json()["results"]
        return [event["name"] for event in found]

    def signal(self, subject: str, kind: str, value: str = "") -> HttpResponse:
        """One signal, observed now."""
        item = {
            "subject": subject,
            "kind": kind,
            "value": value,
            "observed_at": read_clock().isoformat(),
        }
        return self.call("POST", "signals/", {"signals": [item]})


@pytest.fixture
def payroll(demo: None) -> Application:
    """The demo application with all its scopes."""
    return Application()


def shown_by_app(key: bytes, at: datetime) -> str:
    """What an authenticator app with `key` shows at `at`: by a library that the product does not
    use, so that the two have to agree (RFC 6238)."""
    return pyotp.TOTP(base64.b32encode(key).decode()).at(at)


class Visitor:
    """A person at the pages, in a browser without JavaScript."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.client = Client(headers={"user-agent": FIREFOX})
        answer = self.client.post(
            "/sign-in/", {"username": name, "password": people.password_of(name)}
        )
        assert answer.status_code == 302, answer.content[:2000]

    def code(self, now: datetime | None = None) -> str:
        """The code that the authenticator app shows at `now`."""
        return shown_by_app(bytes.fromhex(people.totp_key_of(self.name)), now or read_clock())

    def verify(self, action_id: str, factor: str = "totp", code: str | None = None) -> HttpResponse:
        """Type a code at the page of a factor."""
        typed = self.code() if code is None else code
        return self.client.post(f"/requests/{action_id}/verify/{factor}/", {"code": typed})


FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"


@pytest.fixture
def visit(demo: None) -> Callable[[str], Visitor]:
    """Sign somebody of the demo in."""
    return Visitor


@pytest.fixture
def later() -> Iterator[Callable[[timedelta], datetime]]:
    """Move the clock on by a step, as often as wanted; real time does not matter any more."""
    contexts = []

    def move(step: timedelta) -> datetime:
        moment = read_clock() + step
        context = clock_at(moment)
        context.__enter__()
        contexts.append(context)
        return moment

    yield move
    for context in reversed(contexts):
        context.__exit__(None, None, None)


def stored(action_id: str) -> Action:
    """The row behind an action."""
    return Action.objects.get(pk=action_id)
