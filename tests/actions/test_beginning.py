"""Beginning without demo data: staff and applications made by command can work at once."""

from __future__ import annotations

import base64
import io
import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django_otp.oath import TOTP

from identity.models import Application, User
from identity.webhooks.endpoints import secret_of

pytestmark = pytest.mark.django_db


def said(*words: str) -> dict[str, Any]:
    """What a command printed."""
    out = io.StringIO()
    call_command(*words, stdout=out)
    found: dict[str, Any] = json.loads(out.getvalue())
    return found


def test_staff_reach_the_console_with_what_they_were_handed(demo: None) -> None:
    made = said("staff", "sandy", "--role", "security", "--email", "sandy@harbour.example")
    client = Client()
    client.post("/sign-in/", {"username": "sandy", "password": made["password"]})
    assert client.get("/admin/").status_code == 302
    secret = parse_qs(urlsplit(made["totp"]).query)["secret"][0]
    clock = TOTP(_from_base32(secret))
    client.post("/sign-in/code/", {"code": f"{clock.token():06d}"})
    assert client.get("/admin/").status_code == 200
    assert not User.objects.get(username="sandy").is_superuser


def _from_base32(text: str) -> bytes:
    return base64.b32decode(text)


def test_an_application_gets_a_token_and_a_webhook_secret(demo: None) -> None:
    made = said(
        "application", "Leave", "--webhook-url", "https://leave.example/hooks",
        "--return-url", "https://leave.example/",
    )  # fmt: skip
    answer = Client().post(
        "/oauth/token/",
        {
            "grant_type": "client_credentials",
            "scope": "actions",
            "client_id": made["client_id"],
            "client_secret": made["client_secret"],
        },
    )
    assert answer.status_code == 200
    row = Application.objects.get(client_id=made["client_id"])
    assert secret_of(row) == made["webhook_secret"]
    assert made["client_secret"] != row.client_secret
    assert row.allows_return_url("https://leave.example/back/")


@pytest.mark.parametrize(
    "words",
    [
        ("staff", "security1", "--role", "security"),
        ("staff", "nobody"),
        ("application", "Harbour Payroll", "--webhook-url", "https://x.example/"),
        ("application", "Other", "--webhook-url", "http://x.example/"),
        ("application", "Other", "--webhook-url", "https://[broken"),
    ],
)
def test_what_cannot_be_is_refused_in_words(demo: None, words: tuple[str, ...]) -> None:
    with pytest.raises(CommandError) as refused:
        call_command(*words, stdout=io.StringIO())
    assert str(refused.value).endswith(".")
