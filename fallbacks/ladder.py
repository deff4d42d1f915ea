"""The ladder: the ordered steps taken while nobody answers (F4). Pure.

Retry silently, wait, then what policy says the window's end leads to. The run keeps the plan it
began with; never a single missed answer moves it further than the next step.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Plan:
    """Times in seconds: `retries` between tries (the last repeats), `window` for all of them,
    then `on_expiry` (`fallback` or `review`) with a `grace` of its own."""

    retries: Sequence[int]
    window: int
    on_expiry: str
    grace: int


def next_try(
    plan: Plan,
    attempts: int,
    now: datetime,
    *,
    not_before: datetime | None = None,
    jitter: float = 0.0,
) -> datetime:
    """When to try again after `attempts` tries.

    `not_before` is the end of the user's own quiet: a try never falls into it, and none is
    needed before its end. `jitter` (0 … 1) spreads many waiters over a tenth of the step, later
    only, so that a recovery is no stampede (F30).
    """
    if not_before is not None and not_before > now:
        return not_before
    step = plan.retries[min(attempts, len(plan.retries) - 1)]
    return now + timedelta(seconds=step * (1 + jitter / 10))


def upcoming(plan: Plan, attempts: int, first: datetime, ends: datetime) -> list[datetime]:
    """The tries still to come before `ends`, the known `first` one first; at most five."""
    found: list[datetime] = []
    at = first
    while at < ends and len(found) < 5:
        found.append(at)
        attempts += 1
        at = at + timedelta(seconds=plan.retries[min(attempts, len(plan.retries) - 1)])
    return found
