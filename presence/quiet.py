"""Quiet by choice: do-not-disturb, away-until and weekly quiet hours in the user's own zone.

Pure, and right across clock changes: hours are wall-clock hours of the zone, so a night that has
the change to summer time in it still ends at the hour on the user's clock.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from presence.states import Reason


@dataclass(frozen=True, slots=True)
class QuietChoice:
    """What the user chose. `days` are weekdays (Monday 0) on which quiet hours begin; `start` and
    `end` are wall-clock times in `zone`; an `end` not after `start` lies on the next day."""

    zone: str = "UTC"
    dnd_until: datetime | None = None
    away_until: datetime | None = None
    days: frozenset[int] = frozenset()
    start: time | None = None
    end: time | None = None


def wall(day: datetime, at: time, zone: ZoneInfo) -> datetime:
    """The moment at which the clock of `zone` shows `at` on the date of `day`.

    An hour that the change to summer time leaves out counts as that much after the change; an
    hour that comes twice counts the first time (PEP 495, fold 0).
    """
    return datetime.combine(day.date(), at, tzinfo=zone).astimezone(UTC)


def quiet_until(choice: QuietChoice, now: datetime) -> tuple[datetime | None, Reason | None]:
    """The end of the quiet that covers `now` (aware), with its reason; (None, None) when not quiet.

    Where several overlap, the latest end counts: the user asked for each of them.
    """
    found: list[tuple[datetime, Reason]] = []
    if choice.dnd_until is not None and choice.dnd_until > now:
        found.append((choice.dnd_until, Reason.DO_NOT_DISTURB))
    if choice.away_until is not None and choice.away_until > now:
        found.append((choice.away_until, Reason.AWAY))
    if choice.days and choice.start is not None and choice.end is not None:
        zone = ZoneInfo(choice.zone)
        local = now.astimezone(zone)
        for back in (0, 1):
            day = local - timedelta(days=back)
            if day.weekday() not in choice.days:
                continue
            begins = wall(day, choice.start, zone)
            last = day if choice.end > choice.start else day + timedelta(days=1)
            ends = wall(last, choice.end, zone)
            if begins <= now < ends:
                found.append((ends, Reason.QUIET_HOURS))
    if not found:
        return None, None
    return max(found, key=lambda each: each[0])
