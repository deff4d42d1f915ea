"""Proofs that are sent: asking for one, typing a code, opening a link."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.debug import sensitive_variables

from config.lifecycle import HoldfastError
from fallbacks.contacts import confirmed
from fallbacks.models import SentSecret
from fallbacks.sent_factors import EMAIL_LINK, KINDS, SMS, TypedCode, hint_of
from fallbacks.sent_secrets import live_secret, number_of
from identity.actions.answering import answer_challenge
from identity.actions.asking import confirm_link, deny_link, look_at_link, send_proof
from identity.actions.views import Way
from identity.messages.times import by
from identity.models import Action
from identity.pages.access import SeeOther, page
from identity.pages.clock import now_of, zone_of
from identity.pages.entering import LONGEST_TYPED, answered, around, enter
from identity.pages.failures import Problem, problem_of
from identity.pages.items import asked_in
from identity.pages.person import PersonRequest
from identity.pages.requests import support as hand_over

GROUP = 3
"""Digits between two spaces, as a person reads them over."""


@page("GET", "POST")
def email_link(request: PersonRequest, action_id: UUID) -> HttpResponse:
    """Ask for a link; it is opened in the mail."""
    return enter(request, action_id, EMAIL_LINK, take=_send, show=_show)


@page("GET", "POST")
def sms(request: PersonRequest, action_id: UUID) -> HttpResponse:
    """Ask for a code by text, and type it."""
    return enter(request, action_id, SMS, take=_send_or_take, show=_show)


@page("GET", "POST")
def support(request: PersonRequest, action_id: UUID) -> HttpResponse:
    """Help from a person: a way like the others, but two people check it."""
    if request.method == "POST":
        return hand_over(request, action_id)
    return SeeOther(reverse("verify", args=[action_id]))


def _send(request: PersonRequest, action: Action, way: Way) -> str:
    send_proof(action.pk, user=request.user, session=request.holdfast_session, factor=way.factor)
    return request.path


def _send_or_take(request: PersonRequest, action: Action, way: Way) -> str:
    """Send a code, or take what was typed."""
    if "send" in request.POST:
        return _send(request, action, way)
    user, session = request.user, request.holdfast_session
    code = TypedCode(request.POST.get("code", ""), action.pk, session.pk)
    answer_challenge(action.pk, user=user, session=session, factor=SMS, code=code)
    return reverse("request", args=[action.pk])


@sensitive_variables("number", "context", "secret")
def _show(
    request: PersonRequest, action: Action, way: Way, problem: Problem | None, typed: str
) -> HttpResponse:
    now, factor = now_of(request), way.factor
    secret = live_secret(
        request.user.pk, request.holdfast_session.pk, factor, now, action_id=action.pk
    )
    contact = confirmed(request.user.pk, KINDS[factor]).first()
    number = number_of(secret) if secret is not None and factor == EMAIL_LINK else ""
    context = {
        **around(request, action, problem),
        "way": factor,
        "help_id": f"way.{factor}.help",
        "title_id": f"way.{factor}.title",
        "words": f"sent.{factor}",
        "address": hint_of(contact) if contact is not None else "",
        "until": by(secret.expires_at, now, zone_of(request)) if secret is not None else "",
        "number": " ".join(number[at : at + GROUP] for at in range(0, len(number), GROUP)),
        "typed": typed,
    }
    return answered(request, "pages/sent.html", context)


@page("GET", "POST", guest=True)
@sensitive_variables("token", "secret")
def mail_link(request: HttpRequest, secret_id: UUID, token: str) -> HttpResponse:
    """The page that a mailed link leads to. Reading it, as scanners do, changes nothing (F15)."""
    secret = look_at_link(secret_id, token)
    here = request.holdfast_session  # type: ignore[attr-defined]
    if request.method != "POST":
        return _show_link(request, secret)
    if "not_me" in request.POST:
        action = deny_link(secret, here=here)
        return _done(request, action, "link.stopped")
    typed = request.POST.get("number", "")
    try:
        action = confirm_link(secret, token, here=here, number=typed)
    except HoldfastError as error:
        return _show_link(request, secret, problem_of(request, error), typed[:LONGEST_TYPED])
    if here is not None and here.pk == secret.session_id:
        return SeeOther(reverse("request", args=[action.pk]))
    return _done(request, action, "link.done")


def _done(request: HttpRequest, action: Action, words: str) -> HttpResponse:
    context = {"what": action.type.title, "heading": f"{words}.heading", "text": f"{words}.text"}
    return render(request, "pages/link_done.html", context)


def _show_link(
    request: HttpRequest, secret: SentSecret, problem: Problem | None = None, typed: str = ""
) -> HttpResponse:
    here = request.holdfast_session  # type: ignore[attr-defined]
    action = secret.action
    assert action is not None
    context = {
        "what": action.type.title,
        "application": asked_in(action),
        "same": here is not None and here.pk == secret.session_id,
        "problem": problem,
        "typed": typed,
    }
    return answered(request, "pages/link.html", context)
