"""Quiet by choice: do-not-disturb, away-until and weekly quiet hours in the user's own zone.

Pure, and right across clock changes: hours are wall-clock hours of the zone, so a night that has
the change to summer time in it still ends at the hour on the user's clock.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from presence.states import Quiet, Reason, quiet_at, quiet_end

AHEAD = 8
"""Days whose quiet hours are worked out: a week, and the night that began before it."""


@dataclass(frozen=True, slots=True)
class QuietChoice:
    """What the user chose. `days` are weekdays (Monday 0) on which quiet hours begin; `start` and
    `end` are wall-clock times in `zone`; an `end` not after `start` lies on the next day.

    From `overridden_at` until `overridden_until` a named emergency goes before all of it.
    """

    zone: str = "UTC"
    dnd_until: datetime | None = None
    away_until: datetime | None = None
    days: frozenset[int] = frozenset()
    start: time | None = None
    end: time | None = None
    overridden_at: datetime | None = None
    overridden_until: datetime | None = None


def wall(day: date, at: time, zone: ZoneInfo) -> datetime:
    """The moment at which the clock of `zone` shows `at` on `day`.

    An hour that the change to summer time leaves out counts as that much after the change; an
    hour that comes twice counts the first time (PEP 495, fold 0).
    """
    return datetime.combine(day, at, tzinfo=zone).astimezone(UTC)


def quiet_stretches(choice: QuietChoice, now: datetime) -> tuple[Quiet, ...]:
    """The stretches of silence that cover `now` (aware) or begin within a week, oldest first."""
    found = []
    for until, reason in (
        (choice.dnd_until, Reason.DO_NOT_DISTURB),
        (choice.away_until, Reason.AWAY),
    ):
        if until is not None and until > now:
            found.append(Quiet(now, until, reason))
    found += [each for each in _quiet_hours(choice, now) if each.ends > now]
    if choice.overridden_at is not None and choice.overridden_until is not None:
        found = [
            part
            for each in found
            for part in _without(each, choice.overridden_at, choice.overridden_until)
        ]
    return tuple(sorted(found, key=lambda each: (each.begins, each.ends)))


def _quiet_hours(choice: QuietChoice, now: datetime) -> Iterator[Quiet]:
    if not choice.days or choice.start is None or choice.end is None:
        return
    zone = ZoneInfo(choice.zone)
    today = now.astimezone(zone).date()
    for ahead in range(-1, AHEAD):
        day = today + timedelta(days=ahead)
        if day.weekday() not in choice.days:
            continue
        begins = wall(day, choice.start, zone)
        last = day if choice.end > choice.start else day + timedelta(days=1)
        ends = wall(last, choice.end, zone)
        if begins < ends:
            yield Quiet(begins, ends, Reason.QUIET_HOURS)


def _without(quiet: Quiet, begins: datetime, ends: datetime) -> Iterator[Quiet]:
    """What is left of a stretch when the time from `begins` to `ends` is cut out of it."""
    if ends <= quiet.begins or begins >= quiet.ends:
        yield quiet
        return
    if quiet.begins < begins:
        yield Quiet(quiet.begins, begins, quiet.reason)
    if ends < quiet.ends:
        yield Quiet(ends, quiet.ends, quiet.reason)


def quiet_until(choice: QuietChoice, now: datetime) -> tuple[datetime | None, Reason | None]:
    """The end of the quiet that covers `now` (aware), with its reason; (None, None) when not quiet.

    Silence that follows on without a gap is part of it: nobody is asked between the two.
    """
    stretches = quiet_stretches(choice, now)
    covering = quiet_at(stretches, now)
    if covering is None:
        return None, None
    return quiet_end(stretches, now), covering.reason
