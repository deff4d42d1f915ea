"""Contact points: where a person is reached, and that it is theirs."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db.models import QuerySet

from fallbacks.models import ContactPoint

Kind = ContactPoint.Kind


def confirmed(user_id: int, kind: str = "") -> QuerySet[ContactPoint]:
    """The person's confirmed contact points, of one kind or of all, oldest first."""
    rows = ContactPoint.objects.filter(subject_id=user_id, confirmed_at__isnull=False)
    return rows.filter(kind=kind) if kind else rows


def own_contact(user_id: int, contact_id: str) -> ContactPoint | None:
    """The person's contact point of that id, confirmed or not."""
    try:
        key = uuid.UUID(contact_id)
    except ValueError:
        return None
    return ContactPoint.objects.filter(pk=key, subject_id=user_id).first()


def add_contact(user_id: int, kind: Kind, address: str, now: datetime) -> ContactPoint:
    """A contact point that counts for nothing until a code that was sent there confirms it;
    others of the kind that were never confirmed are forgotten."""
    ContactPoint.objects.filter(subject_id=user_id, kind=kind, confirmed_at__isnull=True).delete()
    where = {"email": address} if kind == Kind.EMAIL else {"number": address}
    return ContactPoint.objects.create(subject_id=user_id, kind=kind, added_at=now, **where)


def confirm_contact(contact: ContactPoint, now: datetime) -> bool:
    """Let it count; false where it does already or is gone."""
    waiting = ContactPoint.objects.filter(pk=contact.pk, confirmed_at__isnull=True)
    return bool(waiting.update(confirmed_at=now))


def remove_contact(user_id: int, contact_id: str) -> bool:
    """Take it away; False where the person has no such one."""
    contact = own_contact(user_id, contact_id)
    if contact is None or contact.confirmed_at is None:
        return False
    contact.delete()
    return True
