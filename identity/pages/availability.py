"""Availability in words, and what a person chooses about being disturbed (P3, P4)."""

from __future__ import annotations

import zoneinfo
from collections.abc import Callable, Mapping
from datetime import datetime, time, timedelta
from functools import cache
from typing import Any, TypeVar

from django.contrib import messages as notices
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.dateparse import parse_date, parse_datetime, parse_time

from config.lifecycle import HoldfastError
from fallbacks.factors import enrolled
from fallbacks.push.browsers import FACTOR as PUSH
from identity.inventory import presence_days
from identity.messages import has, say
from identity.messages.times import by, lasting
from identity.models import Session
from identity.pages.access import SeeOther, page
from identity.pages.clock import now_of, zone_of
from identity.pages.consents import channel_choices, consent_choices
from identity.pages.failures import Problem, problem_of
from identity.pages.looks import AVAILABILITY_LOOKS
from identity.pages.person import PersonRequest
from identity.pages.waiting import last_wait
from presence.availability import availability_of
from presence.consents import consents_of
from presence.errors import UnknownZone, WrongTime
from presence.models import Preference
from presence.purposes import Purpose, refusal
from presence.rights import Correction, QuietHours, correct_presence
from presence.states import QUIET_REASONS, Availability, State

T = TypeVar("T")

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
EMERGENCY_TOLD = timedelta(days=30)
"""For how long the page says that an emergency went before the person's quiet."""
FRESH = timedelta(minutes=15)


@cache
def zone_names() -> tuple[str, ...]:
    """The zones to pick from: places by continent and UTC, without the historic aliases."""
    places = (
        name
        for name in zoneinfo.available_timezones()
        if "/" in name and not name.startswith(("Etc/", "SystemV/", "US/", "posix/", "right/"))
    )
    return ("UTC", *sorted(places))


@page("GET")
def presence_page(request: PersonRequest) -> HttpResponse:
    """What we conclude, what it means, and every choice."""
    return _show(request)


def _show(
    request: PersonRequest, part: str = "", error: HoldfastError | None = None
) -> HttpResponse:
    """The page; after a refusal with what was typed in `part` and why it was refused."""
    user_id = request.user.pk
    person = request.holdfast_session.user
    preference = getattr(person, "preference", None) or Preference(subject_id=user_id)
    now = now_of(request)
    found = availability_of(user_id, now=now)
    problem = problem_of(request, error) if error is not None else None
    context: dict[str, Any] = {
        "state": _state(found, request),
        "told": refusal(preference.presence_consent) is None,
        "answers": _answers(request, found),
        "dnd": _moment_choice(request, preference.dnd_until, "%Y-%m-%dT%H:%M"),
        "away": _moment_choice(request, preference.away_until, "%Y-%m-%d"),
        "quiet": _quiet(preference),
        "zone": {"value": preference.zone, "names": zone_names()},
        "channels": channel_choices(preference),
        "consents": consent_choices(preference, now, zone_of(request)),
        "days": presence_days(),
        "waited": last_wait(request),
        "emergency": _emergency(request, preference),
        "problem": problem,
    }
    if problem is not None:
        context[part] = {**context[part], **_typed(part, request), "error": _detail(problem, part)}
    return render(request, "pages/presence.html", context, status=400 if problem else 200)


def _emergency(request: PersonRequest, preference: Preference) -> str:
    """That they were asked in spite of their quiet, and why; told for a month."""
    at, until = preference.overridden_at, preference.overridden_until
    if at is None or until is None or now_of(request) > at + EMERGENCY_TOLD:
        return ""
    zone = zone_of(request)
    return say(f"emergency.{preference.overridden_for}", until=by(until, now_of(request), zone))


def _detail(problem: Problem, part: str) -> str:
    """The refusal in the words of the form, where it has some of its own."""
    own = f"error.{problem.code}.{part}.detail"
    return say(own) if has(own) else problem.detail


def _state(found: Availability, request: PersonRequest) -> dict[str, Any]:
    """The state in words. The person's own quiet comes before what signals say of the phone."""
    quiet = next((reason for reason in found.reasons if reason in QUIET_REASONS), None)
    base = f"availability.{quiet.value if quiet else found.state.value}"
    look = AVAILABILITY_LOOKS["quiet" if quiet else found.state.value]
    until = by(found.quiet_until, now_of(request), zone_of(request)) if found.quiet_until else ""
    return {
        "quiet": quiet is not None,
        "there": found.state == State.AVAILABLE,
        "tone": look.tone,
        "icon": look.icon,
        "word": say("presence.heading"),
        "title": say(f"{base}.title", until=until),
        "body": say(f"{base}.body", until=until),
    }


