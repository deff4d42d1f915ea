"""The breaker of a channel: one row that all workers share.

Closed, anybody sends. After a few failures in a row it opens and nobody tries; when its pause is
over a single message of all workers tries whether it works again. Pauses grow, with jitter, so that
many installations do not come back at the same second, and what waited is spread (F30).
"""

from __future__ import annotations

import random
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from config.lifecycle import Superseded, transition
from fallbacks.channels.catching_up import spread_backlog
from fallbacks.channels.machine import BREAKER_MACHINE
from fallbacks.machines import BreakerStatus
from fallbacks.models import ChannelBreaker

FAILURES = 5
"""So many in a row open it (Nygard, Release It!, 2nd ed., ch. 5: a small count, not one)."""
FIRST_PAUSE = timedelta(seconds=15)
LONGEST_PAUSE = timedelta(minutes=5)
PROBE_PAUSE = timedelta(seconds=30)
"""A probe that was lost with its worker is tried again after this."""

_spread = random.SystemRandom()


def pause_after(openings: int, jitter: float) -> timedelta:
    """How long the channel is left alone when it opened `openings` times in a row (from 1).

    Doubles up to five minutes; `jitter` (0 … 1) makes it up to half as long again.
    """
    whole = min(FIRST_PAUSE * 2 ** min(openings - 1, 10), LONGEST_PAUSE)
    return whole * (1 + jitter / 2)


def allowance(channel: str, wanted: int, now: datetime) -> int:
    """How many messages may be tried now, of `wanted`: all, one as a probe, or none."""
    row = ChannelBreaker.objects.filter(pk=channel).first()
    if row is None or row.status == BreakerStatus.CLOSED:
        return wanted
    if wanted < 1 or (row.retry_at is not None and now < row.retry_at):
        return 0
    changes = {"retry_at": now + PROBE_PAUSE, "changed_at": now}
    try:
        with transaction.atomic():
            transition(row, "channel.probed", BREAKER_MACHINE, at=now, changes=changes)
    except Superseded:
        return 0  # another worker took the probe
    return 1


def note_success(channel: str, now: datetime) -> None:
    """The channel took a message: it works."""
    row = ChannelBreaker.objects.filter(pk=channel).first()
    if row is None or (row.status == BreakerStatus.CLOSED and not row.failures):
        return
    if row.status != BreakerStatus.HALF_OPEN:
        # What was on its way when the breaker opened says nothing about how it is now.
        closed = ChannelBreaker.objects.filter(pk=channel, status=BreakerStatus.CLOSED)
        closed.update(failures=0)
        return
    changes = {"failures": 0, "openings": 0, "retry_at": None, "changed_at": now}
    try:
        with transaction.atomic():
            transition(row, "channel.closed", BREAKER_MACHINE, at=now, changes=changes)
            spread_backlog(channel, now)
    except Superseded:
        return


def note_failure(channel: str, now: datetime) -> None:
    """The channel did not work; enough of these in a row open it."""
    ChannelBreaker.objects.bulk_create([ChannelBreaker(channel=channel)], ignore_conflicts=True)
    ChannelBreaker.objects.filter(pk=channel).update(failures=F("failures") + 1)
    row = ChannelBreaker.objects.get(pk=channel)
    worn = row.status == BreakerStatus.CLOSED and row.failures >= FAILURES
    if not worn and row.status != BreakerStatus.HALF_OPEN:
        return
    pause = pause_after(row.openings + 1, _spread.random())
    changes = {"openings": row.openings + 1, "retry_at": now + pause, "changed_at": now}
    try:
        with transaction.atomic():
            transition(row, "channel.opened", BREAKER_MACHINE, at=now, changes=changes)
    except Superseded:
        return  # another worker's failure opened it


def is_open(channel: str) -> bool:
    """Whether the channel is known not to work just now."""
    found = ChannelBreaker.objects.filter(pk=channel).first()
    return found is not None and found.status != BreakerStatus.CLOSED
