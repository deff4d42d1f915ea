"""Security keys and passkeys, and the questions put to them."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django_otp.models import Device

SINGLE_DEVICE, MAY_BE_COPIED = 3, 2
"""What a verified key is worth: AAL3 asks that it cannot leave its hardware (NIST SP 800-63B-4
§2.3.2); a passkey that may be synchronised is AAL2 (§B)."""


class SecurityKey(Device):
    """One WebAuthn credential of a person, as a device of django-otp.

    It is made, checked and taken away in `fallbacks.security_keys`.
    """

    credential_id = models.BinaryField(max_length=1023)
    credential_digest = models.CharField(max_length=64, unique=True)
    """SHA-256 of the credential's id, in hex: one credential belongs to one person."""
    public_key = models.BinaryField()
    """COSE_Key (RFC 9052 §7)."""
    handle = models.BinaryField(max_length=64)
    """What the key knows its person by: random, and the same for all keys of one person."""
    sign_count = models.PositiveBigIntegerField(default=0)
    """Unsigned 32 bits; stays 0 for keys that do not count."""
    backup_eligible = models.BooleanField(default=False)
    """The key says that it may be copied to other devices."""
    backed_up = models.BooleanField(default=False)
    attestation = models.CharField(max_length=32)
    """The format of the attestation that came along; `none` for most."""
    aaguid = models.CharField(max_length=36)
    """The model of the key, where it tells; all zeros otherwise."""
    transports = models.JSONField(default=list)
    """How the browser reaches it: `usb`, `nfc`, `ble`, `internal`, `hybrid`, …"""
    added_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "security key"
        verbose_name_plural = "security keys"

    @property
    def aal(self) -> int:
        """The assurance that this very key delivers."""
        return MAY_BE_COPIED if self.backup_eligible else SINGLE_DEVICE


class KeyCeremony(models.Model):
    """A question put to a person's key, for one purpose in one session: answered once, soon.

    The row is taken away by the one answer that may be looked at (F18). A newer question for the
    same thing takes the place of the older one.
    """

    class Purpose(models.TextChoices):
        """What the answer is for."""

        PROVE = "prove", "Prove"
        ENROL = "enrol", "Add"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    subject = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    session = models.ForeignKey("identity.Session", models.CASCADE, related_name="+")
    purpose = models.CharField(max_length=5, choices=Purpose)
    about = models.UUIDField()
    """The action or the change of factors that the answer is for."""
    challenge = models.BinaryField(max_length=32)
    handle = models.BinaryField(max_length=64, default=b"")
    """For a new key: what it will know the person by."""
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["session", "purpose", "about"], name="one_ceremony_a_purpose"
            )
        ]

    def __str__(self) -> str:
        return f"{self.purpose}, until {self.expires_at:%H:%M}"
