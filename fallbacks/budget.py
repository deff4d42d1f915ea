"""The one gate of guesses: per account, over all factors and sessions, in PostgreSQL (F05, F06).

A guess is counted before it is checked, in the same statement that refuses it, so parallel
sessions cannot guess more than one could.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from django.db import connection

from config.lifecycle import fetch
from fallbacks.errors import LockedOut, RebindNeeded
from fallbacks.factors.limits import GUESSES_DAY, GUESSES_ROW, GUESSES_SHORT
from fallbacks.models import GuessBudget

_COUNT = """
INSERT INTO fallbacks_guessbudget
    (subject_id, short_started_at, short_count, day_started_at, day_count, in_a_row)
VALUES (%(who)s, %(now)s, 1, %(now)s, 1, 1)
ON CONFLICT (subject_id) DO UPDATE SET
    short_started_at = CASE WHEN fallbacks_guessbudget.short_started_at <= %(short)s
        THEN %(now)s ELSE fallbacks_guessbudget.short_started_at END,
    short_count = CASE WHEN fallbacks_guessbudget.short_started_at <= %(short)s
        THEN 1 ELSE fallbacks_guessbudget.short_count + 1 END,
    day_started_at = CASE WHEN fallbacks_guessbudget.day_started_at <= %(day)s
        THEN %(now)s ELSE fallbacks_guessbudget.day_started_at END,
    day_count = CASE WHEN fallbacks_guessbudget.day_started_at <= %(day)s
        THEN 1 ELSE fallbacks_guessbudget.day_count + 1 END,
    in_a_row = fallbacks_guessbudget.in_a_row + 1
WHERE (fallbacks_guessbudget.short_started_at <= %(short)s
       OR fallbacks_guessbudget.short_count < %(short_limit)s)
  AND (fallbacks_guessbudget.day_started_at <= %(day)s
       OR fallbacks_guessbudget.day_count < %(day_limit)s)
  AND fallbacks_guessbudget.in_a_row < %(row_limit)s
RETURNING short_count
"""


def refusals(user_ids: Collection[int], now: datetime) -> Mapping[int, LockedOut | RebindNeeded]:
    """Why each of these accounts may not guess at `now`, for those that may not. One query."""
    rows = GuessBudget.objects.filter(subject_id__in=user_ids)
    found = {row.subject_id: _refusal(row, now) for row in rows}
    return {user_id: refusal for user_id, refusal in found.items() if refusal is not None}


def _refusal(row: GuessBudget, now: datetime) -> LockedOut | RebindNeeded | None:
    if row.in_a_row >= GUESSES_ROW.count:
        return RebindNeeded()
    ends = []
    if row.short_count >= GUESSES_SHORT.count:
        ends.append(row.short_started_at + GUESSES_SHORT.span)
    if row.day_count >= GUESSES_DAY.count:
        ends.append(row.day_started_at + GUESSES_DAY.span)
    until = max(ends, default=now)
    return LockedOut(until=until) if until > now else None


def check_budget(user_id: int, now: datetime) -> None:
    """Raise LockedOut(until) or RebindNeeded if the account may not guess at `now`."""
    refusal = refusals([user_id], now).get(user_id)
    if refusal is not None:
        raise refusal


def count_guess(user_id: int, now: datetime) -> int:
    """Take one guess out of the budget, committed before the code is looked at.

    Returns how many are left in the short window after this one. Raises LockedOut or
    RebindNeeded, without counting, when there is none.
    """
    counted = fetch(
        _COUNT,
        {
            "who": user_id,
            "now": now,
            "short": now - GUESSES_SHORT.span,
            "day": now - GUESSES_DAY.span,
            "short_limit": GUESSES_SHORT.count,
            "day_limit": GUESSES_DAY.count,
            "row_limit": GUESSES_ROW.count,
        },
    )
    if not counted:
        check_budget(user_id, now)
        raise LockedOut(until=now + GUESSES_SHORT.span)
    return max(0, GUESSES_SHORT.count - int(counted[0][0]))


_CLEAR = "UPDATE fallbacks_guessbudget SET short_count = 0, in_a_row = 0 WHERE subject_id = %s"
_UNHURRIED = " AND (SELECT set_config('synchronous_commit', 'off', true)) = 'off'"


def clear_budget(user_id: int) -> None:
    """A success of this account clears its own misses, and nobody else's (F07).

    Nobody waits for the disk here: a crash that forgets this leaves the account stricter. Inside
    somebody else's transaction the setting would be theirs too, so there it stays as it is.
    """
    lax = "" if connection.in_atomic_block else _UNHURRIED
    with connection.cursor() as cursor:
        cursor.execute(_CLEAR + lax, [user_id])
