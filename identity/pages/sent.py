"""Proofs that are sent: asking for one, typing a code, opening a link."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.debug import sensitive_variables

from config.lifecycle import HoldfastError
from fallbacks.challenges import start
from fallbacks.contacts import confirmed
from fallbacks.errors import FactorNotPermitted
from fallbacks.models import SentSecret
from fallbacks.sent_factors import EMAIL_LINK, KINDS, SMS, TypedCode, hint_of
from fallbacks.sent_secrets import live_secret, number_of
from identity.actions.answering import answer_challenge
from identity.actions.asking import confirm_link, deny_link, look_at_link, send_proof
from identity.actions.views import action_of
from identity.errors import ActionClosed, NotFound
from identity.messages.times import by
from identity.models import Action
from identity.pages.access import SeeOther, page
from identity.pages.clock import now_of, zone_of
from identity.pages.failures import Problem, problem_of
from identity.pages.items import asked_in, item_of, payload_of
from identity.pages.person import PersonRequest
from identity.pages.requests import show_request
from identity.pages.requests import support as hand_over
from identity.pages.verifying import LONGEST_TYPED, show_ways
from identity.pages.ways import support_span, way_of
from identity.states import USER_CAN_FINISH

GROUP = 3
"""Digits between two spaces, as a person reads them over."""


@page("GET", "POST")
def email_link(request: PersonRequest, action_id: UUID) -> HttpResponse:
    """Ask for a link; it is opened in the mail."""
    return _way(request, action_id, EMAIL_LINK)


@page("GET", "POST")
def sms(request: PersonRequest, action_id: UUID) -> HttpResponse:
    """Ask for a code by text, and type it."""
    return _way(request, action_id, SMS)


@page("GET", "POST")
def support(request: PersonRequest, action_id: UUID) -> HttpResponse:
    """Help from a person: a way like the others, but two people check it."""
    if request.method == "POST":
        return hand_over(request, action_id)
    return SeeOther(reverse("verify", args=[action_id]))


def _way(request: PersonRequest, action_id: UUID, factor: str) -> HttpResponse:
    action = action_of(request.user, action_id)
    if action.status not in USER_CAN_FINISH:
        if request.method == "POST":
            return show_request(request, action, problem_of(request, ActionClosed()))
        return SeeOther(reverse("request", args=[action_id]))
    way = way_of(action, factor)
    if way is None:
        raise Http404
    if not way.usable:
        refused = problem_of(request, FactorNotPermitted(factor=factor))
        return show_ways(request, action, refused)
    if request.method == "POST":
        return _take(request, action, factor)
    try:
        start(request.user.pk, factor, permitted=[factor], now=now_of(request))
    except HoldfastError as error:
        return _show(request, action, factor, problem_of(request, error))
    return _show(request, action, factor)


def _take(request: PersonRequest, action: Action, factor: str) -> HttpResponse:
    """Send, or take what was typed."""
    typed = request.POST.get("code", "")
    user, session = request.user, request.holdfast_session
    try:
        if factor == SMS and "send" not in request.POST:
            code = TypedCode(typed, action.pk, session.pk)
            answer_challenge(action.pk, user=user, session=session, factor=SMS, code=code)
            return SeeOther(reverse("request", args=[action.pk]))
        send_proof(action.pk, user=user, session=session, factor=factor)
    except NotFound:
        raise
    except HoldfastError as error:
        problem = problem_of(request, error)
        now_stands = action_of(user, action.pk)
        if now_stands.status not in USER_CAN_FINISH or isinstance(error, ActionClosed):
            return show_request(request, now_stands, problem)
        return _show(request, now_stands, factor, problem, typed[:LONGEST_TYPED])
    return SeeOther(request.path)


@sensitive_variables("number", "context", "secret")
def _show(
    request: PersonRequest,
    action: Action,
    factor: str,
    problem: Problem | None = None,
    typed: str = "",
) -> HttpResponse:
    now = now_of(request)
    secret = live_secret(
        request.user.pk, request.holdfast_session.pk, factor, now, action_id=action.pk
    )
    contact = confirmed(request.user.pk, KINDS[factor]).first()
    number = number_of(secret) if secret is not None and factor == EMAIL_LINK else ""
    context: dict[str, Any] = {
        "action": action,
        "application": asked_in(action),
        "item": item_of(request, action),
        "payload": payload_of(action),
        "way": factor,
        "help_id": f"way.{factor}.help",
        "title_id": f"way.{factor}.title",
        "words": f"sent.{factor}",
        "address": hint_of(contact) if contact is not None else "",
        "until": by(secret.expires_at, now, zone_of(request)) if secret is not None else "",
        "number": " ".join(number[at : at + GROUP] for at in range(0, len(number), GROUP)),
        "problem": problem,
        "typed": typed,
        "support_span": support_span(action),
    }
    return _answered(request, "pages/sent.html", context, problem)


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
    return _answered(request, "pages/link.html", context, problem)


def _answered(
    request: HttpRequest, template: str, context: dict[str, Any], problem: Problem | None
) -> HttpResponse:
    response = render(request, template, context, status=problem.status if problem else 200)
    if problem is not None and problem.retry_after is not None:
        response["Retry-After"] = str(problem.retry_after)
    return response
