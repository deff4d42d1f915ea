"""The step of a change that adds an address or a number: a code goes there and comes back."""

from __future__ import annotations

from django.contrib import messages as notices
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from config.lifecycle import HoldfastError
from fallbacks.errors import ChangeOver
from fallbacks.machines import ChangeStatus
from fallbacks.models import FactorChange
from fallbacks.sent_factors import KINDS, hint_of
from identity import contact_changes, factor_changes
from identity.messages import say
from identity.messages.times import by
from identity.pages.access import SeeOther
from identity.pages.changing import LONGEST_TYPED, TO_CONFIRM, answered, frame_of, step
from identity.pages.clock import now_of, zone_of
from identity.pages.failures import Problem, problem_of
from identity.pages.person import PersonRequest
from identity.payloads import masked


@step("GET", "POST")
def send(request: PersonRequest, change: FactorChange) -> HttpResponse:
    """Send a code to the number that was typed, or to the address of the account."""
    back = SeeOther(reverse("factor_change", args=[change.pk]))
    if request.method != "POST":
        return back
    typed = request.POST.get("number", "")
    try:
        contact_changes.send_code(change, request.user, typed)
    except HoldfastError as error:
        return _refused(request, change, error, number=typed)
    return back


@step("GET", "POST")
def confirm(request: PersonRequest, change: FactorChange) -> HttpResponse:
    """The code that came there."""
    if request.method != "POST":
        return SeeOther(reverse("factor_change", args=[change.pk]))
    typed = request.POST.get("code", "")
    try:
        contact_changes.confirm(change, request.user, typed)
    except HoldfastError as error:
        return _refused(request, change, error, code=typed)
    notices.success(request, say("contacts.done", name=change.name))
    return SeeOther(reverse("factors"))


def _refused(
    request: PersonRequest, change: FactorChange, error: HoldfastError, **typed: str
) -> HttpResponse:
    """Say it at the form, as long as there is one."""
    if isinstance(error, ChangeOver) or change.factor not in KINDS:
        raise error
    now_stands = factor_changes.open_change(change.pk, request.user, request.holdfast_session)
    if now_stands.status != ChangeStatus.PROVED:
        raise error
    return show_contact(request, now_stands, problem_of(request, error), **typed)


def show_contact(
    request: PersonRequest,
    change: FactorChange,
    problem: Problem | None = None,
    number: str = "",
    code: str = "",
) -> HttpResponse:
    """The form for the number, or for the code once it was sent."""
    secret = contact_changes.sent_code(change)
    context = {
        **frame_of(request, change, problem),
        "sent": f"contacts.{change.factor}",
        "texted": change.factor == "sms",
        "email": masked(request.user.email, "email"),
        "address": hint_of(secret.contact) if secret is not None else "",
        "until": by(change.expires_at, now_of(request), zone_of(request)),
        "number": number[:LONGEST_TYPED],
        "code": code[:LONGEST_TYPED],
        "at_code": bool(secret) and not number,
    }
    status = problem.status if problem else 200
    return answered(render(request, "pages/contact.html", context, status=status), problem)


for _factor in KINDS:
    TO_CONFIRM[_factor] = show_contact
