"""The questions put to a key: one at a time for one purpose, taken away by the first answer."""

from __future__ import annotations

import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime

from config.lifecycle import fetch
from fallbacks.factors.limits import CHALLENGE
from fallbacks.models import KeyCeremony

CHALLENGE_BYTES = 32
"""Twice what WebAuthn asks for (§13.4.3)."""

Purpose = KeyCeremony.Purpose


@dataclass(frozen=True, slots=True)
class Binding:
    """What a ceremony belongs to (F09): whose it is, in which session, and what for."""

    user_id: int
    session_id: uuid.UUID
    purpose: str
    about: uuid.UUID
    """The action, or the change of factors."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a ceremony asked, as an answer is held against it."""

    challenge: bytes
    handle: bytes


def begin_ceremony(binding: Binding, now: datetime, *, handle: bytes = b"") -> Asked:
    """A new question in place of the last one for the same thing; ten minutes at most.

    What the person let run out is cleared away on the way.
    """
    KeyCeremony.objects.filter(subject_id=binding.user_id, expires_at__lte=now).delete()
    asked = Asked(secrets.token_bytes(CHALLENGE_BYTES), handle)
    row = KeyCeremony(
        subject_id=binding.user_id,
        session_id=binding.session_id,
        purpose=binding.purpose,
        about=binding.about,
        challenge=asked.challenge,
        handle=handle,
        issued_at=now,
        expires_at=now + CHALLENGE.span,
    )
    KeyCeremony.objects.bulk_create(
        [row],
        update_conflicts=True,
        unique_fields=["session", "purpose", "about"],
        update_fields=["subject", "challenge", "handle", "issued_at", "expires_at"],
    )
    return asked


_TAKE = """
DELETE FROM fallbacks_keyceremony
WHERE subject_id = %(who)s AND session_id = %(session)s AND purpose = %(purpose)s
  AND about = %(about)s AND issued_at <= %(now)s AND expires_at > %(now)s
RETURNING challenge, handle
"""


def take_ceremony(binding: Binding, now: datetime) -> Asked | None:
    """The question that `binding` was asked, for the one caller who may look at an answer.

    One conditional write before anything is verified (F18): whatever the answer is worth, the
    question is gone. None for whoever comes second, too late, or for something else.
    """
    found = fetch(
        _TAKE,
        {
            "who": binding.user_id,
            "session": binding.session_id,
            "purpose": binding.purpose,
            "about": binding.about,
            "now": now,
        },
    )
    return Asked(bytes(found[0][0]), bytes(found[0][1])) if found else None
