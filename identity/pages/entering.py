"""The one way in to every way of proving: whether there is anything to prove, by this way, now."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from config.lifecycle import HoldfastError
from fallbacks.challenges import start
from fallbacks.errors import FactorNotPermitted, FactorOutOfOrder
from identity.actions.views import Way, action_of, takes_proof
from identity.errors import ActionClosed, NotFound, TooLateToConfirm, WindowClosed
from identity.models import Action
from identity.pages.access import SeeOther
from identity.pages.clock import now_of
from identity.pages.failures import Problem, problem_of
from identity.pages.items import asked_in, item_of, payload_of
from identity.pages.outages import told_of
from identity.pages.pauses import pause_of
from identity.pages.person import PersonRequest
from identity.pages.requests import show_request
from identity.pages.ways import offered_ways, support_span, way_of
from identity.states import USER_CAN_FINISH

LONGEST_TYPED = 64
"""What is longer was not typed, and is not shown again."""

Take = Callable[[PersonRequest, Action, Way], str]
"""Takes the form of a way; returns where to go on. Raises HoldfastError."""
Show = Callable[[PersonRequest, Action, Way, Problem | None, str], HttpResponse]
"""Draws the page of a way: with what was refused, and what was typed then."""


def enter(
    request: PersonRequest, action_id: UUID, factor: str, *, take: Take, show: Show
) -> HttpResponse:
    """Pass a request for one way of proving on to `show` (GET) or `take` (POST), or refuse it.

    Every such page comes through here, so none of them lets in what another one refuses.
    """
    action = action_of(request.user, action_id)
    if not takes_proof(action, now_of(request)):
        if request.method == "POST":
            return show_request(request, action, problem_of(request, _closed(action)))
        return SeeOther(reverse("request", args=[action_id]))
    way = way_of(action, factor)
    if way is None:
        raise Http404
    if not way.usable:
        return show_ways(request, action, problem_of(request, _refusal(way)))
    if request.method == "POST":
        return _taken(request, action, way, take, show)
    try:
        start(request.user.pk, factor, permitted=[factor], now=now_of(request))
    except HoldfastError as error:
        return show(request, action, way, problem_of(request, error), "")
    return show(request, action, way, None, "")


def show_ways(
    request: PersonRequest, action: Action, problem: Problem | None = None
) -> HttpResponse:
    """All ways to finish this request, with what was just refused if anything was."""
    ways = offered_ways(action)
    context = {
        **around(request, action, problem),
        "ways": ways,
        "outage": told_of(ways),
        "pause": pause_of(request),
    }
    return answered(request, "pages/verify.html", context)


def around(request: PersonRequest, action: Action, problem: Problem | None) -> dict[str, object]:
    """What the page of every way shows beside its form."""
    return {
        "action": action,
        "application": asked_in(action),
        "item": item_of(request, action),
        "payload": payload_of(action),
        "problem": problem,
        "support_span": support_span(action),
    }


def answered(request: HttpRequest, template: str, context: Mapping[str, object]) -> HttpResponse:
    """The page, with the status of its `problem` and when to come back."""
    problem = context["problem"]
    if not isinstance(problem, Problem):
        return render(request, template, context)
    response = render(request, template, context, status=problem.status)
    if problem.retry_after is not None:
        response["Retry-After"] = str(problem.retry_after)
    return response


def _closed(action: Action) -> HoldfastError:
    """Why a proof does not move it: it is over, or it may not happen at this hour."""
    if action.status in USER_CAN_FINISH and action.next_attempt_at is not None:
        return WindowClosed(until=action.next_attempt_at)
    return ActionClosed()


def _refusal(way: Way) -> HoldfastError:
    """Why a way that the person has is not on offer here."""
    if way.down:
        return FactorOutOfOrder(factor=way.factor, down=way.down)
    return FactorNotPermitted(factor=way.factor)


def _taken(
    request: PersonRequest, action: Action, way: Way, take: Take, show: Show
) -> HttpResponse:
    try:
        return SeeOther(take(request, action, way))
    except NotFound:
        raise
    except HoldfastError as error:
        problem = problem_of(request, error)
        now_stands = action_of(request.user, action.pk)
        moved_on = isinstance(error, ActionClosed | TooLateToConfirm | WindowClosed)
        if moved_on or not takes_proof(now_stands, now_of(request)):
            return show_request(request, now_stands, problem)
        typed = request.POST.get("code", "")[:LONGEST_TYPED]
        return show(request, now_stands, way, problem, typed)
