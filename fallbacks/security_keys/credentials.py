"""The keys that a person has, as every factor lists them."""

from __future__ import annotations

from fallbacks.factors.registry import Kept, Registered, register
from fallbacks.models import SecurityKey
from fallbacks.security_keys.assertion import KeyVerifier
from fallbacks.security_keys.names import FACTOR

LARGEST = 2**63 - 1
"""The largest number that a key's row can have."""


def kept(user_id: int) -> list[Kept]:
    """The person's keys."""
    found = SecurityKey.objects.filter(user_id=user_id, confirmed=True).order_by("pk")
    return [
        Kept(FACTOR, str(each.pk), each.name, each.added_at, each.last_used_at) for each in found
    ]


def remove_key(user_id: int, key_id: str) -> bool:
    """Take a key away; False where the person has no such one."""
    number = int(key_id) if key_id.isascii() and key_id.isdigit() else 0
    found = SecurityKey.objects.filter(user_id=user_id, pk=min(number, LARGEST))
    return bool(found.delete()[0])


register(
    Registered(
        factor=FACTOR,
        verifier=KeyVerifier(),
        held_sql="SELECT 'security_key', true, id || ':' || credential_digest || "
        "encode(sha256(public_key), 'hex') FROM fallbacks_securitykey "
        "WHERE user_id = %(who)s AND confirmed",
        kept=kept,
        remove=remove_key,
    )
)
