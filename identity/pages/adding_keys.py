"""The step of a change that adds a security key: the browser asks the new key."""

from __future__ import annotations

from django.contrib import messages as notices
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from config.lifecycle import HoldfastError
from fallbacks.errors import ChangeOver
from fallbacks.machines import ChangeStatus
from fallbacks.models import FactorChange
from identity import factor_changes, security_keys
from identity.messages import say
from identity.messages.times import by
from identity.pages.access import SeeOther
from identity.pages.changing import TO_CONFIRM, answered, frame_of, step
from identity.pages.clock import now_of, zone_of
from identity.pages.failures import Problem, problem_of
from identity.pages.keys import ANSWER, FACTOR, adding_form
from identity.pages.person import PersonRequest


@step("GET", "POST")
def add_key(request: PersonRequest, change: FactorChange) -> HttpResponse:
    """The first answer of a new security key."""
    if request.method != "POST":
        return SeeOther(reverse("factor_change", args=[change.pk]))
    try:
        security_keys.add_key(change, request.user, request.POST.get(ANSWER, ""))
    except ChangeOver:
        raise
    except HoldfastError as error:
        session = request.holdfast_session
        now_stands = factor_changes.open_change(change.pk, request.user, session)
        if now_stands.status != ChangeStatus.PROVED or now_stands.factor != FACTOR:
            raise
        return show_new_key(request, now_stands, problem_of(request, error))
    notices.success(request, say("keys.done", name=change.name))
    return SeeOther(reverse("factors"))


def show_new_key(
    request: PersonRequest, change: FactorChange, problem: Problem | None = None
) -> HttpResponse:
    """The page that asks for the new key."""
    context = {
        **frame_of(request, change, problem),
        "factor": adding_form(request, change),
        "until": by(change.expires_at, now_of(request), zone_of(request)),
    }
    status = problem.status if problem else 200
    return answered(render(request, "pages/security_key.html", context, status=status), problem)


TO_CONFIRM[FACTOR] = show_new_key
