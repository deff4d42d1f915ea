"""The number that the application shows and the person types on the other device.

It is worked out from the challenge and stored nowhere. An outsider who has the database has no
number, and neither has the push service: the person carries it from one screen to the other, which
shows that they see the screen it began on (NIST SP 800-63B-4 §3.1.3.2).
"""

from __future__ import annotations

from django.utils.crypto import salted_hmac

from fallbacks.factors.limits import PUSH_NUMBER
from fallbacks.models import Challenge


def number_of(challenge: Challenge) -> str:
    """The digits of this challenge, and of no other."""
    digest = salted_hmac("fallbacks.push.number", str(challenge.pk), algorithm="sha256").digest()
    return f"{int.from_bytes(digest) % 10**PUSH_NUMBER.count:0{PUSH_NUMBER.count}d}"
