"""Proving who one is, to finish a request."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse

from fallbacks.push.answers import PushAnswer, check_browser
from fallbacks.push.browsers import FACTOR as PUSH
from identity.actions.answering import answer_challenge
from identity.actions.views import Way, action_of, takes_proof
from identity.models import Action
from identity.pages.access import SeeOther, page
from identity.pages.clock import now_of
from identity.pages.entering import answered, around, enter, show_ways
from identity.pages.failures import Problem
from identity.pages.items import asked_in
from identity.pages.keys import answer_of, form_of
from identity.pages.person import PersonRequest
from identity.pages.prompts import prompt_state, secret_of


@page("GET")
def verify(request: PersonRequest, action_id: UUID) -> HttpResponse:
    """All ways to finish this request."""
    action = action_of(request.user, action_id)
    if not takes_proof(action, now_of(request)):
        return SeeOther(reverse("request", args=[action_id]))
    return show_ways(request, action)


@page("GET", "POST")
def verify_with(request: PersonRequest, action_id: UUID, factor: str) -> HttpResponse:
    """One way: a form, and the answer to it."""
    return enter(request, action_id, factor, take=_answer, show=_show)


def _answer(request: PersonRequest, action: Action, way: Way) -> str:
    answer_challenge(
        action.pk,
        user=request.user,
        session=request.holdfast_session,
        factor=way.factor,
        code=_answer_by(request, way, action),
    )
    return reverse("request", args=[action.pk])


def _answer_by(request: PersonRequest, way: Way, action: Action) -> object:
    """What was typed, or what came of a key; for a prompt, with what this browser is known by.
    Raises NotThisDevice, KeysElsewhere."""
    if way.factor != PUSH:
        return answer_of(request, way.factor, action.pk)
    check_browser(request.user.pk, secret_of(request))
    return PushAnswer(request.POST.get("code", ""), secret_of(request))


def _show(
    request: PersonRequest, action: Action, way: Way, problem: Problem | None, typed: str
) -> HttpResponse:
    prompt = None
    if way.factor == PUSH:
        way = replace(way, facts={**way.facts, "application": asked_in(action)})
        prompt = prompt_state(request, action)
    context = {
        **around(request, action, problem),
        "prompt": prompt,
        "factor": form_of(request, way, action.pk),
        "typed": typed,
    }
    return answered(request, "pages/verify.html", context)
