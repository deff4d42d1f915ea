"""Saved recovery codes: kept as passwords are, found by a part of a keyed hash, spent by one
conditional write.

A code has 80 bits, and below 112 a lookup secret is stored with a password-hashing function and a
random salt (ASVS 5.0 6.5.2). So that checking costs one such hash however many codes there are, a
row is found by `LOOKUP` characters of a hash that needs our key: they tell nothing without it.
"""

from __future__ import annotations

import base64
import secrets
from collections.abc import Sequence
from datetime import datetime

from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.db.models import Count, Max, Q
from django.utils.crypto import salted_hmac

from config.lifecycle import fetch
from fallbacks.codes import canonical_code
from fallbacks.factors.limits import BACKUP_CODE, BACKUP_CODES
from fallbacks.factors.registry import Kept, Registered, register
from fallbacks.models import BackupCode, BackupCodeDevice, Challenge

FACTOR = "backup_code"
FEW_LEFT = 3
"""So few codes left that new ones should be made."""
GROUP = 4
"""Characters between two dashes, as a person reads them off."""


LOOKUP = 8
"""Hexadecimal digits of the keyed hash that a row is found by, 32 bits: two codes of a set hardly
ever share them. Whoever had our key too would still face 48 bits of slow hashes."""


def digest_of(canonical: str) -> str:
    """What the row of a canonical code is found by."""
    return _keyed(canonical)[:LOOKUP]


def _keyed(canonical: str) -> str:
    return salted_hmac("fallbacks.backup_codes", canonical, algorithm="sha256").hexdigest()


def fresh_codes() -> list[str]:
    """A new set in groups of four characters (a–z, 2–7), each of 80 random bits."""
    codes = []
    for _ in range(BACKUP_CODES.count):
        text = base64.b32encode(secrets.token_bytes(BACKUP_CODE.count // 8)).decode().lower()
        codes.append("-".join(text[at : at + GROUP] for at in range(0, len(text), GROUP)))
    return codes


def hashed(codes: Sequence[str]) -> list[BackupCode]:
    """Rows for these codes (canonical or grouped), not stored yet. Slow on purpose, so call it
    where no row is held."""
    plain = [code.replace("-", "") for code in codes]
    return [
        BackupCode(digest=digest_of(code), hashed=make_password(_keyed(code))) for code in plain
    ]


def replace_codes(user_id: int, codes: Sequence[str]) -> BackupCodeDevice:
    """Give a person this set of codes (canonical or grouped) in place of any older one."""
    return store_codes(user_id, hashed(codes))


def store_codes(user_id: int, rows: Sequence[BackupCode]) -> BackupCodeDevice:
    """The same, of rows that `hashed` made."""
    with transaction.atomic():
        BackupCodeDevice.objects.filter(user_id=user_id).delete()
        device = BackupCodeDevice.objects.create(
            user_id=user_id, name="Backup codes", confirmed=True
        )
        for row in rows:
            row.device = device
        BackupCode.objects.bulk_create(rows)
    return device


def remove_codes(user_id: int, device_id: str) -> bool:
    """Take the person's set away; False where they have no such one."""
    sets = BackupCodeDevice.objects.filter(user_id=user_id)
    found = [each for each in sets if str(each.pk) == device_id]
    for each in found:
        each.delete()
    return bool(found)


_FIND = """
SELECT code.id, code.hashed FROM fallbacks_backupcode AS code
JOIN fallbacks_backupcodedevice AS device ON device.id = code.device_id
WHERE device.user_id = %(who)s AND device.confirmed AND code.digest = %(digest)s
"""
_SPEND = """
UPDATE fallbacks_backupcode AS code SET spent_at = clock_timestamp()
FROM fallbacks_backupcodedevice AS device
WHERE device.id = code.device_id AND device.user_id = %(who)s AND device.confirmed
  AND code.id = ANY(%(matched)s::bigint[]) AND code.spent_at IS NULL
RETURNING code.id
"""


def spend_code(user_id: int, canonical: str) -> bool:
    """Spend one code; True only for the one caller whose write found it unspent (F01).

    The condition stands on the written row itself: inside a sub-select, as the ORM writes a
    condition over a join, a writer that had to wait would still see the code unspent. The slow
    hash is worked out before, with nothing held; for a code that is none as well, so that the time
    it takes tells nothing.
    """
    keyed = _keyed(canonical)
    found = fetch(_FIND, {"who": user_id, "digest": keyed[:LOOKUP]})
    if not found:
        make_password(keyed)
    matched = [key for key, stored in found if check_password(keyed, stored)]
    return len(fetch(_SPEND, {"who": user_id, "matched": matched})) == 1


class BackupCodeVerifier:
    """One of the codes that the person saved."""

    def canonical(self, answer: object) -> str:
        """The 16 characters. Raises MalformedCode."""
        return canonical_code(FACTOR, answer)

    def spend(
        self, user_id: int, canonical: str, challenge: Challenge | None, now: datetime
    ) -> bool:
        """Cross it out."""
        return spend_code(user_id, canonical)


def kept(user_id: int) -> list[Kept]:
    """The person's set of codes, if they have one."""
    found = BackupCodeDevice.objects.filter(user_id=user_id, confirmed=True).annotate(
        left=Count("codes", filter=Q(codes__spent_at__isnull=True)),
        used_at=Max("codes__spent_at"),
    )
    return [
        Kept(FACTOR, str(each.pk), each.name, None, each.used_at, left=each.left) for each in found
    ]


register(
    Registered(
        factor=FACTOR,
        verifier=BackupCodeVerifier(),
        held_sql="SELECT 'backup_code', EXISTS (SELECT FROM fallbacks_backupcode code "
        "WHERE code.device_id = device.id AND code.spent_at IS NULL), device.id::text "
        "FROM fallbacks_backupcodedevice device WHERE device.user_id = %(who)s "
        "AND device.confirmed",
        kept=kept,
        remove=remove_codes,
        changes=frozenset({"enrol", "replace", "remove"}),
        runs_out=True,
    )
)
