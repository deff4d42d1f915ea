"""Revoking a session or device: one write, and everything bound to it stops (S3)."""

from __future__ import annotations

from datetime import datetime

from config.lifecycle import StateMachine, transition
from identity.models import Device, Session

SESSION_MACHINE = StateMachine(
    "session",
    {("active", "session.ended"): "ended", ("active", "session.revoked"): "revoked"},
)
DEVICE_MACHINE = StateMachine("device", {("active", "device.revoked"): "revoked"})


def revoke(row: Session | Device, now: datetime, reason: str, actor: str) -> None:
    """Revoke an active session or device; one that is not active any more is left as it is."""
    if row.status != "active":
        return
    if isinstance(row, Session):
        transition(row, "session.revoked", SESSION_MACHINE, at=now, reason=reason, actor=actor)
    else:
        transition(row, "device.revoked", DEVICE_MACHINE, at=now, reason=reason, actor=actor)


def end_session(session: Session, now: datetime, actor: str) -> None:
    """Signed out by the person: over, but nothing that waits is taken back for it."""
    transition(session, "session.ended", SESSION_MACHINE, at=now, reason="signed_out", actor=actor)
