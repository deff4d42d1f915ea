"""When a message that was not acknowledged is tried again. Pure."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

WAITS = (5, 30, 120, 600, 3600, 4 * 3600, 12 * 3600, 24 * 3600, 30 * 3600)
"""Seconds between tries: ten tries over about three days (Q6)."""
PATIENCE = timedelta(hours=84)
"""As long as the tries may take; no `Retry-After` puts one off beyond it."""
SPREAD = 0.1
"""Up to so much of a wait is added by chance, so that what failed together does not come back
together (F30)."""


def asked_wait(retry_after: str, now: datetime) -> float | None:
    """The seconds that a `Retry-After` asks for (RFC 9110 §10.2.3: a number or a date); None for
    none, or one that cannot be read."""
    text = retry_after.strip()
    if text.isascii() and text.isdigit() and len(text) <= 9:
        return float(text)
    try:
        at = parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError):
        return None
    if at.tzinfo is None:
        at = at.replace(tzinfo=UTC)
    return max(0.0, (at - now).total_seconds())


def next_try(
    tries: int, created: datetime, now: datetime, *, asked: float | None = None, chance: float
) -> datetime | None:
    """When to try again after `tries` that failed; None to give up.

    `asked` seconds by the receiver are honoured where they are longer than ours, but not beyond
    `PATIENCE` since `created`. `chance` is in [0, 1).
    """
    if tries > len(WAITS):
        return None
    own = float(WAITS[tries - 1])
    left = (created + PATIENCE - now).total_seconds()
    wait = max(own, min(asked or 0.0, left))
    return now + timedelta(seconds=wait * (1 + SPREAD * chance))
