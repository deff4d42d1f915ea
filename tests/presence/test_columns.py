"""A batch as PostgreSQL's arrays: the database reads what was said (P1)."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import psycopg
import pytest
from django.db import OperationalError, connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from config.lifecycle import fetch, read_clock
from identity.models import User
from presence.columns import NO_DEVICE, PAIRS, WORD_OF, columns_of, cursor_for, words_of
from presence.ingest import ingest_signals
from presence.models import Presence, SignalSource
from presence.signals import VALUES, WORDS, SignalIn

ZONES = [UTC, timezone(timedelta(hours=5, minutes=45)), timezone(-timedelta(hours=9, seconds=1))]
SIGNALS = st.builds(
    lambda person, pair, at, device: SignalIn(person, pair[0], at, pair[1], device),
    st.integers(1, 2**63 - 1),
    st.sampled_from(PAIRS),
    st.datetimes(datetime(1900, 1, 1), timezones=st.sampled_from(ZONES)),
    st.none() | st.uuids(),
)


def test_every_pair_has_a_word_and_every_word_a_pair() -> None:
    assert set(PAIRS) == set(WORD_OF) == WORDS
    assert [WORD_OF[pair] for pair in PAIRS] == list(range(1, len(PAIRS) + 1))
    for kind, values in VALUES.items():
        assert words_of(kind) == [WORD_OF[kind, value] for value in sorted(values)]
        for value in values:
            assert words_of(kind, [value]) == [WORD_OF[kind, value]]


@pytest.mark.django_db
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(SIGNALS, min_size=1, max_size=20))
def test_the_database_reads_what_was_said(signals: list[SignalIn]) -> None:
    connection.ensure_connection()
    cursor = cursor_for(connection.connection)
    cursor.execute(
        "SELECT %(people)b::bigint[], %(words)b::smallint[], %(devices)b::uuid[],"
        " %(times)b::timestamptz[]",
        columns_of(signals),
    )
    row = cursor.fetchone()
    assert row is not None
    people, words, devices, times = row
    assert people == [signal.subject_id for signal in signals]
    assert [PAIRS[word - 1] for word in words] == [(each.kind, each.value) for each in signals]
    assert devices == [each.device_id or uuid.UUID(bytes=NO_DEVICE) for each in signals]
    assert times == [signal.observed_at for signal in signals]


def planned_once() -> list[tuple[Any, ...]]:
    return fetch("SELECT statement FROM pg_prepared_statements")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("threshold", "kept"), [(2, 1), (None, 0)])
def test_the_statement_is_planned_once_only_where_the_connection_may_keep_it(
    demo: None, threshold: int | None, kept: int
) -> None:
    """Without a threshold nothing outlives a transaction: any pooler may stand between."""
    person = User.objects.create_user("quill")
    connection.close()
    connection.ensure_connection()
    connection.connection.prepare_threshold = threshold
    for size in (1, 3, 1000, 2, 1):
        at = read_clock()
        batch = [SignalIn(person.pk, "heartbeat", at - timedelta(seconds=n)) for n in range(size)]
        assert ingest_signals(batch, SignalSource.APPLICATION) == []
        assert Presence.objects.get(pk=person.pk).heartbeat_at == at
    assert len(planned_once()) == kept
    connection.close()


@pytest.mark.django_db(transaction=True)
def test_a_lost_connection_takes_its_plans_along_and_nothing_else(demo: None) -> None:
    person = User.objects.create_user("quill")
    connection.close()
    connection.ensure_connection()
    connection.connection.prepare_threshold = 1

    def beat() -> datetime:
        at = read_clock()
        assert ingest_signals([SignalIn(person.pk, "heartbeat", at)], "application") == []
        return at

    beat()
    beat()
    assert planned_once()
    params = connection.get_connection_params()
    names = ("host", "port", "user", "password", "dbname")
    with psycopg.connect(**{name: params[name] for name in names}) as other:
        other.execute("SELECT pg_terminate_backend(%s)", [connection.connection.info.backend_pid])
    with pytest.raises(OperationalError):
        beat()
    connection.close_if_unusable_or_obsolete()
    assert not planned_once()
    at = beat()
    assert Presence.objects.get(pk=person.pk).heartbeat_at == at
