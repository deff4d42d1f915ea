"""The form that a security key answers: the browser asks it, and needs a script to do so."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.urls import reverse

from config.lifecycle import HoldfastError
from fallbacks.models import FactorChange
from fallbacks.security_keys.assertion import KeyAnswer
from fallbacks.security_keys.names import FACTOR as FACTOR
from identity import security_keys
from identity.actions.views import Way
from identity.pages.person import PersonRequest
from identity.pages.ways import CodeForm, code_form

ANSWER = "answer"
"""The field that the script fills."""


@dataclass(frozen=True, slots=True)
class KeyForm:
    """A question to a key. `options` is empty where it cannot be put here and now; `elsewhere`
    is the same page under the name that keys are bound to."""

    ceremony: str
    title_id: str
    help_id: str
    options: str = ""
    elsewhere: str = ""
    name: str = FACTOR
    field: str = ANSWER


def elsewhere_of(request: PersonRequest, path: str) -> str:
    """Where `path` has to be opened for keys to work; empty where they work here, or nowhere."""
    party = security_keys.our_party()
    if party is None or request.get_host() == party.host:
        return ""
    return f"{party.origin}{path}"


def form_of(request: PersonRequest, way: Way, about: UUID) -> CodeForm | KeyForm:
    """What the page of a way asks for, for the request or change `about`: a code to type, or an
    answer of a key."""
    if way.factor != FACTOR:
        return code_form(way)
    return asking_form(request, about)


def asking_form(request: PersonRequest, about: UUID, *, despite_incidents: bool = False) -> KeyForm:
    """Ask the person's keys for `about`: a request, a change, or what is theirs to prove by
    itself."""
    user, session = request.user, request.holdfast_session
    return _form(
        request,
        "get",
        lambda: security_keys.ask_key(user, session, about, despite_incidents=despite_incidents),
    )


def staff_form(request: PersonRequest) -> KeyForm:
    """Ask the keys of a member of staff, whatever is down, to open the console in this session."""
    return asking_form(request, request.holdfast_session.pk, despite_incidents=True)


def adding_form(request: PersonRequest, change: FactorChange) -> KeyForm:
    """Ask for a new key."""
    return _form(request, "create", lambda: security_keys.ask_new(change, request.user))


def answer_of(request: PersonRequest, factor: str, about: UUID) -> str | KeyAnswer:
    """What was typed, or what the browser sent back of a key. Raises KeysElsewhere."""
    if factor != FACTOR:
        return str(request.POST.get("code", ""))
    sent = request.POST.get(ANSWER, "")
    return security_keys.key_answer(request.user, request.holdfast_session, about, sent)


def _form(request: PersonRequest, ceremony: str, ask: Callable[[], dict[str, Any]]) -> KeyForm:
    words = ("way.security_key.title", "way.security_key.help")
    if ceremony == "create":
        words = ("keys.new", "keys.new.help")
    # A change is bound to its session, and there is none yet under the other name.
    in_change = request.path.startswith(reverse("factors"))
    elsewhere = elsewhere_of(request, reverse("factors") if in_change else request.get_full_path())
    if elsewhere:
        return KeyForm(ceremony, *words, elsewhere=elsewhere)
    try:
        return KeyForm(ceremony, *words, options=json.dumps(ask()))
    except HoldfastError:
        return KeyForm(ceremony, *words)
