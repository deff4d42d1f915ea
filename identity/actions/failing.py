"""Actions that the sweep could not move: counted, stepped back, put aside after five (F34).

An attempt counts whether the move raised or the worker died of it. What is put aside waits for the
staff. Its deadlines stand: they are compared with the clock at every use, so nothing is approved
after them, and once it is tried again the sweep takes it where its deadline says.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction

from config.lifecycle import read_clock, transition, wake
from fallbacks.errors import PermissionNeeded
from identity.actions.waking import SWEEP
from identity.errors import NotFound
from identity.models import ATTEMPT_MACHINE, AttemptStatus, SweepAttempt, User
from identity.states import TERMINAL, Status

logger = logging.getLogger("holdfast.sweep")

MOST_ATTEMPTS = 5
"""In a row, then it is put aside."""

WAITS = (15, 60, 300, 900)
"""Seconds before the next attempt, by how many there were: the fifth comes after 21 minutes."""

DIED = "worker_died"
"""The error of an attempt that nobody lived to tell of."""

PUT_ASIDE, TRIED_AGAIN = "action.quarantined", "action.requeued"

PERMISSION = "identity.change_sweepattempt"
"""To have an action tried again that was put aside."""

_SETTLED = sorted(TERMINAL - {Status.COMMITTED})

_COUNT = """
INSERT INTO identity_sweepattempt AS attempt
    (action_id, status, version, count, last_error, last_at, retry_at)
SELECT id, 'failing', 0, 1, %(error)s, %(now)s, %(first)s
FROM identity_action WHERE id = ANY(%(ids)s)
ON CONFLICT (action_id) DO UPDATE SET
    count = attempt.count + 1, last_error = %(error)s, last_at = %(now)s,
    retry_at = %(now)s::timestamptz + make_interval(
        secs => (%(waits)s::int[])[least(attempt.count + 1, cardinality(%(waits)s::int[]))])
"""


def count_deaths(ids: Sequence[uuid.UUID], now: datetime) -> None:
    """Count an attempt on each of what a dead worker had, in the caller's transaction. Whoever was
    only its neighbour is tried again at once."""
    _count(ids, DIED, now, first=now)


def count_failure(action_id: uuid.UUID, error: Exception, now: datetime) -> None:
    """Count the attempt at an action whose move raised, in the caller's transaction."""
    _count([action_id], type(error).__name__[:60], now, first=now + timedelta(seconds=WAITS[0]))


def _count(ids: Sequence[uuid.UUID], error: str, now: datetime, *, first: datetime) -> None:
    facts: dict[str, Any] = {
        "ids": list(ids),
        "error": error,
        "now": now,
        "first": first,
        "waits": list(WAITS),
    }
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, facts)
    often = SweepAttempt.objects.select_related("action").filter(
        action_id__in=ids, count__gte=MOST_ATTEMPTS, status=AttemptStatus.FAILING
    )
    for attempt in often:
        _put_aside(attempt, now)


def _put_aside(attempt: SweepAttempt, now: datetime) -> None:
    """Leave it alone from now on, and alert the staff."""
    logger.error(
        "put %s aside after %d attempts: %s", attempt.action_id, attempt.count, attempt.last_error
    )
    transition(
        attempt,
        PUT_ASIDE,
        ATTEMPT_MACHINE,
        at=now,
        reason=attempt.last_error[:40],
        changes={"retry_at": None},
    )


def clear_attempts(action_id: uuid.UUID) -> None:
    """It was moved: what was counted against it is over."""
    SweepAttempt.objects.filter(action_id=action_id).delete()


def forget_settled() -> None:
    """What its person, its application or the staff brought to an end needs no sweep any more."""
    SweepAttempt.objects.filter(action__status__in=_SETTLED).delete()


def try_put_aside_again(action_id: uuid.UUID, *, by: User) -> None:
    """Let the sweep try an action again that was put aside, counting from nothing.

    Raises PermissionNeeded, NotFound, IllegalTransition when it is not put aside, Superseded.
    """
    if not by.has_perm(PERMISSION):
        raise PermissionNeeded
    with transaction.atomic():
        attempt = SweepAttempt.objects.select_related("action").filter(pk=action_id).first()
        if attempt is None:
            raise NotFound
        now = read_clock()
        transition(
            attempt,
            TRIED_AGAIN,
            ATTEMPT_MACHINE,
            at=now,
            actor=by.username,
            changes={"count": 0, "retry_at": now},
        )
        wake(SWEEP)
