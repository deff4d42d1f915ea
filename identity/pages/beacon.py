"""What the small script in our pages tells: that the person is here, coarsely, and only if they
agreed to it (P6)."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.http import HttpResponse, QueryDict

from identity.api.errors import Throttled, WrongValue
from identity.pages.access import page
from identity.pages.clock import now_of
from identity.pages.person import PersonRequest
from presence.consents import consents_of
from presence.errors import NoConsent
from presence.ingest import ingest_signals
from presence.models import Signal, SignalKind, SignalSource
from presence.purposes import Purpose
from presence.signals import SignalIn

SPAN = timedelta(minutes=1)
MOST = 20
"""Signals of one person from our pages in that time: a few tabs, each moved to and from."""
SEEN = {
    SignalKind.HEARTBEAT: frozenset({"foreground", "background"}),
    SignalKind.PERMISSION: frozenset({"granted", "denied"}),
}
"""What a page can tell of itself."""
LONGEST_LOSS = timedelta(hours=24)
"""A network lost for longer says nothing: so long a signal of it counts."""


@page("POST")
def signals(request: PersonRequest) -> HttpResponse:
    """Store what the page saw, by our clock: nothing finer, and nothing of the browser.

    The form carries its proof of origin as a field, since a beacon has no headers of its own.
    """
    user_id = request.user.pk
    if not consents_of(user_id).permit(Purpose.PAGE_SIGNALS):
        raise NoConsent
    now = now_of(request)
    lately = Signal.objects.filter(
        subject_id=user_id, source=SignalSource.PAGE, observed_at__gt=now - SPAN
    )
    if lately.count() >= MOST:
        raise Throttled
    found = observed(request.POST, user_id, now)
    if not found:
        raise WrongValue
    ingest_signals(found, SignalSource.PAGE)
    return HttpResponse(status=204)


def observed(form: QueryDict, user_id: int, now: datetime) -> list[SignalIn]:
    """The signals that the form tells of; empty where it holds anything else.

    `heartbeat` is `foreground` or `background`, `permission` is `granted` or `denied`, and
    `lost_for` is the whole seconds for which the network was away until now.
    """
    found: list[SignalIn] = []
    for kind, words in SEEN.items():
        value = form.get(kind)
        if value is None:
            continue
        if value not in words:
            return []
        found.append(SignalIn(user_id, kind, now, value=value))
    lost = form.get("lost_for")
    if lost is None:
        return found
    if not (lost.isascii() and lost.isdigit() and len(lost) <= 6):
        return []
    gone = min(max(timedelta(seconds=int(lost)), timedelta(seconds=1)), LONGEST_LOSS)
    return [
        SignalIn(user_id, SignalKind.NETWORK, now - gone, value="lost"),
        SignalIn(user_id, SignalKind.NETWORK, now, value="returned"),
        *found,
    ]
