"""Saved recovery codes: kept hashed, spent by one conditional write."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.db.models.functions import Now
from django.utils.crypto import salted_hmac

from fallbacks.models import BackupCode, BackupCodeDevice


def digest_of(canonical: str) -> str:
    """What is stored of a canonical code. With 80 random bits, above the 64 of
    NIST SP 800-63B-4 §3.1.2, a keyed hash is enough."""
    return salted_hmac("fallbacks.backup_codes", canonical, algorithm="sha256").hexdigest()


def replace_codes(user_id: int, codes: Sequence[str]) -> BackupCodeDevice:
    """Give a person this set of codes (canonical or grouped) in place of any older one."""
    with transaction.atomic():
        BackupCodeDevice.objects.filter(user_id=user_id).delete()
        device = BackupCodeDevice.objects.create(
            user_id=user_id, name="Backup codes", confirmed=True
        )
        BackupCode.objects.bulk_create(
            BackupCode(device=device, digest=digest_of(code.replace("-", ""))) for code in codes
        )
    return device


def spend_code(user_id: int, canonical: str) -> bool:
    """Spend one code; True only for the one caller whose write found it unspent (F01)."""
    spent = BackupCode.objects.filter(
        device__user_id=user_id,
        device__confirmed=True,
        digest=digest_of(canonical),
        spent_at__isnull=True,
    ).update(spent_at=Now())
    return spent == 1
