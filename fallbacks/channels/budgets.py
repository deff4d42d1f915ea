"""How much may be sent: to a person, to a number, to its neighbours, in all (F17, F20).

Each budget is a row with the times of its latest sendings, changed by one conditional statement:
many at once cannot send more than one could. Counted before anything is sent.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils.crypto import salted_hmac

from config.lifecycle import fetch
from fallbacks.errors import TooManyMessages
from fallbacks.factors.limits import PROMPTS, TEXTS_NUMBER, TEXTS_PREFIX, Throttle
from fallbacks.models import PromptBudget, SendBudget
from fallbacks.prompts import take_prompt

LAST_DIGITS = 3
"""Numbers that differ in these only are neighbours: fraud comes in blocks (Twilio, SMS pumping)."""
HOUR = timedelta(hours=1)
LONGEST = timedelta(days=2)

_COUNT = """
INSERT INTO fallbacks_sendbudget AS budget (key, recent) VALUES (%(key)s, ARRAY[%(now)s])
ON CONFLICT (key) DO UPDATE SET recent =
    (array_append(budget.recent, %(now)s))[greatest(1, cardinality(budget.recent) + 2 - %(most)s):]
WHERE cardinality(budget.recent) < %(most)s
   OR budget.recent[cardinality(budget.recent) - %(most)s + 1] <= %(since)s
RETURNING 1
"""


def count_prompt(user_id: int, now: datetime) -> None:
    """Take one prompt out of the person's one budget (`fallbacks.prompts`).

    Raises TooManyMessages.
    """
    if not take_prompt(user_id, now):
        row = PromptBudget.objects.get(pk=user_id)
        raise TooManyMessages(until=row.sent_at[-PROMPTS.count] + PROMPTS.span)


def count_text(number: str, now: datetime) -> None:
    """Take one text to `number` (E.164) out of its own budget, its neighbours' and the whole.

    All or none is counted. Raises TooManyMessages.
    """
    with transaction.atomic():
        for mark, throttle in ((number, TEXTS_NUMBER), (number[:-LAST_DIGITS], TEXTS_PREFIX)):
            _count(_key(throttle, mark), throttle.count, throttle.span, now)
        _count("texts", settings.TEXTS_AN_HOUR, HOUR, now)


def _key(throttle: Throttle, mark: str) -> str:
    digest = salted_hmac("fallbacks.send_budget", mark, algorithm="sha256").hexdigest()
    return f"{throttle.what}:{digest[:40]}"


def _count(key: str, most: int, span: timedelta, now: datetime) -> None:
    facts = {"key": key, "now": now, "most": most, "since": now - span}
    if not fetch(_COUNT, facts):
        row = SendBudget.objects.get(pk=key)
        raise TooManyMessages(until=row.recent[-most] + span)


def forget_budgets(now: datetime) -> int:
    """Delete budgets that nothing was counted in for longer than any of them looks back."""
    gone = "DELETE FROM fallbacks_sendbudget WHERE recent[cardinality(recent)] < %s RETURNING key"
    return len(fetch(gone, [now - LONGEST]))
