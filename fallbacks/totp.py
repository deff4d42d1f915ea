"""One-time codes by time (RFC 6238), on django-otp's devices.

django-otp reads the last step, checks, and saves: two requests at once could both pass. Here the
step is taken by one conditional write (F01), and a step not above the last one never passes (F02).
"""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q
from django_otp.oath import TOTP
from django_otp.plugins.otp_totp.models import TOTPDevice


def spend_code(user_id: int, canonical: str, now: datetime) -> bool:
    """Accept `canonical` (six digits) for a device of the person at `now`, once.

    The device's tolerance is one step of 30 s either way (NIST SP 800-63B-4 §3.1.4: a code lives
    at most two minutes).
    """
    for device in TOTPDevice.objects.filter(user_id=user_id, confirmed=True):
        totp = TOTP(device.bin_key, device.step, device.t0, device.digits, device.drift)
        totp.time = now.timestamp()
        if not totp.verify(int(canonical), device.tolerance, device.last_t + 1):
            continue
        step = totp.t()
        won = TOTPDevice.objects.filter(Q(pk=device.pk), Q(last_t__lt=step)).update(
            last_t=step, last_used_at=now
        )
        if won:
            return True
    return False