def _answers(request: PersonRequest, found: Availability) -> list[dict[str, str]]:
    """The four questions of P3 in words, never a dot."""
    session: Session = request.holdfast_session
    ways = [way for way in enrolled(request.user.pk) if way.factor != PUSH]
    proof = session.last_proof_at
    age = now_of(request) - proof if proof is not None else None
    if age is None:
        fresh = say("presence.fresh.never")
    else:
        kind = "yes" if age <= FRESH else "no"
        fresh = say(f"presence.fresh.{kind}", span=lasting(age))
    reachable = "quiet" if found.quiet else "yes" if found.state == State.AVAILABLE else "no"
    why = say(f"availability.reason.{found.reasons[0].value}")
    other = (
        say("presence.other.yes", way=say(f"way.{ways[0].factor}.title").lower())
        if ways
        else say("presence.other.no")
    )
    return [
        {
            "label": say("presence.ask.phone"),
            "value": f"{say(f'presence.phone.{reachable}')} {why}",
        },
        {"label": say("presence.ask.other"), "value": other},
        {"label": say("presence.ask.fresh"), "value": fresh},
        {"label": say("presence.ask.wait"), "value": say("presence.wait")},
    ]


def _moment_choice(request: PersonRequest, until: datetime | None, form: str) -> dict[str, Any]:
    on = until is not None and until > now_of(request)
    value = until.astimezone(zone_of(request)).strftime(form) if on and until else ""
    return {"on": on, "value": value}


def _quiet(preference: Preference) -> dict[str, Any]:
    return {
        "days": _days(lambda index, _: index in preference.quiet_days),
        "start": _clock(preference.quiet_start),
        "end": _clock(preference.quiet_end),
    }


def _days(on: Callable[[int, str], bool]) -> list[dict[str, Any]]:
    return [
        {"value": day, "label_id": f"quiet.day.{day}", "on": on(index, day)}
        for index, day in enumerate(WEEKDAYS)
    ]


def _clock(moment: time | None) -> str:
    return f"{moment:%H:%M}" if moment is not None else ""


def _typed(part: str, request: PersonRequest) -> Mapping[str, Any]:
    """What was typed into the form of `part`, to be kept."""
    form = request.POST
    if part == "quiet":
        chosen = form.getlist("day")
        return {
            "days": _days(lambda _, day: day in chosen),
            "start": form.get("from", "")[:8],
            "end": form.get("to", "")[:8],
        }
    if part == "zone":
        return {}
    return {"value": form.get("until", "")[:20]}


def _correct(
    request: PersonRequest, part: str, notice_id: str, typed: Callable[[], Correction]
) -> HttpResponse:
    """Make the correction that was `typed`; a refused one shows the page again with it."""
    try:
        correct_presence(request.user.pk, typed(), actor=request.user.username)
    except HoldfastError as error:
        return _show(request, part, error)
    notices.success(request, say(notice_id))
    return SeeOther(reverse("presence"))


def _local(request: PersonRequest, moment: datetime | None) -> datetime:
    """A wall-clock moment in the person's zone. Raises WrongTime for none at all."""
    if moment is None:
        raise WrongTime
    return moment.replace(tzinfo=zone_of(request)) if moment.tzinfo is None else moment


def _read(parse: Callable[[str], T | None], text: str) -> T | None:
    try:
        return parse(text)
    except ValueError:
        return None


@page("POST")
def here(request: PersonRequest) -> HttpResponse:
    """ "I am here now"; said so too where nothing may be stored about it."""
    stored = consents_of(request.user.pk).permit(Purpose.REACHABILITY)
    notice_id = "presence.here.done" if stored else "presence.here.unstored"
    return _correct(request, "dnd", notice_id, lambda: Correction(here=True))


@page("POST")
def do_not_disturb(request: PersonRequest) -> HttpResponse:
    """Quiet until a moment, or no longer."""
    if request.POST.get("off"):
        return _correct(
            request, "dnd", "dnd.off.done", lambda: Correction(do_not_disturb_until=None)
        )

    def typed() -> Correction:
        until = _read(parse_datetime, request.POST.get("until", ""))
        return Correction(do_not_disturb_until=_local(request, until))

    return _correct(request, "dnd", "dnd.done", typed)


@page("POST")
def away(request: PersonRequest) -> HttpResponse:
    """Away until the morning of a day, or back."""
    if request.POST.get("off"):
        return _correct(request, "away", "away.off.done", lambda: Correction(away_until=None))

    def typed() -> Correction:
        day = _read(parse_date, request.POST.get("until", ""))
        morning = datetime.combine(day, time()) if day is not None else None
        return Correction(away_until=_local(request, morning))

    return _correct(request, "away", "away.done", typed)


@page("POST")
def quiet_hours(request: PersonRequest) -> HttpResponse:
    """Weekly quiet hours; no day means none."""

    def typed() -> Correction:
        chosen = request.POST.getlist("day")
        if not set(chosen) <= set(WEEKDAYS):
            raise WrongTime
        return Correction(
            quiet_hours=QuietHours(
                tuple(WEEKDAYS.index(day) for day in chosen),
                _read(parse_time, request.POST.get("from", "")),
                _read(parse_time, request.POST.get("to", "")),
            )
        )

    return _correct(request, "quiet", "quiet.done", typed)


@page("POST")
def zone(request: PersonRequest) -> HttpResponse:
    """The zone whose clock the person lives by."""

    def typed() -> Correction:
        wanted = request.POST.get("zone", "")
        if wanted not in zone_names():
            raise UnknownZone
        return Correction(zone=wanted)

    return _correct(request, "zone", "zone.done", typed)
