"""Darkness: how long a person who is not available may be waited for (P5). Pure.

Dark is whoever is neither available nor silent by choice. Chosen silence stops the clock, and it
begins anew when the silence ends; who gave us no presence data is never in the dark at all. The
most private person is waited for longest.
"""

from __future__ import annotations

from datetime import datetime, timedelta


def next_step_at(
    asked_at: datetime, dark_since: datetime | None, limit: timedelta | None
) -> datetime | None:
    """When the next step is taken for something that waits since `asked_at` (aware).

    The clock runs from the later of being asked and going dark. None while it does not run: the
    person is not dark (`dark_since` None), or nothing limits it.
    """
    if dark_since is None or limit is None:
        return None
    return max(asked_at, dark_since) + limit


def not_before(now: datetime, limit: timedelta | None) -> datetime | None:
    """Before when the next step can certainly not be due for somebody who is not dark at `now`:
    when to look again, at the latest."""
    return now + limit if limit is not None else None
