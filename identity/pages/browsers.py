"""Adding a browser that takes prompts: the step after the proof."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.contrib import messages as notices
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.debug import sensitive_variables

from config.lifecycle import HoldfastError
from fallbacks.channels.webpush import Recipient, public_key
from fallbacks.errors import ChangeOver
from fallbacks.machines import ChangeStatus
from fallbacks.models import FactorChange
from fallbacks.push.browsers import FACTOR
from identity.messages import say
from identity.messages.times import by
from identity.pages.access import SeeOther
from identity.pages.changing import TO_CONFIRM, answered, frame_of, step
from identity.pages.clock import now_of, zone_of
from identity.pages.failures import Problem, problem_of
from identity.pages.person import PersonRequest
from identity.prompts import add_browser

REMEMBERED = timedelta(days=400)
"""The longest that browsers keep a cookie (RFC 6265bis §5.5)."""


def show_browser(
    request: PersonRequest, change: FactorChange, problem: Problem | None = None
) -> HttpResponse:
    """Where the browser is asked whether prompts are fine."""
    context = {
        **frame_of(request, change, problem),
        "key": public_key(),
        "until": by(change.expires_at, now_of(request), zone_of(request)),
    }
    status = problem.status if problem else 200
    return answered(render(request, "pages/push_browser.html", context, status=status), problem)


@step("POST")
@sensitive_variables("recipient", "secret")
def add(request: PersonRequest, change: FactorChange) -> HttpResponse:
    """What the browser told of itself; from now on it gets prompts, and answers them."""
    if (change.factor, change.kind) != (FACTOR, FactorChange.Kind.ENROL):
        raise ChangeOver
    recipient = Recipient(*(request.POST.get(name, "") for name in ("endpoint", "p256dh", "auth")))
    try:
        secret = add_browser(change, request.user, recipient)
    except ChangeOver:
        raise
    except HoldfastError as error:
        change.refresh_from_db()
        if change.status != ChangeStatus.PROVED:
            raise
        return show_browser(request, change, problem_of(request, error))
    notices.success(request, say("push.added", name=change.name))
    response = SeeOther(reverse("factors"))
    response.set_cookie(
        settings.PUSH_COOKIE_NAME,
        secret,
        max_age=REMEMBERED,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response


TO_CONFIRM[FACTOR] = show_browser
