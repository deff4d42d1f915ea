"""What a request names: a type, a person, a session and a device, found and belonging together."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from config.lifecycle import fetch_planned
from identity.actions.ground import Asked, with_presence
from identity.context import CoarseContext
from identity.errors import (
    ForeignDevice,
    ForeignSession,
    RevokedDevice,
    RevokedSession,
    UnknownActionType,
    UnknownSubject,
)
from identity.models import ActionType, Device, DeviceStatus, Session, SessionStatus
from identity.plain_rows import Columns

_TYPE = Columns(ActionType, "kind")
_NAMED = f"SELECT {_TYPE.sql} FROM identity_actiontype kind WHERE name = %s"  # noqa: S608
NOWHERE = CoarseContext()


@dataclass(frozen=True, slots=True)
class ActionRequest:
    """What an application asked, as it came; `context` is coarse already."""

    type: str
    subject: str
    payload: Any
    context: CoarseContext = NOWHERE
    session: str = ""
    device: str = ""
    binding_message: str = ""
    requested_expiry: int | None = None
    return_url: str = ""


def read_request(request: ActionRequest) -> Asked:
    """The rows that a request names. Unknown session or device counts as unknown (strict);
    somebody else's, or a revoked one, is refused."""
    kind = _type(request.type)
    if kind is None:
        raise UnknownActionType(type=request.type[:40])
    subject = with_presence(request.subject)
    if subject is None:
        raise UnknownSubject
    session = _session(subject.pk, request.session) if request.session else None
    device = _device(subject.pk, request.device) if request.device else None
    return Asked(
        subject=subject,
        type=kind,
        session=session,
        device=device,
        network=request.context.network,
        country=request.context.country,
    )


def _type(name: str) -> ActionType | None:
    return next(map(_TYPE.made_of, fetch_planned(_NAMED, [name])), None)


def _session(user_id: int, reference: str) -> Session | None:
    rows = list(Session.objects.filter(named(reference))[:8])
    own = next((row for row in rows if row.user_id == user_id), None)
    if own is None:
        if rows:
            raise ForeignSession
        return None
    if own.status != SessionStatus.ACTIVE:
        raise RevokedSession
    return own


def _device(user_id: int, reference: str) -> Device | None:
    rows = list(Device.objects.filter(named(reference))[:8])
    own = next((row for row in rows if row.user_id == user_id), None)
    if own is None:
        if rows:
            raise ForeignDevice
        return None
    if own.status != DeviceStatus.ACTIVE:
        raise RevokedDevice
    return own


def named(reference: str) -> Q:
    """Whether a session or device is the one of this reference or id."""
    try:
        return Q(pk=uuid.UUID(reference)) | Q(reference=reference)
    except ValueError:
        return Q(reference=reference)
