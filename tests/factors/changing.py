"""A person who changes their ways to confirm, over HTTP and without a script."""

from __future__ import annotations

import base64
import re
from datetime import datetime, timedelta
from typing import Any

from django.http import HttpResponse
from django_otp.plugins.otp_totp.models import TOTPDevice

from config.lifecycle import read_clock
from fallbacks.factors import Kept, kept
from fallbacks.models import FactorChange
from identity.models import User
from tests.world.demo import Visitor, shown_by_app

CODE = re.compile(r"<li>([a-z2-7]{4}(?:-[a-z2-7]{4}){3})</li>")


def person(name: str) -> User:
    """Their row, read anew."""
    return User.objects.get(username=name)


def ways(name: str) -> list[tuple[str, str]]:
    """What the person has, as `(factor, name)`."""
    return [(each.factor, each.name) for each in kept(person(name).pk)]


def own(name: str, factor: str) -> Kept:
    """The person's first credential of `factor`."""
    return next(each for each in kept(person(name).pk) if each.factor == factor)


def ask(visitor: Visitor, factor: str, kind: str, **more: Any) -> HttpResponse:
    """Send the form that begins a change."""
    if kind != "enrol" and "credential" not in more:
        more["credential"] = own(visitor.name, factor).id
    return visitor.client.post("/factors/changes/", {"factor": factor, "kind": kind, **more})


def begun(visitor: Visitor, factor: str, kind: str, **more: Any) -> str:
    """The address of a change that was begun."""
    answer = ask(visitor, factor, kind, **more)
    assert answer.status_code == 303, answer.content[:3000].decode()
    return str(answer.headers["location"])


def prove(visitor: Visitor, address: str, factor: str = "totp", code: str = "") -> HttpResponse:
    """Type a code of the person's own."""
    return visitor.client.post(f"{address}proof/{factor}/", {"code": code or visitor.code()})


def new_device(name: str) -> TOTPDevice:
    """The device that waits for its first code."""
    return TOTPDevice.objects.get(user__username=name, confirmed=False)


def code_of(device: TOTPDevice, now: datetime | None = None) -> str:
    """What the app shows for `device`."""
    return shown_by_app(device.bin_key, now or read_clock())


def typed_key(answer: HttpResponse) -> bytes:
    """The key as the page spells it for typing."""
    found = re.search(r'class="typed-key">([A-Z2-7 ]+)<', answer.content.decode())
    assert found
    text = found[1].replace(" ", "")
    return base64.b32decode(text + "=" * (-len(text) % 8))


def wrong(code: str) -> str:
    """Another code than this."""
    return f"{(int(code) + 1) % 1_000_000:06d}"


def changes_done(name: str) -> int:
    """How many changes of the person's were done."""
    return FactorChange.objects.filter(subject__username=name, status="done").count()


STEP = timedelta(seconds=30)
