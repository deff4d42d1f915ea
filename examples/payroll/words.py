"""How statuses and times are said on this application's pages."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

STATUS: Mapping[str, tuple[str, str]] = {
    "unsent": ("Not sent yet", "care"),
    "pending": ("Waiting for you", "care"),
    "queued": ("Queued", "wait"),
    "delayed": ("Delayed", "wait"),
    "fallback": ("Another way needed", "care"),
    "review": ("With a person", "wait"),
    "blocked": ("Blocked for safety", "stop"),
    "approved": ("Confirmed", "done"),
    "committed": ("Done", "done"),
    "expired": ("Ran out of time", "off"),
    "denied": ("Refused", "stop"),
    "cancelled": ("Cancelled", "off"),
    "failed": ("Did not go through", "stop"),
    "reversed": ("Undone", "off"),
}
"""Status → word, tone. The tone only colours what the word says already."""


def status_word(status: str) -> str:
    """The word for a status; one we do not know yet is shown as it is."""
    return STATUS.get(status, (status, ""))[0]


def status_tone(status: str) -> str:
    """The tone of a status."""
    return STATUS.get(status, ("", "off"))[1]


def moment(text: str) -> str:
    """An RFC 3339 time as a person reads it; anything else as it is."""
    try:
        return f"{datetime.fromisoformat(text).astimezone(UTC):%a %d %b, %H:%M} UTC"
    except ValueError:
        return text
