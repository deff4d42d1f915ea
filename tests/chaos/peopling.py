"""Fill the empty database of a run: `python -m tests.chaos.peopling PEOPLE CODES WEBHOOK_URL`.

A process of its own, so that the one who judges afterwards has none of the product's code in it.
Prints one line of JSON: the people with their codes, and the application's credentials.
"""

from __future__ import annotations

import json
import sys
from typing import Any

import django
from django.conf import settings

django.setup()
settings.PASSWORD_HASHERS = ["tests.chaos.hashing.Quick"]

from django.contrib.auth.hashers import make_password  # noqa: E402 (Django is set up by now)
from django_otp.plugins.otp_totp.models import TOTPDevice  # noqa: E402

from config.supervisor import preparation  # noqa: E402
from fallbacks.backup_codes import fresh_codes, replace_codes  # noqa: E402
from identity.models import Application, User  # noqa: E402
from identity.provisioning import register_application  # noqa: E402
from presence.models import Preference  # noqa: E402

PASSWORD = "a-pass-phrase-of-everybody"
"""One for all of them: nobody guesses here."""


def main(people: int, codes: int, webhook_url: str) -> None:
    """Make them and tell of them."""
    preparation.migrate(_nobody_listens)
    preparation.collect_files(_nobody_listens)
    made = register_application("Chaos Payroll", webhook_url="https://payroll.invalid/")
    # Plain HTTP to this machine is for demo data alone, so registering refuses it.
    Application.objects.filter(pk=made.application.pk).update(webhook_url=webhook_url)
    print(  # noqa: T201 (what the caller reads)
        json.dumps(
            {
                "application": made.application.pk,
                "client_id": made.application.client_id,
                "client_secret": made.client_secret,
                "webhook_secret": made.webhook_secret,
                "password": PASSWORD,
                "people": {name: _add(name, codes) for name in _names(people)},
            }
        )
    )


def _nobody_listens(_part: str) -> None:
    """How far it is, is of no interest."""


def _names(people: int) -> list[str]:
    return [f"chaos-{number:03d}" for number in range(people)]


_hashed = make_password(PASSWORD)


def _add(name: str, codes: int) -> dict[str, Any]:
    user = User.objects.create(username=name, first_name=name.title(), password=_hashed)
    Preference.objects.create(subject=user, zone="Europe/Lisbon")
    app = TOTPDevice.objects.create(user=user, name="Authenticator app", confirmed=True)
    kept: list[str] = []
    while len(kept) < codes:
        kept += fresh_codes()
    replace_codes(user.pk, kept)
    return {"codes": kept, "totp": app.key}


main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3])
