"""How a state looks: its tone and its icon. The word always stands beside them. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from identity.states import Status


@dataclass(frozen=True, slots=True)
class Look:
    """`tone` is one of the style sheet's (care, wait, done, stop, off); `icon` a drawing."""

    tone: str
    icon: str


LOOKS: Mapping[str, Look] = {
    Status.PENDING: Look("care", "bell"),
    Status.QUEUED: Look("wait", "tray"),
    Status.DELAYED: Look("wait", "clock"),
    Status.FALLBACK: Look("care", "crossing"),
    Status.REVIEW: Look("wait", "person"),
    Status.BLOCKED: Look("stop", "shield"),
    Status.APPROVED: Look("done", "confirmed"),
    Status.COMMITTED: Look("done", "done"),
    Status.EXPIRED: Look("off", "hourglass"),
    Status.DENIED: Look("stop", "octagon"),
    Status.CANCELLED: Look("off", "cancelled"),
    Status.FAILED: Look("stop", "triangle"),
    Status.REVERSED: Look("off", "undone"),
    "to_confirm": Look("care", "bell"),
    "undoing": Look("wait", "undone"),
    "with_security": Look("stop", "shield"),
}

WAY_ICONS: Mapping[str, str] = {
    "totp": "keypad",
    "backup_code": "paper",
    "push": "phone",
    "security_key": "key",
    "email_link": "letter",
    "sms": "speech",
    "support": "person",
}

AVAILABILITY_LOOKS: Mapping[str, Look] = {
    "available": Look("done", "bell"),
    "delayed": Look("wait", "clock"),
    "unreachable": Look("wait", "phone"),
    "degraded": Look("care", "crossing"),
    "escalated": Look("stop", "shield"),
    "quiet": Look("wait", "moon"),
}
