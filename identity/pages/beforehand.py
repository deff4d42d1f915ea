"""What may be done first and is confirmed afterwards: agreed to, looked at, taken back (D2)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from uuid import UUID

from django.contrib import messages as notices
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from config.lifecycle import HoldfastError
from identity.consents import (
    DAYS,
    Choice,
    choices_of,
    give_consent,
    ways_to_consent,
    withdraw_consent,
)
from identity.errors import NothingToConsentTo
from identity.messages import say
from identity.messages.compose import title_of
from identity.messages.times import by, lasting
from identity.pages.access import SeeOther, page
from identity.pages.clock import now_of, zone_of
from identity.pages.failures import Problem, problem_of
from identity.pages.person import PersonRequest


@dataclass(frozen=True, slots=True)
class ShownChoice:
    """One choice in words. `value` is what the form sends; `consent` what a button takes back."""

    value: str
    what: str
    lines: Sequence[str]
    consent: UUID | None


def shown_choice(choice: Choice, now: datetime, zone: tzinfo) -> ShownChoice:
    """The words of `choice`: until when, for how long it can be confirmed, and what else."""
    lines = []
    if choice.standing is not None:
        lines.append(say("beforehand.until", until=by(choice.standing.until, now, zone)))
    elif choice.used:
        lines.append(say("beforehand.used"))
    if choice.means.within:
        span = lasting(timedelta(seconds=min(choice.means.within)))
        lines.append(say("beforehand.within", span=span))
        lines += [say(f"beforehand.then.{each}") for each in sorted(choice.means.on_silence)]
    else:
        lines.append(say("beforehand.resting"))
    return ShownChoice(
        value=f"{choice.application.pk}:{choice.type.pk}",
        what=say(
            "beforehand.in",
            type=title_of(choice.type.pk, choice.type.title),
            application=str(choice.application),
        ),
        lines=lines,
        consent=choice.standing.pk if choice.standing is not None else None,
    )


@page("GET", "POST")
def consents_page(request: PersonRequest) -> HttpResponse:
    """What one agreed to and could agree to; POST agrees, with a code."""
    if request.method != "POST":
        return _show(request)
    sent = request.POST
    application, _, kind = sent.get("what", "").partition(":")
    days = sent.get("days", "")
    try:
        if not application.isascii() or not application.isdecimal() or len(application) > 18:
            raise NothingToConsentTo
        give_consent(
            request.holdfast_session.user,
            application_id=int(application),
            type_id=kind[:40],
            days=int(days) if days in [str(each) for each in DAYS] else 0,
            factor=sent.get("way", ""),
            code=sent.get("code", ""),
        )
    except HoldfastError as error:
        return _show(request, problem_of(request, error))
    notices.success(request, say("beforehand.given"))
    return SeeOther(reverse("consents"))


@page("POST")
def withdraw(request: PersonRequest, consent_id: UUID) -> HttpResponse:
    """Take it back, at once."""
    withdraw_consent(request.holdfast_session.user, consent_id)
    notices.success(request, say("beforehand.withdrawn"))
    return SeeOther(reverse("consents"))


def _show(request: PersonRequest, problem: Problem | None = None) -> HttpResponse:
    now, zone = now_of(request), zone_of(request)
    found = [
        shown_choice(each, now, zone) for each in choices_of(request.holdfast_session.user, now)
    ]
    sent = request.POST
    context = {
        "standing": [each for each in found if each.consent is not None],
        "offered": [each for each in found if each.consent is None],
        "ways": ways_to_consent(request.holdfast_session.user),
        "days": DAYS,
        "problem": problem,
        "sent": {name: sent.get(name, "")[:64] for name in ("what", "days", "way")},
    }
    status = problem.status if problem is not None else 200
    response = render(request, "pages/consents.html", context, status=status)
    if problem is not None and problem.retry_after is not None:
        response["Retry-After"] = str(problem.retry_after)
    return response
