"""Who is in the demo, and their secrets.

Secrets are derived from the installation's own key, so they differ everywhere, need no storage
in the clear, and are the same after a restart.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import dataclass

from django.conf import settings

BACKUP_CODES = 8


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody in the demo. `signals` names how the feeder keeps them."""

    name: str
    shown: str
    who: str
    zone: str = "Europe/Lisbon"
    signals: str = ""
    totp: bool = False
    backup_codes: bool = False
    groups: tuple[str, ...] = ()
    superuser: bool = False


USERS = (
    Person("avery", "Avery", "available, push and TOTP", signals="available", totp=True),
    Person("tess", "Tess", "app in the background, push not acknowledged", signals="delayed",
           totp=True, backup_codes=True),
    Person("sam", "Sam", "network lost, session valid", signals="lost", totp=True,
           backup_codes=True),
    Person("noor", "Noor", "do-not-disturb until the morning, far away", signals="quiet",
           totp=True),
    Person("kai", "Kai", "stale device, uncertain factor", "Europe/London", signals="stale",
           backup_codes=True),
    Person("riley", "Riley", "no answer, anomaly; high risk", signals="anomaly", totp=True),
)  # fmt: skip
STAFF = (
    Person("support1", "Sasha", "support agent", groups=("support",), totp=True),
    Person("support2", "Sol", "support agent", groups=("support",), totp=True),
    Person("security1", "Robin", "security staff", groups=("security",), totp=True),
    Person("security2", "Remy", "security staff", groups=("security",), totp=True),
    Person("compliance1", "Casey", "compliance", groups=("compliance",), totp=True),
    Person("product1", "Parker", "product", groups=("product",), totp=True),
    Person("legal1", "Lennox", "legal", groups=("legal",), totp=True),
    Person("auditor1", "Ari", "auditor, reads only", groups=("auditor",), totp=True),
    Person("admin", "Adrian", "configuration", superuser=True, totp=True),
)
EVERYBODY = {person.name: person for person in (*USERS, *STAFF)}

APPLICATION = "demo-payroll"
APPLICATION_SECRET = "demo-payroll-secret"  # noqa: S105
WEBHOOK_SECRET = "whsec_" + base64.b64encode(b"demo-payroll-webhook-secret-0001").decode()
"""Known to everybody, and so worth nothing outside demo data."""


def _derived(what: str, name: str, size: int) -> bytes:
    key = settings.SECRET_KEY.encode()
    return hmac.new(key, f"demo|{what}|{name}".encode(), hashlib.sha512).digest()[:size]


def password_of(name: str) -> str:
    """The demo password: 15 letters and digits in groups."""
    text = base64.b32encode(_derived("password", name, 10)).decode().lower()[:15]
    return "-".join(text[at : at + 5] for at in range(0, 15, 5))


def totp_key_of(name: str) -> str:
    """The TOTP key in hex, 160 bits."""
    return _derived("totp", name, 20).hex()


def backup_codes_of(name: str) -> list[str]:
    """The saved recovery codes, in canonical spelling with dashes."""
    found = []
    for index in range(BACKUP_CODES):
        text = base64.b32encode(_derived(f"backup{index}", name, 10)).decode().lower()
        found.append("-".join(text[at : at + 4] for at in range(0, 16, 4)))
    return found


def sign_ins() -> list[tuple[str, str, str]]:
    """Name, password and description of everybody in the demo."""
    return [(person.name, password_of(person.name), person.who) for person in EVERYBODY.values()]
