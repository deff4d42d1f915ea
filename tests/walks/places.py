"""Every address of the pages, and whose rows stand in it: a page that is added is walked too."""

from __future__ import annotations

import random
import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fallbacks.contacts import Kind
from fallbacks.factors import kept
from fallbacks.models import (
    ContactPoint,
    FactorChange,
    GuessBudget,
    PushSubscription,
    SecurityKey,
    SecurityNotice,
    SentSecret,
)
from identity.models import Action, Consent, Device, Evidence, Session, User
from identity.pages.urls import urlpatterns
from presence.consents import choose_channels
from tests.channels.sent import ask as ask_for
from tests.channels.sent import person, reached, waiting
from tests.factors.changing import begun
from tests.push.phone import PushService
from tests.security_keys.using import with_key
from tests.world.demo import Application, Visitor

PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")
ROUTES = tuple(str(each.pattern) for each in urlpatterns)
FACTORS = ("totp", "backup_code", "security_key", "push", "sms", "email_link", "support", "eyes")
MEGABYTE = b"code=" + b"0" * 1_000_000

FORMS: tuple[Mapping[str, Any], ...] = (
    {},
    {"code": ""},
    {"code": "000000"},
    {"code": ["000000", "111111"], "number": ["+351912345678", "+447700900123"]},
    {"code": "１２３４５６", "number": "٠٠٠٠٠٠"},
    {"code": " 0 0 0 0 0 0 ", "username": " tess "},
    {"code": "\x00", "name": "\x00", "username": "\x00", "password": "\x00", "what": "1:\x00"},
    {"code": "0" * 5000, "name": "x" * 5000, "number": "+" + "9" * 500, "answer": "{" * 500},
    {"status": "proved", "proved_at": "now", "approved": "true", "confirm": "1", "yes": "1"},
    {"send": "1"},
    {"answer": "{}"},
    {"answer": '{"id": 1, "response": []}', "credential": "null"},
    {"factor": "totp", "kind": "enrol", "name": "Mine"},
    {"factor": "sms", "kind": "enrol", "credential": "1"},
    {"factor": "email_link", "kind": "remove", "credential": "' OR 1=1 --"},
    {"number": "+351912345679", "email": "somebody@else.example"},
    {"endpoint": "https://push.example/1", "p256dh": "AAAA", "auth": "AAAA"},
    {"what": "1:address.change", "days": "30", "way": "totp", "code": "000000"},
    {"what": "99999999999999999:x", "days": "-1", "way": ["totp", "push"], "code": "1"},
    {"zone": "Mars/Phobos", "until": "never", "start": "25:61", "end": "", "days": ["8", "x"]},
)
"""What a form may hold that proves nothing."""

RAW: tuple[tuple[str, bytes], ...] = (
    ("application/json", b"{}"),
    ("application/json", b"[[[["),
    ("application/json", b'{"prompt": ["x"], "signals": "no"}'),
    ("application/json", b"\xff\xfe"),
    ("application/x-www-form-urlencoded", MEGABYTE),
    ("application/x-www-form-urlencoded", b"code=%00%ff&%5B%5D=1"),
    ("multipart/form-data; boundary=x", b"--x\r\nnothing"),
    ("text/plain", b"code=000000"),
)
"""And what is not even a form."""


@dataclass
class World:
    """Tess with one of everything, half-done changes of each kind, and Sam beside her."""

    tess: Visitor
    ids: dict[str, list[str]]

    def address(self, route: str, dice: random.Random) -> str:
        """An address of `route`. Raises KeyError for a parameter that nobody said how to fill."""
        return "/" + PARAMETER.sub(lambda found: dice.choice(self.ids[found[1]]), route)

    def addresses(self) -> list[str]:
        """Of each route one, with her own rows in it, the newest first."""
        return ["/" + PARAMETER.sub(lambda found: self.ids[found[1]][0], each) for each in ROUTES]

    def send(self, address: str, body: Mapping[str, Any] | tuple[str, bytes]) -> int:
        """POST it; the status. Whoever was signed out on the way signs in again."""
        GuessBudget.objects.all().delete()
        if isinstance(body, tuple):
            answer = self.tess.client.generic("POST", address, body[1], content_type=body[0])
        else:
            answer = self.tess.client.post(address, body)
        if "/sign-in/" in answer.headers.get("location", ""):
            self.tess.client = Visitor("tess").client
        return int(answer.status_code)


def gained() -> dict[str, Any]:
    """Everything that only a proof gives."""
    done = Action.objects.filter(status__in=["approved", "committed"])
    return {
        "done": set(done.values_list("pk", flat=True)),
        "evidence": set(Evidence.objects.values_list("pk", flat=True)),
        "changes": set(
            FactorChange.objects.filter(status__in=["proved", "done"]).values_list("pk", "status")
        ),
        "ways": {
            (user.pk, each.factor, each.id)
            for user in User.objects.filter(username__in=["tess", "sam"])
            for each in kept(user.pk)
        },
        "contacts": set(
            ContactPoint.objects.filter(confirmed_at__isnull=False).values_list(
                "pk", "email", "number"
            )
        ),
        "keys": set(SecurityKey.objects.values_list("pk", flat=True)),
        "browsers": set(PushSubscription.objects.values_list("pk", flat=True)),
        "consents": set(Consent.objects.filter(status="given").values_list("pk", flat=True)),
        "spent": set(SentSecret.objects.exclude(spent_at=None).values_list("pk", flat=True)),
        "accounts": set(User.objects.values_list("pk", "password", "email", "is_staff")),
    }


def build(payroll: Application, service: PushService) -> World:
    """The world, by the pages and the API."""
    tess, sam = Visitor("tess"), Visitor("sam")
    ids: dict[str, list[str]] = {"factor": list(FACTORS), "token": ["A" * 43, "x"]}
    with_key(tess)
    GuessBudget.objects.all().delete()
    reached("tess", Kind.EMAIL)
    reached("tess", Kind.SMS)
    choose_channels(person("tess").pk, [], actor="tess")
    low = waiting(payroll, "tess")
    high = str(payroll.ask("tess").json()["id"])
    other = str(payroll.ask("sam").json()["id"])
    for factor in ("email_link", "sms"):
        ask_for(tess.client, low, factor)
    changes = [begun(sam, "totp", "enrol", name="His")]
    changes += [
        begun(tess, each, "enrol", name="Half") for each in ("security_key", "push", "totp")
    ]
    changes += [begun(tess, "email_link", "remove"), begun(tess, "backup_code", "replace")]
    ids["action_id"] = [low, high, other, str(uuid.uuid4())]
    ids["change_id"] = [each.split("/")[3] for each in reversed(changes)]
    ids["secret_id"] = _ids(SentSecret)
    ids["notice_id"] = _ids(SecurityNotice)
    ids["session_id"] = _ids(Session)
    ids["device_id"] = _ids(Device)
    ids["consent_id"] = _ids(Consent)
    return World(tess, ids)


def _ids(model: Any) -> list[str]:
    found = [str(each) for each in model.objects.values_list("pk", flat=True)]
    return [*found, str(uuid.uuid4())]


Bodies: Sequence[Mapping[str, Any] | tuple[str, bytes]] = (*FORMS, *RAW)
