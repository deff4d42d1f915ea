"""A person's rights over what presence knows of them: a copy, correction, deletion (P7)."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime, time
from typing import Any

from django.db import models, transaction

from config.lifecycle import read_clock
from presence.choices import (
    here_now,
    preference_of,
    set_away,
    set_do_not_disturb,
    set_quiet_hours,
    set_zone,
)
from presence.consents import (
    FIELDS,
    channels_in,
    choose_channels,
    set_consent,
    tell,
)
from presence.forgetting import forget
from presence.models import Preference, Presence, Signal
from presence.purposes import Channel, Purpose

CONSENT_FIELDS = frozenset(name for each in FIELDS.values() for name in (each, f"{each}_at"))
CHANNEL_FIELDS = frozenset(f"{each}_permitted" for each in Channel)


def copy_of(user_id: int) -> dict[str, Any]:
    """Everything that presence stores about the person, column by column, nothing left out.

    `signals` (newest first), `concluded` (None where nothing is), `choices`, `consents`,
    `channels`. Whatever column is added to the tables is in the copy from then on.
    """
    concluded = Presence.objects.filter(subject_id=user_id).first()
    signals = Signal.objects.filter(subject_id=user_id).order_by("-observed_at", "-pk")
    return {
        "signals": [columns(row) for row in signals],
        "concluded": columns(concluded) if concluded is not None else None,
        **choices_in(preference_of(user_id)),
    }


def choices_in(preference: Preference) -> dict[str, Any]:
    """What the person chose: `choices`, `consents`, `channels`."""
    values = columns(preference)

    def part(names: frozenset[str]) -> dict[str, Any]:
        return {name: value for name, value in values.items() if name in names}

    return {
        "choices": part(frozenset(values) - CONSENT_FIELDS - CHANNEL_FIELDS),
        "consents": part(CONSENT_FIELDS),
        "channels": part(CHANNEL_FIELDS),
    }


def columns(row: models.Model) -> dict[str, Any]:
    """The columns of a row by name; whose it is stands around the copy already."""
    return {
        field.name: field.value_from_object(row)
        for field in row._meta.concrete_fields
        if field.name != "subject"
    }


def export_presence(user_id: int, *, actor: str) -> dict[str, Any]:
    """`copy_of`, recorded as handed out to `actor`."""
    with transaction.atomic():
        found = copy_of(user_id)
        tell("presence.exported", user_id, read_clock(), actor)
        return found


class Keep:
    """Stands for what is not to be changed, since None empties it."""


KEEP = Keep()


@dataclass(frozen=True, slots=True)
class QuietHours:
    """Weekdays (Monday 0) on which quiet hours begin, and their wall-clock start and end."""

    days: tuple[int, ...] = ()
    start: time | None = None
    end: time | None = None


@dataclass(frozen=True, slots=True)
class Correction:
    """What is wrong and how it should be; whatever is left out stays as it is."""

    zone: str | Keep = KEEP
    do_not_disturb_until: datetime | Keep | None = KEEP
    away_until: datetime | Keep | None = KEEP
    quiet_hours: QuietHours | Keep = KEEP
    here: bool = False
    """The conclusion is wrong: the person is here."""
    withdraw: tuple[Purpose, ...] = ()
    """Purposes to which the person consents no more."""
    without: tuple[Channel, ...] = ()
    """Channels on which the person is prompted no more."""

    @property
    def parts(self) -> list[str]:
        """The names of what is corrected; what is taken back has events of its own."""
        given = {each.name: getattr(self, each.name) for each in fields(self)}
        own = ("withdraw", "without")
        return [
            name for name, value in given.items() if name not in own and value not in (KEEP, False)
        ]


def correct_presence(user_id: int, correction: Correction, *, actor: str) -> None:
    """Correct what is wrong, all of it or nothing.

    Raises UnknownZone, WrongTime.
    """
    with transaction.atomic():
        if not isinstance(correction.zone, Keep):
            set_zone(user_id, correction.zone)
        if not isinstance(correction.quiet_hours, Keep):
            hours = correction.quiet_hours
            set_quiet_hours(user_id, hours.days, hours.start, hours.end)
        if correction.here:
            here_now(user_id)
        if not isinstance(correction.do_not_disturb_until, Keep):
            set_do_not_disturb(user_id, correction.do_not_disturb_until)
        if not isinstance(correction.away_until, Keep):
            set_away(user_id, correction.away_until)
        now = read_clock()
        for part in correction.parts:
            tell("presence.corrected", user_id, now, actor, part)
        for purpose in correction.withdraw:
            set_consent(user_id, purpose, False, actor=actor)
        if correction.without:
            chosen = channels_in(preference_of(user_id)) - set(correction.without)
            choose_channels(user_id, chosen, actor=actor)


def delete_presence(user_id: int, *, actor: str) -> None:
    """Delete the person's signals and what was concluded from them; safe to repeat.

    What they chose stays (it protects them), and so does every request that waits: who is not
    known to be anywhere is waited for.
    """
    with transaction.atomic():
        forget(user_id)
        tell("presence.deleted", user_id, read_clock(), actor)
