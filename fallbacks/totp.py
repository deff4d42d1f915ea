"""One-time codes by time (RFC 6238), on django-otp's devices.

django-otp reads the last step, checks, and saves: two requests at once could both pass. Here the
step is taken by one conditional write (F01), and a step not above the last one never passes (F02).
The mark of a used step is the device's own row, so it outlives every leeway (F04).
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django_otp.oath import TOTP
from django_otp.plugins.otp_totp.models import TOTPDevice

from config.lifecycle import fetch
from fallbacks.codes import canonical_code
from fallbacks.factors.limits import TOTP_DIGITS, TOTP_KEY, TOTP_LEEWAY, TOTP_STEP
from fallbacks.factors.registry import Kept, Registered, register
from fallbacks.models import Challenge

FACTOR = "totp"
LONGEST_NAME = 40


_DEVICES = """
SELECT id, key, step, t0, digits, drift, tolerance, last_t
FROM otp_totp_totpdevice WHERE user_id = %(who)s AND {which} ORDER BY id
"""
_TAKE = """
UPDATE otp_totp_totpdevice SET last_t = %(taken)s, last_used_at = %(now)s, confirmed = true
WHERE id = %(device)s AND confirmed = %(confirmed)s AND last_t < %(taken)s
RETURNING id
"""


def spend_code(user_id: int, canonical: str, now: datetime) -> bool:
    """Accept `canonical` (six digits) for a device of the person at `now`, once.

    The device's tolerance is one step of 30 s either way (NIST SP 800-63B-4 §3.1.4: a code lives
    at most two minutes).
    """
    devices = fetch(_DEVICES.format(which="confirmed"), {"who": user_id})
    return any(_take_step(device, canonical, now, confirmed=True) for device in devices)


def _take_step(device: Sequence[Any], canonical: str, now: datetime, *, confirmed: bool) -> bool:
    device_id, key, step, t0, digits, drift, tolerance, last_t = device
    totp = TOTP(bytes.fromhex(key), step, t0, digits, drift)
    totp.time = now.timestamp()
    if not totp.verify(int(canonical), tolerance, last_t + 1):
        return False
    facts = {"taken": totp.t(), "now": now, "device": device_id, "confirmed": confirmed}
    return bool(fetch(_TAKE, facts))


def new_device(user_id: int, name: str) -> TOTPDevice:
    """A device with a fresh key that counts for nothing until a code of it confirms it."""
    return TOTPDevice.objects.create(
        user_id=user_id,
        name=name[:LONGEST_NAME],
        key=secrets.token_hex(TOTP_KEY.count // 8),
        step=int(TOTP_STEP.span.total_seconds()),
        tolerance=int(TOTP_LEEWAY.span / TOTP_STEP.span),
        digits=TOTP_DIGITS.count,
        confirmed=False,
    )


def unconfirmed(user_id: int, device_id: str) -> TOTPDevice | None:
    """The person's device that waits for its first code."""
    return _own(user_id, device_id).filter(confirmed=False).first()


def confirm_device(user_id: int, device_id: str, canonical: str, now: datetime) -> bool:
    """Let a new device count, by a code of it; the code is used up with that."""
    device = unconfirmed(user_id, device_id)
    if device is None:
        return False
    waiting = fetch(_DEVICES.format(which="id = %(device)s"), {"who": user_id, "device": device.pk})
    return any(_take_step(each, canonical, now, confirmed=False) for each in waiting)


def discard_unconfirmed(user_id: int) -> None:
    """Forget devices that were begun and never confirmed, with their keys."""
    TOTPDevice.objects.filter(user_id=user_id, confirmed=False).delete()


def remove_device(user_id: int, device_id: str) -> bool:
    """Take a device away; False where the person has no such one."""
    return bool(_own(user_id, device_id).filter(confirmed=True).delete()[0])


def _own(user_id: int, device_id: str) -> QuerySet[TOTPDevice]:
    key = int(device_id) if device_id.isascii() and device_id.isdigit() else 0
    return TOTPDevice.objects.filter(user_id=user_id, pk=min(key, 2**31 - 1))


class TotpVerifier:
    """Six digits of now."""

    def canonical(self, answer: object) -> str:
        """The digits. Raises MalformedCode."""
        return canonical_code(FACTOR, answer)

    def spend(
        self, user_id: int, canonical: str, challenge: Challenge | None, now: datetime
    ) -> bool:
        """Take the step."""
        return spend_code(user_id, canonical, now)


def kept(user_id: int) -> list[Kept]:
    """The person's devices."""
    found = TOTPDevice.objects.filter(user_id=user_id, confirmed=True).order_by("pk")
    return [
        Kept(FACTOR, str(each.pk), each.name, each.created_at, each.last_used_at) for each in found
    ]


register(
    Registered(
        factor=FACTOR,
        verifier=TotpVerifier(),
        held_sql="SELECT 'totp', true, "
        "id || ':' || encode(sha256(convert_to(key, 'UTF8')), 'hex') FROM otp_totp_totpdevice "
        "WHERE user_id = %(who)s AND confirmed",
        kept=kept,
        remove=remove_device,
    )
)
