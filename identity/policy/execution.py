"""When an effect may happen: weekdays and hours on somebody's clock (D2). Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
PERSON = "person"
"""In place of a zone: the clock that the person lives by."""


@dataclass(frozen=True, slots=True)
class ExecutionWindow:
    """From `opens` to `closes` by the wall clock of `zone`, on each of `days`.

    A window that closes before it opens runs past midnight and belongs to the day it opens on.
    `zone` is an IANA name, or `person`.
    """

    days: tuple[str, ...]
    opens: time
    closes: time
    zone: str

    def to_json(self) -> dict[str, Any]:
        """Plain values for a JSON column; `from_json` is its inverse."""
        return {
            "days": list(self.days),
            "opens": self.opens.isoformat("minutes"),
            "closes": self.closes.isoformat("minutes"),
            "zone": self.zone,
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> ExecutionWindow:
        """The window stored by `to_json`. Raises KeyError or ValueError for anything else."""
        return cls(
            days=tuple(stored["days"]),
            opens=time.fromisoformat(stored["opens"]),
            closes=time.fromisoformat(stored["closes"]),
            zone=stored["zone"],
        )

    def clock(self, of_person: tzinfo) -> tzinfo:
        """The clock that the window goes by, given the person's own."""
        return of_person if self.zone == PERSON else ZoneInfo(self.zone)


def closed_until(
    window: ExecutionWindow | None, now: datetime, of_person: tzinfo
) -> datetime | None:
    """When the window next opens (aware, UTC); None while it is open, or where there is none.

    `of_person` is the person's zone. An hour that the clocks skip in spring opens when they have
    skipped it, one that comes twice in autumn opens the first time: both by PEP 495.
    """
    if window is None:
        return None
    zone = window.clock(of_person)
    today = now.astimezone(zone).date()
    openings = []
    for days in range(-1, 9):
        day = today + timedelta(days=days)
        if WEEKDAYS[day.weekday()] not in window.days:
            continue
        opens = datetime.combine(day, window.opens, zone).astimezone(UTC)
        past_midnight = timedelta(days=window.closes <= window.opens)
        closes = datetime.combine(day + past_midnight, window.closes, zone).astimezone(UTC)
        if opens <= now < closes:
            return None
        if opens > now:
            openings.append(opens)
    return min(openings)
