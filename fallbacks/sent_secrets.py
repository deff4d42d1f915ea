"""Codes and links that are sent: worked out from their row with a key, and stored nowhere.

Person, browser, purpose and address all go into the secret, so one that was made for anything else
does not fit (F09). Each is spent by one conditional write (F01).
"""

from __future__ import annotations

import base64
import uuid
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet
from django.utils.crypto import constant_time_compare, salted_hmac

from fallbacks.factors.limits import CHALLENGE, SENT_CODE
from fallbacks.models import ContactPoint, SentSecret

KEPT = timedelta(days=1)


def issue_secret(
    contact: ContactPoint,
    session_id: uuid.UUID,
    factor: str,
    now: datetime,
    *,
    action_id: uuid.UUID | None = None,
    change_id: uuid.UUID | None = None,
) -> SentSecret:
    """A new secret for one thing, asked for by this browser; an older one for it ends."""
    older = SentSecret.objects.filter(
        subject_id=contact.subject_id,
        factor=factor,
        expires_at__gt=now,
    ).filter(_purpose(action_id, change_id))
    older.update(expires_at=now)
    return SentSecret.objects.create(
        subject_id=contact.subject_id,
        session_id=session_id,
        contact=contact,
        factor=factor,
        action_id=action_id,
        change_id=change_id,
        issued_at=now,
        expires_at=now + CHALLENGE.span,
    )


def live_secret(
    user_id: int,
    session_id: uuid.UUID,
    factor: str,
    now: datetime,
    *,
    action_id: uuid.UUID | None = None,
    change_id: uuid.UUID | None = None,
) -> SentSecret | None:
    """The secret that this browser asked for and may still be answered. One query."""
    found = _live(now).filter(subject_id=user_id, session_id=session_id, factor=factor)
    return found.filter(_purpose(action_id, change_id)).order_by("-issued_at").first()


def find_secret(secret_id: uuid.UUID, token: str, now: datetime) -> SentSecret | None:
    """The secret of a link that was sent, if it may still be answered."""
    found = _live(now).select_related("subject", "session", "action__type").filter(pk=secret_id)
    secret = found.first()
    if secret is None or not constant_time_compare(token_of(secret), token):
        return None
    return secret


def spend_secret(secret: SentSecret, now: datetime) -> bool:
    """Use it up; True for the one caller whose write found it unspent and in time (F11)."""
    return bool(_live(now).filter(pk=secret.pk).update(spent_at=now))


def code_of(secret: SentSecret) -> str:
    """The digits that are sent to be typed."""
    return _digits(secret, "code")


def number_of(secret: SentSecret) -> str:
    """The digits that the asking browser shows, for whoever opens the link in another one."""
    return _digits(secret, "number")


def token_of(secret: SentSecret) -> str:
    """The secret part of a link, 256 bits in 43 characters."""
    return base64.urlsafe_b64encode(_derived(secret, "link")).decode().rstrip("=")


def forget_secrets(now: datetime) -> int:
    """Delete what was over a day ago; how many."""
    return SentSecret.objects.filter(expires_at__lt=now - KEPT).delete()[0]


def _purpose(action_id: uuid.UUID | None, change_id: uuid.UUID | None) -> Q:
    return Q(action_id=action_id) if action_id is not None else Q(change_id=change_id)


def _live(now: datetime) -> QuerySet[SentSecret]:
    return SentSecret.objects.filter(spent_at__isnull=True, issued_at__lte=now, expires_at__gt=now)


def _digits(secret: SentSecret, what: str) -> str:
    value = int.from_bytes(_derived(secret, what), "big") % 10**SENT_CODE.count
    return f"{value:0{SENT_CODE.count}d}"


def _derived(secret: SentSecret, what: str) -> bytes:
    bound = (
        secret.pk,
        secret.subject_id,
        secret.session_id,
        secret.contact_id,
        secret.factor,
        secret.action_id or "",
        secret.change_id or "",
        secret.issued_at.timestamp(),
    )
    text = "|".join(str(part) for part in bound)
    return salted_hmac(f"fallbacks.sent_secret.{what}", text, algorithm="sha256").digest()
