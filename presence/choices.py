"""What a person chooses about being disturbed (P4). Each choice is effective at once."""

from __future__ import annotations

import zoneinfo
from collections.abc import Collection
from datetime import datetime, time, timedelta

from django.db import transaction

from config.lifecycle import read_clock
from presence.availability import refresh
from presence.errors import UnknownZone, WrongTime
from presence.ingest import SignalIn, ingest_signals
from presence.models import Preference, SignalKind, SignalSource

FARTHEST = timedelta(days=366)
"""Nobody is away for longer than a year without saying so again."""


def preference_of(user_id: int) -> Preference:
    """The person's choices; the defaults (UTC, never quiet) where none were made."""
    found = Preference.objects.filter(subject_id=user_id).first()
    return found or Preference(subject_id=user_id)


def _save(user_id: int, **values: object) -> None:
    with transaction.atomic():
        Preference.objects.update_or_create(subject_id=user_id, defaults=values)
        refresh(user_id)


def _checked(until: datetime | None) -> datetime | None:
    if until is not None:
        now = read_clock()
        if not now < until <= now + FARTHEST:
            raise WrongTime
    return until


def set_do_not_disturb(user_id: int, until: datetime | None) -> None:
    """Quiet until `until` (aware), or no longer. Raises WrongTime outside now … one year."""
    _save(user_id, dnd_until=_checked(until))


def set_away(user_id: int, until: datetime | None) -> None:
    """Away until `until` (aware), or back. Raises WrongTime outside now … one year."""
    _save(user_id, away_until=_checked(until))


def set_quiet_hours(
    user_id: int, days: Collection[int], start: time | None, end: time | None
) -> None:
    """Weekly quiet hours: weekdays (Monday 0) on which they begin, wall-clock start and end.

    No days means none. Raises WrongTime when a part is missing or a day is not 0 … 6.
    """
    if not days:
        _save(user_id, quiet_days=[], quiet_start=None, quiet_end=None)
        return
    if start is None or end is None or start == end or not set(days) <= set(range(7)):
        raise WrongTime
    _save(user_id, quiet_days=sorted(set(days)), quiet_start=start, quiet_end=end)


def set_zone(user_id: int, zone: str) -> None:
    """The zone whose clock the person lives by. Raises UnknownZone."""
    if zone not in zoneinfo.available_timezones():
        raise UnknownZone
    _save(user_id, zone=zone)


def here_now(user_id: int) -> None:
    """ "I am here": ends do-not-disturb and away, and counts as a sign of life."""
    _save(user_id, dnd_until=None, away_until=None)
    now = read_clock()
    ingest_signals(
        [SignalIn(user_id, SignalKind.HEARTBEAT, now, value="foreground")], SignalSource.PAGE
    )
