"""The frame of every page: navigation, the state of the services, whose clock the times are."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.core.cache import cache
from django.http import HttpRequest
from django.urls import reverse

from fallbacks.incidents import current_mode
from identity.messages.times import place_of
from identity.models import User
from identity.pages.clock import zone_of
from presence.consents import consents_in
from presence.purposes import Purpose

MODE_KEPT = 10
"""Seconds for which the mode in the frame is kept: a page may be that much behind."""

PLACES = (
    ("requests", "requests.nav", ("/", "/requests/")),
    ("sessions", "sessions.nav", ("/sessions/",)),
    ("presence", "presence.nav", ("/presence/",)),
    ("factors", "factors.nav", ("/factors/",)),
)


@dataclass(frozen=True, slots=True)
class NavItem:
    """One entry of the navigation."""

    url: str
    label_id: str
    here: bool


@dataclass(frozen=True, slots=True)
class Services:
    """The line in the foot about how the services are."""

    icon: str
    words_id: str


class Chrome:
    """The frame, worked out only as far as a template asks for it."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    @cached_property
    def person(self) -> User | None:
        """Who is signed in, if anybody is."""
        session = getattr(self._request, "holdfast_session", None)
        return session.user if session is not None else None

    @cached_property
    def tells(self) -> bool:
        """Whether the page may say that the person is here: only for who agreed to it."""
        preference = getattr(self.person, "preference", None)
        if preference is None:
            return False
        return consents_in(preference).permit(Purpose.PAGE_SIGNALS)

    @cached_property
    def nav(self) -> list[NavItem]:
        """The entries, the present one marked."""
        path = self._request.path
        return [
            NavItem(
                reverse(name),
                label,
                any(path == each if each == "/" else path.startswith(each) for each in below),
            )
            for name, label, below in PLACES
        ]

    @cached_property
    def mode(self) -> str:
        """`normal`, `degraded` or `emergency`, up to ten seconds old."""
        return str(cache.get_or_set("holdfast.pages.mode", current_mode, MODE_KEPT))

    @cached_property
    def services(self) -> Services:
        """How the services are, in a few words."""
        if self.mode == "normal":
            return Services("done", "chrome.services.normal")
        return Services("triangle", f"chrome.services.{self.mode}")

    @cached_property
    def banner_id(self) -> str:
        """What stands on top of every page during an outage; empty otherwise."""
        return "" if self.mode == "normal" else f"banner.{self.mode}"

    @cached_property
    def place(self) -> str:
        """The city whose clock the times follow."""
        return place_of(zone_of(self._request))


def chrome(request: HttpRequest) -> dict[str, Any]:
    """Context processor: `chrome`."""
    return {"chrome": Chrome(request)}
