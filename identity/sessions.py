"""Signing in and out, and taking a sign-in or a device back (S3)."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from django.contrib.auth import authenticate, login, logout
from django.db import transaction
from django.http import HttpRequest
from django_otp import login as otp_login
from django_otp.models import Device as OtpDevice
from django_otp.plugins.otp_totp.models import TOTPDevice

from config.lifecycle import DomainEvent, announce, read_clock
from fallbacks.challenges import start, verify
from fallbacks.errors import LockedOut
from fallbacks.factors import held
from fallbacks.models import SecurityKey
from fallbacks.push.browsers import forget_device
from fallbacks.security_keys.names import FACTOR as KEY
from fallbacks.totp import FACTOR as TOTP
from identity.actions.ending import cancel_bound_actions, stop_session
from identity.context import CoarseContext, coarsen
from identity.errors import SignInFailed, UnknownSession
from identity.models import Device, DeviceStatus, Session, SessionStatus, User
from identity.revocation import end_session, revoke

SESSION_KEY = "holdfast_session"
"""Where Django's session names ours."""


NO_SESSION = uuid.UUID(int=0)

STAFF_WAYS = (TOTP, KEY)
"""What opens the console: AAL2 or better, and nothing that is kept for the bad day."""


def sign_in(request: HttpRequest, username: str, password: str) -> User:
    """Check name and password and start a session of AAL1.

    Raises SignInFailed (which of the two was wrong is not said), LockedOut after too many tries.
    """
    seen = coarsen(
        ip=request.META.get("REMOTE_ADDR", ""),
        user_agent=request.META.get("HTTP_USER_AGENT", ""),
    )
    # The lock-out keeps a record of misses; it is shown no more of the browser than we keep (P6).
    request.META.update(HTTP_USER_AGENT=seen.device_name, HTTP_ACCEPT="")
    user = authenticate(request, username=username, password=password)
    if user is None:
        if getattr(request, "axes_locked_out", False):
            raise LockedOut(until=read_clock() + timedelta(minutes=5))
        raise SignInFailed
    login(request, user)
    start_session(request, user, seen)
    return user


def start_session(request: HttpRequest, user: User, seen: CoarseContext) -> Session:
    """A session row for this sign-in, with what was seen of it in coarse words."""
    with transaction.atomic():
        now = read_clock()
        device = _device(user, seen.device_name, seen.device_class, now)
        session = Session.objects.create(
            user=user,
            device=device,
            network=seen.network,
            started_at=now,
            last_seen_at=now,
        )
        announce(
            DomainEvent(
                name="session.started",
                kind="session",
                object_id=str(session.pk),
                at=now,
                to_state=SessionStatus.ACTIVE,
                actor=user.username,
                **session.event_context(),
            )
        )
    request.session[SESSION_KEY] = str(session.pk)
    return session


def _device(user: User, name: str, kind: str, now: datetime) -> Device | None:
    if not name:
        return None
    own = Device.objects.filter(user=user, name=name, status=DeviceStatus.ACTIVE)
    device = own.order_by("first_seen_at").first()
    if device is None:
        return Device.objects.create(
            user=user,
            reference=f"browser-{uuid.uuid4().hex}",
            name=name,
            kind=kind,
            first_seen_at=now,
            last_seen_at=now,
        )
    Device.objects.filter(pk=device.pk).update(last_seen_at=now)
    return device


def sign_out(request: HttpRequest) -> None:
    """End the session here and now."""
    session = Session.objects.filter(pk=request.session.get(SESSION_KEY, NO_SESSION)).first()
    if session is not None and session.status == SessionStatus.ACTIVE:
        with transaction.atomic():
            now = read_clock()
            end_session(session, now, session.user.username)
    logout(request)


def staff_ways(user: User) -> list[str]:
    """The ways of a member of staff that open the console, the usual one first. One query."""
    has = held(user.pk).names
    return [way for way in STAFF_WAYS if way in has]


def start_staff_proof(user: User, factor: str) -> None:
    """The gate before a second factor is asked for. Raises what `fallbacks.challenges.start`
    raises, but for incidents: they are closed in there."""
    start(user.pk, factor, permitted=STAFF_WAYS, now=read_clock(), despite_incidents=True)


def verify_staff(request: HttpRequest, factor: str, answer: object) -> None:
    """The second factor of a member of staff, before the console opens; whatever is down. The
    console stays open no longer than the device that opened it is theirs.

    Raises what `fallbacks.challenges.verify` raises, but for incidents.
    """
    now = read_clock()
    user_id = request.user.pk or 0
    verify(user_id, factor, answer, permitted=STAFF_WAYS, now=now, despite_incidents=True)
    otp_login(request, _device_of(user_id, factor))
    Session.objects.filter(pk=request.session.get(SESSION_KEY, NO_SESSION)).update(
        last_proof_at=now
    )


def _device_of(user_id: int, factor: str) -> OtpDevice | None:
    if factor == KEY:
        own = SecurityKey.objects.filter(user_id=user_id, confirmed=True)
        return own.order_by("-last_used_at").first()  # the one that answered just now
    return TOTPDevice.objects.filter(user_id=user_id, confirmed=True).first()


def revoke_session(user: User, session_id: uuid.UUID, *, actor: User) -> None:
    """Revoke one session of `user`; what waits on it is cancelled and says so.

    Raises UnknownSession for somebody else's.
    """
    with transaction.atomic():
        session = Session.objects.select_for_update().filter(pk=session_id, user=user).first()
        if session is None:
            raise UnknownSession
        stop_session(session, read_clock(), "revoked", actor.username)


def revoke_other_sessions(user: User, session_id: uuid.UUID) -> int:
    """Sign out everywhere but in `session_id`; how many sessions ended."""
    others = Session.objects.filter(user=user, status=SessionStatus.ACTIVE).exclude(pk=session_id)
    ids = list(others.values_list("pk", flat=True))
    for other in ids:
        revoke_session(user, other, actor=user)
    return len(ids)


def revoke_device(user: User, device_id: uuid.UUID, *, actor: User) -> None:
    """Remove a device: its sessions end and what waits on it is cancelled.

    Raises UnknownSession for somebody else's.
    """
    with transaction.atomic():
        device = Device.objects.select_for_update().filter(pk=device_id, user=user).first()
        if device is None:
            raise UnknownSession
        now = read_clock()
        revoke(device, now, "revoked", actor.username)
        for session in Session.objects.filter(device=device, status=SessionStatus.ACTIVE):
            stop_session(session, now, "device_revoked", actor.username)
        forget_device(device.pk)
        cancel_bound_actions(device_id=device.pk, now=now)
