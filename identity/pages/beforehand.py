"""What may be done first and is confirmed afterwards: agreed to, looked at, taken back (D2)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from uuid import UUID

from django.contrib import messages as notices
from django.http import HttpResponse, QueryDict
from django.urls import reverse
from django.utils.http import urlencode

from config.lifecycle import HoldfastError
from identity.consents import (
    DAYS,
    Choice,
    about_consent,
    choices_of,
    give_consent,
    start_consent,
    ways_to_consent,
    withdraw_consent,
)
from identity.errors import NothingToConsentTo
from identity.messages import say
from identity.messages.compose import title_of
from identity.messages.times import by, lasting
from identity.models import User
from identity.pages.access import SeeOther, page
from identity.pages.clock import now_of, zone_of
from identity.pages.entering import answered
from identity.pages.failures import Problem, problem_of
from identity.pages.keys import FACTOR as KEY
from identity.pages.keys import answer_of, asking_form
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


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a form asks to agree to; what it does not say is nothing that there is."""

    application_id: int
    type_id: str
    days: int

    @classmethod
    def of(cls, sent: QueryDict) -> Wanted:
        """What `sent` says. Raises NothingToConsentTo."""
        application, _, kind = sent.get("what", "").partition(":")
        if not application.isascii() or not application.isdecimal() or len(application) > 18:
            raise NothingToConsentTo
        days = sent.get("days", "")
        spans = {str(each): each for each in DAYS}
        return cls(int(application), kind[:40], spans.get(days, 0))

    @property
    def about(self) -> UUID:
        """What a key is asked about."""
        return about_consent(self.application_id, self.type_id, self.days)


@page("GET", "POST")
def consents_page(request: PersonRequest) -> HttpResponse:
    """What one agreed to and could agree to; POST agrees, with a code, or goes on to a key."""
    if request.method != "POST":
        return _show(request)
    sent = request.POST
    try:
        wanted = Wanted.of(sent)
        if "by_key" in sent:
            return SeeOther(f"{reverse('consent_key')}?{urlencode(_said(sent))}")
        _give(request, wanted, sent.get("way", ""), sent.get("code", ""))
    except HoldfastError as error:
        return _show(request, problem_of(request, error))
    return _given(request)


@page("GET", "POST")
def consent_key(request: PersonRequest) -> HttpResponse:
    """Agree to what the address says, with a security key."""
    user = request.holdfast_session.user
    try:
        wanted = Wanted.of(request.GET)
        choice = _offered(user, wanted, now_of(request))
    except HoldfastError as error:
        return _show(request, problem_of(request, error))
    problem = None
    try:
        if request.method == "POST":
            _give(request, wanted, KEY, answer_of(request, KEY, wanted.about))
            return _given(request)
        start_consent(user, KEY)
    except HoldfastError as error:
        problem = problem_of(request, error)
    context = {
        "choice": shown_choice(choice, now_of(request), zone_of(request)),
        "span": say(f"beforehand.days.{wanted.days}"),
        "factor": asking_form(request, wanted.about),
        "action_url": request.get_full_path(),
        "problem": problem,
    }
    return answered(request, "pages/consent_key.html", context)


def _offered(user: User, wanted: Wanted, now: datetime) -> Choice:
    """The choice that is meant. Raises NothingToConsentTo."""
    for each in choices_of(user, now):
        meant = (each.application.pk, each.type.pk) == (wanted.application_id, wanted.type_id)
        if meant and each.standing is None and wanted.days:
            return each
    raise NothingToConsentTo


def _give(request: PersonRequest, wanted: Wanted, factor: str, code: object) -> None:
    give_consent(
        request.holdfast_session.user,
        application_id=wanted.application_id,
        type_id=wanted.type_id,
        days=wanted.days,
        factor=factor,
        code=code,
    )


def _given(request: PersonRequest) -> HttpResponse:
    notices.success(request, say("beforehand.given"))
    return SeeOther(reverse("consents"))


def _said(sent: QueryDict) -> dict[str, str]:
    return {name: sent.get(name, "")[:64] for name in ("what", "days")}


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
    sent, ways = request.POST, ways_to_consent(request.holdfast_session.user)
    context = {
        "standing": [each for each in found if each.consent is not None],
        "offered": [each for each in found if each.consent is None],
        "ways": [(way, f"way.{way}.title") for way in ways if way != KEY],
        "by_key": KEY in ways,
        "days": DAYS,
        "problem": problem,
        "sent": {name: sent.get(name, "")[:64] for name in ("what", "days", "way")},
    }
    return answered(request, "pages/consents.html", context)
