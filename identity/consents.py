"""What a person agreed to beforehand: this may be done first, and confirmed afterwards (D2)."""

from __future__ import annotations

from datetime import datetime

from config.lifecycle import fetch

_STANDING = """
SELECT FROM identity_consent
WHERE user_id = %s AND application_id = %s AND type_id = %s AND status = 'given' AND until > %s
"""


def has_consent(user_id: int, application_id: int, type_id: str, now: datetime) -> bool:
    """Whether the person's consent stands at `now`. One query."""
    return bool(fetch(_STANDING, [user_id, application_id, type_id, now]))
