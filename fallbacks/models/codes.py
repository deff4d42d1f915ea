"""Saved recovery codes."""

from __future__ import annotations

from django.db import models
from django_otp.models import Device


class BackupCodeDevice(Device):
    """A person's set of saved recovery codes, as a device of django-otp.

    The codes are made, hashed and spent one by one in `fallbacks.backup_codes`.
    """

    class Meta:
        verbose_name = "set of backup codes"
        verbose_name_plural = "sets of backup codes"


class BackupCode(models.Model):
    """One code of at least 64 bits (NIST SP 800-63B-4 §3.1.2), kept as a password is, used once."""

    device = models.ForeignKey(BackupCodeDevice, models.CASCADE, related_name="codes")
    digest = models.CharField(max_length=64)
    """Enough of its keyed hash to find the row again, too little to try codes against."""
    hashed = models.CharField(max_length=128)
    """What a code is checked against: salted and slow, as Django keeps passwords."""
    spent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["device", "digest"], name="one_digest")]
        indexes = [
            models.Index(
                fields=["device"],
                condition=models.Q(spent_at__isnull=True),
                name="unspent_code",
            )
        ]

    def __str__(self) -> str:
        return "spent" if self.spent_at else "unspent"
