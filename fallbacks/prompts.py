"""How often a person is prompted, whatever triggers it: the one budget of all channels (F17).

A prompt that nobody asked for tires people into saying yes, so the bound is the person's, not the
request's or the application's.
"""

from __future__ import annotations

from datetime import datetime

from config.lifecycle import fetch
from fallbacks.factors.limits import PROMPTS

_TAKE = """
INSERT INTO fallbacks_promptbudget AS budget (subject_id, sent_at)
VALUES (%(who)s, ARRAY[%(now)s::timestamptz])
ON CONFLICT (subject_id) DO UPDATE SET sent_at = array_append(
    ARRAY(SELECT at FROM unnest(budget.sent_at) AS at WHERE at > %(since)s), %(now)s::timestamptz)
WHERE (SELECT count(*) FROM unnest(budget.sent_at) AS at WHERE at > %(since)s) < %(most)s
RETURNING 1
"""


def take_prompt(user_id: int, now: datetime) -> bool:
    """Whether the person may be prompted at `now`; if so it is counted, by the same statement.

    The hour slides: three prompts an hour are never more than three in any hour.
    """
    facts = {"who": user_id, "now": now, "since": now - PROMPTS.span, "most": PROMPTS.count}
    return bool(fetch(_TAKE, facts))
