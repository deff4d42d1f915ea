"""Prompts in the browser: the worker that shows them, and the request page that answers them."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from csp.constants import NONE, SELF
from csp.decorators import csp
from django.conf import settings
from django.contrib import messages as notices
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt

from fallbacks.challenges import live_challenge
from fallbacks.push.browsers import FACTOR, browser_of
from fallbacks.push.prompting import acknowledge_prompt, is_live, was_prompted
from identity.actions.prompting import ask_by_prompt
from identity.actions.views import Way
from identity.errors import NotFound
from identity.messages import say
from identity.models import Action
from identity.pages.access import page
from identity.pages.clock import now_of
from identity.pages.entering import enter
from identity.pages.failures import Problem
from identity.pages.items import asked_in
from identity.pages.person import PersonRequest
from identity.pages.requests import show_request

SURFACE = "#ffffff"
"""What an installed page shows before its own style sheet does."""


@dataclass(frozen=True, slots=True)
class PromptState:
    """How the request stands with prompts, seen from this browser."""

    here: bool
    """This browser takes prompts for the person, so the number may be typed here."""
    live: bool
    """The application shows a number now."""
    sent: bool

    @property
    def usable(self) -> bool:
        """The number can be typed, here and now."""
        return self.here and self.live

    @property
    def words_id(self) -> str:
        """What to say where no number can be typed."""
        if self.here:
            return "prompt.here.ask"
        if not self.live:
            return "prompt.elsewhere.ask"
        return "prompt.elsewhere.sent" if self.sent else "prompt.elsewhere.open"

    @property
    def button_id(self) -> str:
        """What can be done then."""
        if self.here:
            return "prompt.number"
        return "prompt.send_again" if self.sent else "prompt.send"


def secret_of(request: HttpRequest) -> str:
    """What this browser is known by, if it takes prompts; the page never shows it."""
    return request.COOKIES.get(settings.PUSH_COOKIE_NAME, "")


def prompt_state(request: PersonRequest, action: Action) -> PromptState:
    """What the page of this way has to offer. Three queries at most."""
    challenge = live_challenge(action.pk)
    live = (
        challenge is not None and challenge.factor == FACTOR and is_live(challenge, now_of(request))
    )
    return PromptState(
        here=browser_of(request.user.pk, secret_of(request)) is not None,
        live=live,
        sent=live and challenge is not None and was_prompted(challenge),
    )


@page("POST")
def ask_prompt(request: PersonRequest, action_id: UUID) -> HttpResponse:
    """Ask for a number, and for a prompt where the person is not on their phone."""
    return enter(request, action_id, FACTOR, take=_ask, show=_on_request)


def _ask(request: PersonRequest, action: Action, way: Way) -> str:
    here = browser_of(request.user.pk, secret_of(request)) is not None
    ask_by_prompt(action.pk, user=request.user, here=here)
    told = "prompt.number.ready" if here else "prompt.sent"
    notices.success(request, say(told, application=asked_in(action)))
    return reverse("verify_with", args=[action.pk, FACTOR])


def _on_request(
    request: PersonRequest, action: Action, way: Way, problem: Problem | None, typed: str
) -> HttpResponse:
    """The button stands on two pages, so what is refused is said on the request's own."""
    return show_request(request, action, problem)


@csrf_exempt
@page("POST", guest=True)
def acknowledge(request: HttpRequest) -> HttpResponse:
    """The browser has a prompt. It knows the prompt's id, and its own secret comes as a cookie;
    nobody has to be signed in for a prompt to arrive, and another site cannot say so."""
    if request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin":
        raise NotFound
    try:
        prompt_id = UUID(request.POST.get("prompt", "")[:36])
    except ValueError as error:
        raise NotFound from error
    if not acknowledge_prompt(prompt_id, secret_of(request)):
        raise NotFound
    return HttpResponse(status=204)


@csp({"default-src": [NONE], "connect-src": [SELF]})
@page("GET", guest=True)
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker, at the root so that it serves every page; it speaks to us alone."""
    return render(request, "push/worker.js", content_type="text/javascript; charset=utf-8")


@page("GET", guest=True)
def manifest(request: HttpRequest) -> HttpResponse:
    """What a phone needs to keep Holdfast among its applications."""
    return JsonResponse(
        {
            "id": "/",
            "name": say("push.installed.name"),
            "short_name": say("push.installed.name"),
            "description": say("push.installed.text"),
            "start_url": "/",
            "scope": "/",
            "display": "standalone",
            "background_color": SURFACE,
            "theme_color": SURFACE,
            "icons": [
                {"src": static("holdfast.svg"), "sizes": "any", "type": "image/svg+xml"},
            ],
        },
        content_type="application/manifest+json",
    )
