"""The one statement that takes signals in: judged, folded into people's rows, logged.

It reads the clock, the rules in force and the consents by itself, so a signal that changes nothing
in what is concluded costs this statement and no more. It never draws conclusions: a row whose
conclusion may be another now is made due (`changes_at` not after now) and named in the answer.
Whoever runs the statement looks at those rows at once, and the sweep does should that fail.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.backends.utils import CursorWrapper

from config.lifecycle import injected_clock
from presence.columns import NO_DEVICE, PAIRS, columns_of, cursor_for, words_of
from presence.models import Presence, SignalSource
from presence.purposes import NO_CONSENT, refusal
from presence.rules import NO_RULES
from presence.signals import SignalIn

FACT_FIELDS = [
    "heartbeat_at",
    "heartbeat_foreground",
    "push_accepted_at",
    "push_acknowledged_at",
    "push_bounced_at",
    "device_seen_at",
    "permission_denied_at",
    "network_lost_at",
    "network_returned_at",
    "application_signal_at",
]
"""What the statement keeps of the signals in a person's row, and a conclusion is drawn from."""


def _is(kind: str, *values: str) -> str:
    """The condition that a signal is of `kind`, with one of `values` if any are given."""
    words = ", ".join(map(str, words_of(kind, values)))
    return f"word IN ({words})"


NEWEST: Mapping[str, str] = {
    "push_accepted_at": _is("push_accepted"),
    "push_acknowledged_at": _is("push_acknowledged"),
    "push_bounced_at": _is("push_bounced"),
    "device_seen_at": _is("device_seen"),
    "network_lost_at": _is("network", "lost"),
    "network_returned_at": _is("network", "returned"),
    "application_signal_at": "",
}
"""Columns that are simply the newest of what they are about."""

# Whether a signal can be passed over without drawing the conclusion anew. Each line names what the
# person's row says before it (p) and what is newer in the batch; where no line fits, somebody
# looks. Silence by choice stays silence whoever is awake, and a sign of life renews one that holds,
# unless the row says that the person is gone already and it has merely not settled.
_AWAKE = """(p.status = 'available' AND p.unsettled_since IS NULL AND NOT coalesce(
    greatest(p.push_accepted_at, p.network_lost_at, p.push_bounced_at)
    >= greatest(p.heartbeat_at, p.push_acknowledged_at, p.network_returned_at), false))"""
# A heartbeat does not put `changes_at` off, for that would cost an index entry each time; the sweep
# finds such a row due and puts it off. So a row that is due only by that must not look as if its
# person had been gone: it is made due now.
_STILL_AWAKE = f"""(p.heartbeat_foreground AND {_AWAKE}
    AND p.heartbeat_at + (SELECT awake_for FROM bounds) > EXCLUDED.changes_at)"""  # noqa: S608
_QUIET = "p.reasons ->> 0 IN ('do_not_disturb', 'quiet_hours', 'away')"
_HARMLESS: Mapping[str, str] = {
    "heartbeat_at": f"""(EXCLUDED.heartbeat_foreground AND {_AWAKE}) OR {_QUIET}
        OR (NOT EXCLUDED.heartbeat_foreground AND NOT p.heartbeat_foreground
            AND p.reasons ->> 0 = 'app_in_background')""",
    "push_acknowledged_at": f"p.reasons ->> 0 = 'push_acknowledged' AND {_AWAKE}",
    "network_returned_at": _AWAKE,
    "device_seen_at": "p.device_seen_at IS NOT NULL AND p.status <> 'degraded'",
    "permission_at": "EXCLUDED.permission_denied_at IS NULL AND p.permission_denied_at IS NULL",
    "push_accepted_at": "",
    "push_bounced_at": "",
    "network_lost_at": "",
}


def _newer(column: str) -> str:
    """True where the batch has a newer one; NULL where it has none."""
    return f"EXCLUDED.{column} > coalesce(p.{column}, '-infinity')"


def _stirs() -> str:
    """True where the conclusion may be another: something is newer, and it is not harmless."""
    return " OR ".join(
        f"({_newer(column)} AND (p.unsettled_since IS NULL AND ({harmless})) IS NOT TRUE)"
        if harmless
        else _newer(column)
        for column, harmless in _HARMLESS.items()
    )


def _others() -> dict[str, Any]:
    """The defaults of all other columns of a person's first row."""
    written = {"subject", "since", "changes_at", "heartbeat_at", "heartbeat_foreground"}
    written |= {"permission_at", "permission_denied_at", *NEWEST}
    found: dict[str, Any] = {}
    for column in Presence._meta.concrete_fields:
        if column.name not in written and not column.null:
            value = column.get_default()
            plain = json.dumps(value) if isinstance(value, list | dict) else value
            found[str(column.column)] = plain
    return found


OTHERS = _others()

_COLUMNS = ", ".join(
    ["subject_id", "since", "changes_at", "heartbeat_at", "heartbeat_foreground"]
    + ["permission_at", "permission_denied_at", *NEWEST, *OTHERS]
)
_FOLDED = ",\n        ".join(
    f"max(at) FILTER (WHERE {condition}) AS {column}"
    for column, condition in NEWEST.items()
    if condition
)
_RENEWED = ",\n        ".join(
    f"{column} = greatest(p.{column}, EXCLUDED.{column})" for column in ("heartbeat_at", *NEWEST)
)

