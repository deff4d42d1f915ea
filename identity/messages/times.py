"""Times in words, in the person's zone and always with the day. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta, tzinfo

DAYS = {-1: "yesterday", 0: "today", 1: "tomorrow"}


def when(moment: datetime, now: datetime, zone: tzinfo) -> str:
    """`moment` (aware) as a person in `zone` says it at `now`.

    "today at 20:00", "tomorrow at 07:00", "Fri 20 Nov, 18:02"; the year only when it is another.
    """
    there, here = moment.astimezone(zone), now.astimezone(zone)
    near = DAYS.get((there.date() - here.date()).days)
    if near is not None:
        return f"{near} at {there:%H:%M}"
    year = "" if there.year == here.year else f" {there.year}"
    return f"{there:%a} {there.day} {there:%b}{year}, {there:%H:%M}"


def by(moment: datetime, now: datetime, zone: tzinfo, label: str = "") -> str:
    """The same after "by", "before" or "until": "20:00 today", "Fri 20 Nov, 18:02".

    `label` names the clock where it is not the reader's own: "20:00 UTC today".
    """
    day, _, clock = when(moment, now, zone).partition(" at ")
    clock_word = f" {label}" if label else ""
    return f"{clock}{clock_word} {day}" if clock else f"{day}{clock_word}"


def stamp(moment: datetime, zone: tzinfo) -> str:
    """`moment` (aware) for a list where each line is dated: "Tue 17 Nov, 18:02"."""
    there = moment.astimezone(zone)
    return f"{there:%a} {there.day} {there:%b}, {there:%H:%M}"


def place_of(zone: tzinfo) -> str:
    """The city whose clock `zone` is: "Auckland", "New York"; "UTC" for UTC itself."""
    return str(zone).rsplit("/", 1)[-1].replace("_", " ")


def lasting(span: timedelta) -> str:
    """A span in its largest whole units, at most two: "1 day and 14 hours", "40 minutes"."""
    minutes = max(0, int(span.total_seconds()) // 60)
    days, minutes = divmod(minutes, 24 * 60)
    hours, minutes = divmod(minutes, 60)
    parts = [
        f"{count} {word}{'' if count == 1 else 's'}"
        for count, word in ((days, "day"), (hours, "hour"), (minutes, "minute"))
        if count
    ]
    return " and ".join(parts[:2]) or "less than a minute"
