"""A person's presence data: seen, taken away as a file, deleted (P7)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from django.contrib import messages as notices
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from identity.inventory import presence_days
from identity.messages import has, say
from identity.messages.compose import sentence_of
from identity.messages.times import when
from identity.models import Device
from identity.own_data import presence_events, presence_export
from identity.pages.access import SeeOther, page
from identity.pages.clock import now_of, zone_of
from identity.pages.person import PersonRequest
from presence.choices import preference_of
from presence.models import Presence, Signal
from presence.rights import choices_in, columns, delete_presence
from presence.states import QUIET_REASONS

SIGNALS = 50
"""Signals on one page."""
SHOWN = ("observed_at", "kind", "value", "device", "source", "received_at", "id")
"""Every column of a signal, what tells most first."""
CORRECTED = {"choices": "#zone", "consents": "#consent", "channels": "#channels"}
"""The parts of what a person chose, and where on their page each is corrected."""
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True, slots=True)
class Held:
    """One stored value under its label, both in words."""

    label: str
    value: str


@page("GET")
def data_page(request: PersonRequest) -> HttpResponse:
    """Everything that is stored, in words; signals page by page."""
    before = request.GET.get("before", "")
    if before and not (before.isascii() and before.isdigit() and len(before) < 19):
        return redirect("presence_data")
    user_id = request.user.pk
    rows = Signal.objects.filter(subject_id=user_id).order_by("-pk")
    if before:
        rows = rows.filter(pk__lt=int(before))
    listed = list(rows[: SIGNALS + 1])
    concluded = Presence.objects.filter(subject_id=user_id).first()
    devices = dict(Device.objects.filter(user=request.user).values_list("pk", "name"))
    chosen = choices_in(preference_of(user_id))
    context = {
        "parts": [
            {
                "id": part,
                "heading_id": f"data.{part}",
                "held": _held(request, chosen[part].items()),
                "where": where,
            }
            for part, where in CORRECTED.items()
        ],
        "concluded": _concluded(request, concluded) if concluded else [],
        "headings": [_label(name) for name in SHOWN],
        "signals": [_cells(request, row, devices) for row in listed[:SIGNALS]],
        "older": listed[SIGNALS - 1].pk if len(listed) > SIGNALS else None,
        "newer": bool(before),
        "days": presence_days(),
        "history": [
            (event.at, sentence_of(event, application=""))
            for event in presence_events(request.user)[:SIGNALS]
        ],
    }
    return render(request, "pages/presence_data.html", context)


def _held(request: PersonRequest, values: Iterable[tuple[str, Any]]) -> list[Held]:
    """The columns that hold something, in words."""
    return [
        Held(_label(name), _words(request, name, value))
        for name, value in values
        if value not in (None, "", [])
    ]


def _concluded(request: PersonRequest, row: Presence) -> list[Held]:
    """What was concluded; of somebody silent by choice the state says only that we wait."""
    values = columns(row)
    if QUIET_REASONS.intersection(row.reasons):
        values["status"] = "quiet"
    return _held(request, values.items())


def _label(name: str) -> str:
    """A column in words; one that has none yet goes by its name."""
    words = f"data.field.{name}"
    return say(words) if has(words) else name.replace("_", " ").capitalize()


def _cells(request: PersonRequest, row: Signal, devices: Mapping[Any, str]) -> list[Held]:
    """Every column of a signal; a device goes by its name where it is still known."""
    values = columns(row)
    values["device"] = devices.get(values["device"], values["device"])
    return [Held(_label(name), _words(request, name, values[name])) for name in SHOWN]


def _words(request: PersonRequest, name: str, value: Any) -> str:
    """One stored value as its owner reads it."""
    if value is None or value == "":
        return say("data.value.none")
    if isinstance(value, bool):
        return say("data.value.yes" if value else "data.value.no")
    if isinstance(value, datetime):
        return when(value, now_of(request), zone_of(request))
    if isinstance(value, time):
        return f"{value:%H:%M}"
    if name == "quiet_days":
        return ", ".join(say(f"quiet.day.{WEEKDAYS[day]}") for day in value)
    if name == "reasons":
        return " ".join(say(f"availability.reason.{code}") for code in value)
    known = (f"data.{name}.{value}", f"data.said.{value}", f"availability.{value}.title")
    return next((say(words) for words in known if has(words)), str(value))


@page("GET")
def download(request: PersonRequest) -> HttpResponse:
    """The copy as a file. Looking whether it is there (HEAD) hands nothing out."""
    found = {} if request.method == "HEAD" else _copy(request)
    response = JsonResponse(found, json_dumps_params={"indent": 2, "ensure_ascii": False})
    response["Content-Disposition"] = 'attachment; filename="holdfast-availability.json"'
    return response


def _copy(request: PersonRequest) -> dict[str, Any]:
    person = request.holdfast_session.user
    return presence_export(person, actor=person.username)


@page("GET", "POST")
def erase(request: PersonRequest) -> HttpResponse:
    """Ask once more, then delete."""
    if request.method != "POST":
        return render(request, "pages/presence_erase.html")
    delete_presence(request.user.pk, actor=request.user.username)
    notices.success(request, say("erase.done"))
    return SeeOther(reverse("presence_data"))
