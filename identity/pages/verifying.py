"""Proving who one is, to finish a request."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from config.lifecycle import HoldfastError
from fallbacks.challenges import start
from fallbacks.errors import FactorNotPermitted
from fallbacks.push.answers import PushAnswer, check_browser
from fallbacks.push.browsers import FACTOR as PUSH
from identity.actions.answering import answer_challenge
from identity.actions.confirming import confirm_action
from identity.actions.views import Way, action_of, takes_proof
from identity.errors import ActionClosed, NotFound, WindowClosed
from identity.models import Action
from identity.pages.access import SeeOther, page
from identity.pages.clock import now_of
from identity.pages.failures import Problem, problem_of
from identity.pages.items import asked_in, item_of, payload_of
from identity.pages.keys import answer_of, form_of
from identity.pages.outages import told_of
from identity.pages.person import PersonRequest
from identity.pages.prompts import prompt_state, secret_of
from identity.pages.requests import show_request
from identity.pages.ways import offered_ways, support_span, way_of
from identity.states import USER_CAN_FINISH

LONGEST_TYPED = 64
"""What is longer was not typed, and is not shown again."""


@page("GET")
def verify(request: PersonRequest, action_id: UUID) -> HttpResponse:
    """All ways to finish this request."""
    action = action_of(request.user, action_id)
    if not takes_proof(action, now_of(request)):
        return SeeOther(reverse("request", args=[action_id]))
    return _show(request, action)


@page("GET", "POST")
def verify_with(request: PersonRequest, action_id: UUID, factor: str) -> HttpResponse:
    """One way: a form, and the answer to it."""
    action = action_of(request.user, action_id)
    if not takes_proof(action, now_of(request)):
        if request.method == "POST":
            return show_request(request, action, problem_of(request, _closed(request, action)))
        return SeeOther(reverse("request", args=[action_id]))
    way = way_of(action, factor)
    if way is None:
        raise Http404
    if not way.usable:
        refused = problem_of(request, FactorNotPermitted(factor=factor))
        return _show(request, action, problem=refused)
    if request.method == "POST":
        return _answer(request, action, way)
    try:
        start(request.user.pk, factor, permitted=[factor], now=now_of(request))
    except HoldfastError as error:
        return _show(request, action, way, problem_of(request, error))
    return _show(request, action, way)


def _closed(request: PersonRequest, action: Action) -> HoldfastError:
    """Why a proof does not move it: it is over, or it may not happen at this hour."""
    if action.status in USER_CAN_FINISH and action.next_attempt_at is not None:
        return WindowClosed(until=action.next_attempt_at)
    return ActionClosed()


def _answer(request: PersonRequest, action: Action, way: Way) -> HttpResponse:
    typed = request.POST.get("code", "")
    prove = confirm_action if action.to_confirm else answer_challenge
    try:
        prove(
            action.pk,
            user=request.user,
            session=request.holdfast_session,
            factor=way.factor,
            code=_answer_by(request, way, action),
        )
    except NotFound:
        raise
    except HoldfastError as error:
        problem = problem_of(request, error)
        now_stands = action_of(request.user, action.pk)
        moved_on = isinstance(error, ActionClosed | WindowClosed)
        if moved_on or not takes_proof(now_stands, now_of(request)):
            return show_request(request, now_stands, problem)
        return _show(request, now_stands, way, problem, typed[:LONGEST_TYPED])
    return SeeOther(reverse("request", args=[action.pk]))


def _answer_by(request: PersonRequest, way: Way, action: Action) -> object:
    """What was typed, or what came of a key; for a prompt, with what this browser is known by.
    Raises NotThisDevice, KeysElsewhere."""
    if way.factor != PUSH:
        return answer_of(request, way.factor, action.pk)
    check_browser(request.user.pk, secret_of(request))
    return PushAnswer(request.POST.get("code", ""), secret_of(request))


def show_ways(request: PersonRequest, action: Action, problem: Problem) -> HttpResponse:
    """All ways to finish this request, with what was refused."""
    return _show(request, action, problem=problem)


def _show(
    request: PersonRequest,
    action: Action,
    way: Way | None = None,
    problem: Problem | None = None,
    typed: str = "",
) -> HttpResponse:
    application = asked_in(action)
    prompt = None
    if way is not None and way.factor == PUSH:
        way = replace(way, facts={**way.facts, "application": application})
        prompt = prompt_state(request, action)
    ways = offered_ways(action) if way is None else []
    context = {
        "action": action,
        "application": application,
        "prompt": prompt,
        "item": item_of(request, action),
        "payload": payload_of(action),
        "ways": ways,
        "outage": told_of(ways),
        "factor": form_of(request, way, action.pk) if way is not None else None,
        "problem": problem,
        "typed": typed,
        "support_span": support_span(action),
    }
    response = render(
        request, "pages/verify.html", context, status=problem.status if problem else 200
    )
    if problem is not None and problem.retry_after is not None:
        response["Retry-After"] = str(problem.retry_after)
    return response
