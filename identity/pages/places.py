"""Where a person is signed in, and the devices that are known (S3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.contrib import messages as notices
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from identity import sessions as use_cases
from identity.messages import say
from identity.models import Device, DeviceStatus, Session, SessionStatus
from identity.pages.access import SeeOther, page
from identity.pages.clock import now_of
from identity.pages.person import PersonRequest

FRESHNESS = (
    (timedelta(minutes=15), 4, "done", "sessions.fresh"),
    (timedelta(hours=1), 3, "done", "sessions.recent"),
    (timedelta(hours=24), 2, "wait", "sessions.fading"),
)
"""How fresh a last proof is: a quarter of an hour is what the strictest actions ask for; after an
hour idle and a day overall a sign-in is proved again (NIST SP 800-63B-4 §2.2.3)."""
STALE = (1, "off", "sessions.stale")
STEPS = 4


@dataclass(frozen=True, slots=True)
class Place:
    """One sign-in as the list shows it."""

    session: Session
    name: str
    icon: str
    here: bool
    tone: str
    level: Sequence[bool]
    fresh_id: str


def place_of(session: Session, here: UUID, now: datetime) -> Place:
    """The words and the look of `session`."""
    level, tone, fresh_id = STALE
    if session.last_proof_at is not None:
        age = now - session.last_proof_at
        for longest, steps, its_tone, its_id in FRESHNESS:
            if age <= longest:
                level, tone, fresh_id = steps, its_tone, its_id
                break
    device = session.device
    name = device.name if device is not None else say("sessions.unnamed")
    if session.application is not None:
        name = say("sessions.in_application", application=str(session.application), device=name)
    return Place(
        session=session,
        name=name,
        icon="phone" if device is not None and device.kind == "phone" else "laptop",
        here=session.pk == here,
        tone=tone,
        level=[step < level for step in range(STEPS)],
        fresh_id=fresh_id,
    )


@page("GET")
def sessions_page(request: PersonRequest) -> HttpResponse:
    """All sign-ins and devices."""
    own: Session = request.holdfast_session
    now = now_of(request)
    active = (
        Session.objects.filter(user_id=own.user_id, status=SessionStatus.ACTIVE)
        .select_related("device", "application")
        .order_by("-last_seen_at")[:100]
    )
    places = sorted(
        (place_of(session, own.pk, now) for session in active), key=lambda place: not place.here
    )
    devices = Device.objects.filter(user_id=own.user_id, status=DeviceStatus.ACTIVE)[:100]
    context = {"places": places, "others": len(places) > 1, "devices": list(devices)}
    return render(request, "pages/sessions.html", context)


def _back(request: PersonRequest, notice_id: str) -> HttpResponse:
    notices.success(request, say(notice_id))
    return SeeOther(reverse("sessions"))


@page("POST")
def end_session(request: PersonRequest, session_id: UUID) -> HttpResponse:
    """Sign out one place."""
    use_cases.revoke_session(request.user, session_id, actor=request.user)
    return _back(request, "sessions.ended")


@page("POST")
def end_other_sessions(request: PersonRequest) -> HttpResponse:
    """Sign out everywhere but here."""
    own: Session = request.holdfast_session
    use_cases.revoke_other_sessions(request.user, own.pk)
    return _back(request, "sessions.others_ended")


@page("POST")
def remove_device(request: PersonRequest, device_id: UUID) -> HttpResponse:
    """Remove a device, and end what runs on it."""
    use_cases.revoke_device(request.user, device_id, actor=request.user)
    return _back(request, "devices.removed")
