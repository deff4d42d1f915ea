"""The factors: what each can deliver and which of them a person has.

Policy speaks of assurance; this registry says who can deliver it. A factor that is not in it is
not accepted anywhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Count, Q
from django_otp.plugins.otp_totp.models import TOTPDevice

from config.lifecycle import fetch
from fallbacks.models import BackupCodeDevice


@dataclass(frozen=True, slots=True)
class Factor:
    """A way to prove identity. `aal` is what it delivers together with a password session."""

    name: str
    aal: int
    phishing_resistant: bool


FACTORS: Mapping[str, Factor] = {
    "totp": Factor("totp", aal=2, phishing_resistant=False),
    "backup_code": Factor("backup_code", aal=2, phishing_resistant=False),
}
"""A one-time code or a look-up secret beside a password is AAL2 (NIST SP 800-63B-4 §2.2.1)."""

LIVE_ORDER = ("totp", "backup_code")
"""Which factor a live challenge names first."""


@dataclass(frozen=True, slots=True)
class Enrolled:
    """A factor that a person has. `left` counts what is left of one that runs out."""

    factor: str
    label: str
    left: int | None = None


def enrolled(user_id: int) -> list[Enrolled]:
    """The factors of a person that can be used now, best first. Two queries."""
    found: list[Enrolled] = []
    device = TOTPDevice.objects.filter(user_id=user_id, confirmed=True).first()
    if device is not None:
        found.append(Enrolled("totp", device.name))
    codes = (
        BackupCodeDevice.objects.filter(user_id=user_id, confirmed=True)
        .annotate(left=Count("codes", filter=Q(codes__spent_at__isnull=True)))
        .first()
    )
    if codes is not None and codes.left:
        found.append(Enrolled("backup_code", codes.name, left=codes.left))
    return found


@dataclass(frozen=True, slots=True)
class Held:
    """What a person has: the `names` of the factors that can be used now, and `marks`, one of
    each factor bound to them, which is another once the factor is replaced. A code that is spent
    changes no mark. No mark can be turned back into a secret."""

    names: frozenset[str]
    marks: tuple[str, ...]


_HELD = """
SELECT 'totp', id || ':' || encode(sha256(convert_to(key, 'UTF8')), 'hex'), true
FROM otp_totp_totpdevice WHERE user_id = %(who)s AND confirmed
UNION ALL
SELECT 'backup_code', device.id::text, EXISTS (
    SELECT FROM fallbacks_backupcode code
    WHERE code.device_id = device.id AND code.spent_at IS NULL)
FROM fallbacks_backupcodedevice device WHERE device.user_id = %(who)s AND device.confirmed
"""


def held(user_id: int) -> Held:
    """What a person has, in one query: for the hot path of a request."""
    rows = fetch(_HELD, {"who": user_id})
    return Held(
        names=frozenset(factor for factor, _, usable in rows if usable),
        marks=tuple(sorted(f"{factor}:{mark}" for factor, mark, _ in rows)),
    )


def enrolled_names(user_id: int) -> frozenset[str]:
    """The names of the factors that a person can use now. One query."""
    return held(user_id).names


LIVE = frozenset({"totp"})
"""Factors that a person can answer at any moment; saved codes are kept for the bad day."""


def has_live_factor(names: frozenset[str]) -> bool:
    """Whether a person can be challenged live at all; if not, the usual factor is uncertain."""
    return bool(names & LIVE)
