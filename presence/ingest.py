"""Taking in signals: newest of each kind wins, however late, often or out of order they come."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from presence.availability import look_again
from presence.models import Presence
from presence.signals import WORDS, SignalIn, wrong_word
from presence.statement import FACT_FIELDS, log_late, take_in

__all__ = ["FACT_FIELDS", "Refused", "SignalIn", "ingest_signals"]


@dataclass(frozen=True, slots=True)
class Refused:
    """The signal at `index` was not stored, for the reason `code`."""

    index: int
    code: str


def ingest_signals(
    signals: Sequence[SignalIn], source: str, now: datetime | None = None
) -> list[Refused]:
    """Store the good signals, refuse the bad ones one by one, and draw the conclusions.

    One statement; one more for what comes a day late; and where a conclusion may be another, a
    transaction that looks. They need not stand or fall together: a row that was made due and not
    looked at is found by the sweep.
    A clock that runs ahead no further than the policy tolerates is set back to now; codes are
    `unknown_kind`, `wrong_value`, `clock_ahead`, `clock_behind`, `no_consent`. What is stored
    already is taken for stored.
    """
    refused: list[Refused] = []
    known: Sequence[SignalIn] = signals
    where: Sequence[int] = range(len(signals))
    if not all((signal.kind, signal.value) in WORDS for signal in signals):
        codes = [wrong_word(signal) for signal in signals]
        refused = [Refused(index, code) for index, code in enumerate(codes) if code]
        where = [index for index, code in enumerate(codes) if not code]
        known = [signals[index] for index in where]
    if not known:
        return refused
    answer = take_in(known, source, now)
    if answer.now is None:
        return refused
    refused += [Refused(where[index], code) for index, code in answer.refused.items()]
    if answer.late:
        log_late([known[index] for index in answer.late], source, answer.now)
    if answer.due:
        _conclude(answer.due, answer.now)
    return sorted(refused, key=lambda each: each.index)


def _conclude(people: Sequence[int], now: datetime) -> None:
    """What the sweep would do at its next turn, done at once for `people`.

    A row that somebody else looked at meanwhile is not due any more, and left alone.
    """
    with transaction.atomic():
        look_again(
            list(
                Presence.objects.select_for_update()
                .filter(subject_id__in=people, changes_at__lte=now)
                .order_by("subject_id")
            ),
            now,
        )