# A batch as rows, in its order. How many there are is guessed right although it is not known when
# the statement is planned for any batch: a thousand.
_GIVEN = f"""(
        SELECT nr, (%(people)s::bigint[])[nr] AS subject_id, (%(words)s::smallint[])[nr] AS word,
            nullif((%(devices)s::uuid[])[nr], '{UUID(bytes=NO_DEVICE)}') AS device_id,
            (%(times)s::timestamptz[])[nr] AS observed_at
        FROM generate_series(1, cardinality(%(people)s::bigint[])) AS nr
    ) AS s"""  # noqa: S608 (a constant of this module)
_KIND, _VALUE = (
    "(ARRAY[" + ", ".join(f"'{pair[place]}'" for pair in PAIRS) + "])[word]" for place in (0, 1)
)

# Rows are taken in the order of their keys, consents first, so batches about the same people wait
# for each other and never in a ring.
_STATEMENT = f"""
WITH moment AS MATERIALIZED (
    SELECT coalesce(%(now)s::timestamptz, clock_timestamp()) AS now
), bounds AS MATERIALIZED (
    SELECT now, date_trunc('day', now, 'UTC') AS today,
        now + coalesce(make_interval(secs => (r.rules ->> 'clock_tolerance')::float),
            %(tolerance)s) AS latest,
        now - %(reach)s - coalesce(make_interval(secs =>
            (SELECT max((each.value ->> 'lifetime')::float) FROM jsonb_each(r.rules -> 'signals')
                AS each)), %(longest)s) AS earliest,
        make_interval(secs => (h ->> 'lifetime')::float * greatest(0, 1
            - (r.rules ->> 'believe')::float / nullif((h ->> 'confidence')::float, 0)))
            AS awake_for
    FROM moment LEFT JOIN presence_rulesinforce r ON r.id = 1
    LEFT JOIN LATERAL (SELECT r.rules #> '{{{{signals,heartbeat}}}}' AS h) AS each_heartbeat ON true
), consent AS MATERIALIZED (
    SELECT subject_id, presence_consent FROM presence_preference
    WHERE subject_id = ANY (%(people)s::bigint[]) ORDER BY subject_id FOR KEY SHARE
), given AS MATERIALIZED (
    SELECT s.nr, s.subject_id, s.word, s.device_id, least(s.observed_at, b.now) AS at,
        CASE WHEN s.observed_at > b.latest THEN 'clock_ahead'
            WHEN s.observed_at < b.earliest THEN 'clock_behind'
            WHEN NOT coalesce(c.presence_consent, %(unasked)s) THEN %(no_consent)s END AS code
    FROM bounds b CROSS JOIN {_GIVEN}
    LEFT JOIN consent c ON c.subject_id = s.subject_id{{only}}
), folded AS (
    SELECT subject_id, max(at) FILTER (WHERE {_is("heartbeat")}) AS heartbeat_at,
        max(at) FILTER (WHERE {_is("heartbeat", "", "foreground")}) AS foreground_at,
        max(at) FILTER (WHERE {_is("permission")}) AS permission_at,
        max(at) FILTER (WHERE {_is("permission", "denied")}) AS denied_at,
        CASE WHEN %(source)s = 'application' THEN (SELECT now FROM bounds) END
            AS application_signal_at,
        {_FOLDED}
    FROM given WHERE code IS NULL GROUP BY subject_id
), stored AS (
    INSERT INTO presence_presence AS p ({_COLUMNS})
    SELECT f.subject_id, b.now, b.now, f.heartbeat_at,
        coalesce(f.foreground_at = f.heartbeat_at, f.heartbeat_at IS NULL),
        f.permission_at, CASE WHEN f.denied_at = f.permission_at THEN f.denied_at END,
        {", ".join(f"f.{column}" for column in NEWEST)},
        {", ".join(f"%({column})s" for column in OTHERS)}
    FROM folded f CROSS JOIN bounds b ORDER BY f.subject_id
    ON CONFLICT (subject_id) DO UPDATE SET
        {_RENEWED},
        heartbeat_foreground = CASE
            WHEN {_newer("heartbeat_at")} THEN EXCLUDED.heartbeat_foreground
            WHEN EXCLUDED.heartbeat_at = p.heartbeat_at
                THEN p.heartbeat_foreground OR EXCLUDED.heartbeat_foreground
            ELSE p.heartbeat_foreground END,
        permission_at = greatest(p.permission_at, EXCLUDED.permission_at),
        permission_denied_at = CASE
            WHEN {_newer("permission_at")} THEN EXCLUDED.permission_denied_at
            WHEN EXCLUDED.permission_at = p.permission_at
                THEN greatest(p.permission_denied_at, EXCLUDED.permission_denied_at)
            ELSE p.permission_denied_at END,
        changes_at = CASE
            WHEN coalesce(p.changes_at > EXCLUDED.changes_at, true) AND ({_stirs()}) IS NOT TRUE
                THEN p.changes_at
            WHEN {_STILL_AWAKE} THEN EXCLUDED.changes_at
            ELSE least(p.changes_at, EXCLUDED.changes_at) END
    RETURNING p.subject_id, p.changes_at
), logged AS (
    INSERT INTO presence_signal
        (subject_id, kind, value, device_id, source, observed_at, received_at)
    SELECT g.subject_id, {_KIND}, {_VALUE}, g.device_id, %(source)s, g.at, b.now
    FROM given g CROSS JOIN bounds b WHERE g.code IS NULL AND g.at >= b.today
    ON CONFLICT DO NOTHING
)
SELECT b.now, CASE WHEN code IS NULL THEN 'late' ELSE 'refused' END, nr - 1, code
FROM given CROSS JOIN bounds b WHERE code IS NOT NULL OR at < b.today
UNION ALL
SELECT b.now, 'due', subject_id, NULL FROM stored CROSS JOIN bounds b WHERE changes_at <= b.now
"""  # noqa: S608 (put together from constants of this module)

