"""The console as its staff meet it: signed in with name, password and code, over HTTP."""

from __future__ import annotations

from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from identity.messages import say
from identity.models import User
from tests.world.demo import Application, Visitor, demo, later, payroll, visit

__all__ = ["demo", "later", "payroll", "staff", "visit"]


class Colleague(Visitor):
    """A member of staff at the console, second factor given."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        answer = self.client.post("/sign-in/code/", {"code": self.code()})
        assert answer.status_code in (302, 303), answer.content[:2000]

    @property
    def user(self) -> User:
        """Their row, read anew."""
        return User.objects.get(username=self.name)

    def get(self, path: str, **query: Any) -> HttpResponse:
        """A page of the console."""
        return self.client.get(f"/admin/{path}", query)

    def post(self, path: str, **fields: Any) -> HttpResponse:
        """A form of the console, sent."""
        return self.client.post(f"/admin/{path}", fields)


@pytest.fixture
def staff(demo: None) -> Callable[[str], Colleague]:
    """Sign a member of staff in, once each: a code is good for one sign-in."""
    known: dict[str, Colleague] = {}

    def signed_in(name: str) -> Colleague:
        if name not in known:
            known[name] = Colleague(name)
        return known[name]

    return signed_in


def says(answer: HttpResponse, message_id: str, **facts: Any) -> bool:
    """Whether the page has the sentence of the catalogue."""
    return say(message_id, **facts) in unescape(answer.content.decode())


def has_text(answer: HttpResponse, text: str) -> bool:
    """Whether the page has `text`, as a person reads it."""
    return text in unescape(answer.content.decode())


def nobody() -> Client:
    """A browser that is not signed in."""
    return Client()


def blocked(payroll: Application, kind: str = "payout.change") -> str:
    """The id of a request of riley's that policy stopped."""
    answer = payroll.ask("riley", kind)
    assert answer.json()["status"] == "blocked", answer.content
    return str(answer.json()["id"])
