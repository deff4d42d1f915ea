"""What a person agrees to, and where they may be contacted (P4, P6)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, tzinfo

from django.contrib import messages as notices
from django.http import HttpResponse
from django.urls import reverse

from identity.messages import has, say
from identity.messages.times import when
from identity.pages.access import SeeOther, page
from identity.pages.person import PersonRequest
from presence.consents import (
    FIELDS,
    channels_in,
    channels_named,
    choose_channels,
    consents_in,
    purpose_named,
    set_consent,
)
from presence.models import Preference
from presence.purposes import Channel, Purpose


@dataclass(frozen=True, slots=True)
class ConsentChoice:
    """One purpose with how it stands, in words; `given` is what the button would end."""

    purpose: str
    what: str
    why_id: str
    kept_id: str
    stands: str
    given: bool


def consent_choices(preference: Preference, now: datetime, zone: tzinfo) -> list[ConsentChoice]:
    """Every purpose, with the person's answer."""
    consents = consents_in(preference)
    found = []
    for purpose, field in FIELDS.items():
        given: bool = getattr(preference, field)
        since: datetime | None = getattr(preference, f"{field}_at")
        if given and not consents.permit(purpose):
            stands = say("consent.off.needs")
        elif since is not None:
            moment = when(since, now, zone)
            stands = say(f"consent.{'on' if given else 'off'}.since", since=moment)
        else:
            stands = say("consent.on" if given else "consent.off.default")
        base = f"consent.{purpose}"
        found.append(
            ConsentChoice(purpose, say(base), f"{base}.why", f"{base}.kept", stands, given)
        )
    return found


@dataclass(frozen=True, slots=True)
class ChannelChoice:
    """One channel as its box shows it."""

    name: str
    label_id: str
    text_id: str
    on: bool


def channel_choices(preference: Preference) -> list[ChannelChoice]:
    """Every channel, with the person's answer."""
    chosen = channels_in(preference)
    return [
        ChannelChoice(each, f"channels.{each}", f"channels.{each}.text", each in chosen)
        for each in Channel
    ]


@page("POST")
def consent(request: PersonRequest) -> HttpResponse:
    """Agree to one purpose, or take that back."""
    purpose = purpose_named(request.POST.get("purpose", ""))
    given = request.POST.get("given") == "yes"
    set_consent(request.user.pk, purpose, given, actor=request.user.username)
    notices.success(request, say(_notice(purpose, given)))
    return SeeOther(reverse("presence") + "#consent")


def _notice(purpose: Purpose, given: bool) -> str:
    if given:
        return "consent.given"
    own = f"consent.withdrawn.{purpose}"
    return own if has(own) else "consent.withdrawn"


@page("POST")
def channels(request: PersonRequest) -> HttpResponse:
    """Be contacted there and nowhere else."""
    chosen = channels_named(request.POST.getlist("channel"))
    choose_channels(request.user.pk, chosen, actor=request.user.username)
    notices.success(request, say("channels.done"))
    return SeeOther(reverse("presence"))
