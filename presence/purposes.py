"""What presence data may be used for, and where a person may be prompted. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Purpose(StrEnum):
    """What a person consents to, each by itself (P6)."""

    REACHABILITY = "reachability"
    """Deciding when to ask: without it no signal is stored and nothing is concluded."""
    PAGE_SIGNALS = "page_signals"
    """The small script in our own pages, which says that the person is here."""
    METRICS = "metrics"
    """Being counted in figures. Whatever counts people asks `Consents.permit`; nothing does so far,
    for lists of what staff still have to do are no figures."""


class Channel(StrEnum):
    """Where a person can be prompted (P4)."""

    PUSH = "push"
    EMAIL = "email"
    SMS = "sms"


NO_CONSENT = "no_consent"
"""Why a signal is not stored: the code that its sender is told."""


@dataclass(frozen=True, slots=True)
class Consents:
    """What the person consents to. The defaults hold for whoever never chose: the script in our
    pages is off until it is asked for."""

    reachability: bool = True
    page_signals: bool = False
    metrics: bool = True

    def permit(self, purpose: Purpose) -> bool:
        """Whether `purpose` is consented to. What our pages observe serves reachability, so it
        needs both."""
        if purpose == Purpose.PAGE_SIGNALS:
            return self.page_signals and self.reachability
        return bool(getattr(self, purpose.value))


def refusal(presence_consent: bool | None) -> str | None:
    """Why a person's signal may not be stored, or None.

    `presence_consent` is the column of their preference; None where they have no row.
    """
    consented = Consents().reachability if presence_consent is None else presence_consent
    return None if consented else NO_CONSENT


def may_contact(
    channel: Channel,
    chosen: frozenset[Channel],
    *,
    quiet: bool,
    mandatory: bool = False,
    attack: bool = False,
) -> bool:
    """Whether the person may be contacted by `channel`, of which they permit those `chosen`.

    A `mandatory` security notice does not ask for permission, but waits for the end of the
    person's `quiet` like everything else, unless an `attack` on them is under way (P4).
    """
    if mandatory:
        return attack or not quiet
    return channel in chosen and not quiet
