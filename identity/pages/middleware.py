"""What every request passes: text that no database takes is refused, and a request of a signed-in
person is bound to their session row, so that a revoked one is over at once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, QueryDict

from identity.models import Session, SessionStatus, User
from identity.pages.clock import now_of
from identity.pages.failures import refuse
from identity.sessions import SESSION_KEY

TOUCH_EVERY = timedelta(minutes=1)
"""How often `last_seen_at` is written at most: coarse enough, and no write for most requests."""
API = "/api/"


class SessionMiddleware:
    """Sets `request.holdfast_session` and `request.previous_visit`, or ends what is over.

    A sign-in without an active session row of ours is no sign-in: it is ended here, and the page
    behind sees a guest. `previous_visit` is when this session was seen before this request.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Bind, then go on."""
        request.holdfast_session = None  # type: ignore[attr-defined]
        request.previous_visit = None  # type: ignore[attr-defined]
        person = request.user
        if person.is_authenticated:
            session = _session_of(request, person)
            if session is None:
                logout(request)
            else:
                request.holdfast_session = session  # type: ignore[attr-defined]
                request.previous_visit = session.last_seen_at  # type: ignore[attr-defined]
                _touch(request, session)
        return self.get_response(request)


def _session_of(request: HttpRequest, person: User) -> Session | None:
    try:
        named = UUID(str(request.session.get(SESSION_KEY)))
    except ValueError:
        return None
    return (
        Session.objects.select_related("user__preference", "device")
        .filter(pk=named, user=person, status=SessionStatus.ACTIVE)
        .first()
    )


def _touch(request: HttpRequest, session: Session) -> None:
    now = now_of(request)
    if now - session.last_seen_at >= TOUCH_EVERY:
        Session.objects.filter(pk=session.pk, last_seen_at__lt=now).update(last_seen_at=now)


class ReadableMiddleware:
    """Refuses a form or query with a null character in it: no text of ours has one, PostgreSQL
    takes none, and no page should have to think of it. A body sent to the API is read there, and
    checked field by field."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Go on; what is read is read in `process_view`, where a body that cannot be is refused."""
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: object, args: object, kwargs: object
    ) -> HttpResponse | None:
        """400 where there is one; None lets it pass."""
        form = request.method == "POST" and not request.path.startswith(API)
        if _has_null(request.GET) or (form and _has_null(request.POST)):
            return refuse(request, "invalid_request", 400)
        return None


def _has_null(sent: QueryDict) -> bool:
    return any("\0" in name or any("\0" in text for text in sent.getlist(name)) for name in sent)
