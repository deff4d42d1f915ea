"""The clock and the zone of one request: each read once, whoever asks."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from django.http import HttpRequest

from config.lifecycle import read_clock


def now_of(request: HttpRequest) -> datetime:
    """Now by the database's clock (aware, UTC), the same for all of one request."""
    now: datetime | None = getattr(request, "holdfast_now", None)
    if now is None:
        now = read_clock()
        request.holdfast_now = now  # type: ignore[attr-defined]
    return now


def zone_of(request: HttpRequest) -> ZoneInfo:
    """The zone whose clock the person lives by; UTC for a guest or where none was chosen."""
    session = getattr(request, "holdfast_session", None)
    preference = getattr(session.user, "preference", None) if session is not None else None
    return ZoneInfo(preference.zone if preference is not None else "UTC")