# Only the demo: what its feeder observes counts for nothing where an application spoke lately.
_SILENT_FOR_FEEDER = """
    WHERE NOT EXISTS (
        SELECT FROM presence_presence f WHERE f.subject_id = s.subject_id
            AND f.application_signal_at > b.now - %(feeder_waits)s)"""
_PLAIN = _STATEMENT.format(only="")
_FEEDER = _STATEMENT.format(only=_SILENT_FOR_FEEDER)

FEEDER_WAITS = timedelta(minutes=30)
"""So long after a real application's signal the demo's feeder keeps still."""

REACH = timedelta(days=30)
"""A signal older than the longest lifetime and this says nothing at all and is refused."""

# Who has no row any more was forgotten since the statement made it; who is being forgotten is
# waited for, and whoever comes to forget waits for us.
_LATE = f"""
WITH held AS MATERIALIZED (
    SELECT subject_id FROM presence_presence
    WHERE subject_id = ANY (%(people)s::bigint[]) ORDER BY subject_id FOR KEY SHARE
)
INSERT INTO presence_signal (subject_id, kind, value, device_id, source, observed_at, received_at)
SELECT s.subject_id, {_KIND}, {_VALUE}, s.device_id, %(source)s, s.observed_at, %(now)s
FROM {_GIVEN}
JOIN held ON held.subject_id = s.subject_id
WHERE (SELECT true FROM presence_signal l
    WHERE l.subject_id = s.subject_id AND l.observed_at = s.observed_at AND l.kind = {_KIND}
        AND l.device_id IS NOT DISTINCT FROM s.device_id LIMIT 1) IS NULL
ON CONFLICT DO NOTHING
""".format()  # noqa: S608 (put together from constants of this module)


@dataclass(slots=True)
class Answer:
    """What the statement says: `now` by its clock (None where there is nothing to say), the codes
    of refused signals by their index, the signals still to be logged, the people to look at."""

    now: datetime | None = None
    refused: dict[int, str] = field(default_factory=dict)
    late: list[int] = field(default_factory=list)
    due: list[int] = field(default_factory=list)


def take_in(signals: Sequence[SignalIn], source: str, now: datetime | None) -> Answer:
    """Run the statement for signals of known kind and value; `now` is its own clock if None.

    What was observed before today may have been received on an earlier day, which is another
    partition, so it is `late`: kept with the person, and left to `log_late` to log.
    """
    answer = Answer()
    for answer.now, what, number, code in _run(*statement_for(signals, source, now)):
        if what == "refused":
            answer.refused[number] = code
        else:
            (answer.late if what == "late" else answer.due).append(number)
    return answer


def statement_for(
    signals: Sequence[SignalIn], source: str, now: datetime | None
) -> tuple[str, dict[str, Any]]:
    """The statement and its parameters; its rows are `(now, what, number, code)`."""
    return _FEEDER if source == SignalSource.FEEDER else _PLAIN, {
        "now": now or injected_clock(),
        "source": str(source),
        "unasked": refusal(None) is None,
        "no_consent": NO_CONSENT,
        "feeder_waits": FEEDER_WAITS,
        "reach": REACH,
        "tolerance": NO_RULES.tolerance,
        "longest": NO_RULES.longest,
        **OTHERS,
        **columns_of(signals),
    }


def _run(sql: str, parameters: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    with _cursor() as cursor:
        cursor.execute(sql, parameters)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


@contextmanager
def _cursor() -> Iterator[CursorWrapper]:
    """Django's cursor with all it does around one, but parameters are sent apart."""
    with connection.cursor() as cursor:
        cursor.cursor = cursor_for(connection.connection)
        yield cursor


def log_late(signals: Sequence[SignalIn], source: str, now: datetime) -> None:
    """Log signals observed before the day of `now`, those that no partition holds yet.

    Nothing of people who withdrew or had their data deleted since `take_in`.
    """
    with _cursor() as cursor:
        cursor.execute(_LATE, {"now": now, "source": str(source), **columns_of(signals)})
