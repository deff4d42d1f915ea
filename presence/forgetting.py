"""Forgetting a person: their signals and what was concluded from them, never what they chose."""

from __future__ import annotations

from config.lifecycle import read_clock
from presence.models import Presence, Signal


def forget(user_id: int) -> None:
    """Delete the person's signals and what was concluded from them, in the caller's transaction.

    The row is taken first, made if there is none: a batch that is being stored about the person is
    waited for, and one that comes to the row later waits for us and makes it anew. Whoever looks at
    that row next (the same call, or else the sweep) forgets it again where consent is gone.
    """
    Presence.objects.bulk_create(
        [Presence(subject_id=user_id, since=read_clock())], ignore_conflicts=True
    )
    Presence.objects.select_for_update().get(subject_id=user_id)
    Signal.objects.filter(subject_id=user_id).delete()
    Presence.objects.filter(subject_id=user_id).delete()
