"""Consent is withdrawn while signals come in: what was on its way does not stay (P7)."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import psycopg
import pytest
from django.db import OperationalError, connection, transaction

from config.lifecycle import fetch, read_clock
from presence import ingest
from presence.availability import sweep_availability
from presence.consents import set_consent
from presence.ingest import ingest_signals
from presence.models import Preference, Presence, Signal, SignalKind, SignalSource
from presence.purposes import Purpose
from presence.rights import delete_presence
from presence.signals import SignalIn
from presence.statement import log_late, take_in
from tests.privacy.knowing import known, person

pytestmark = pytest.mark.django_db(transaction=True)

BATCHES = 40
SENDERS = 3


def test_p7_no_signal_outlives_the_withdrawal(demo: None) -> None:
    user_id = person("tess").pk
    start = threading.Barrier(SENDERS + 1)
    refused: list[str] = []

    def send(number: int) -> None:
        try:
            start.wait()
            for _ in range(BATCHES):
                one = SignalIn(user_id, SignalKind.HEARTBEAT, read_clock(), value="foreground")
                codes = ingest_signals([one], SignalSource.APPLICATION)
                refused.extend(each.code for each in codes)
        finally:
            connection.close()

    senders = [threading.Thread(target=send, args=(number,)) for number in range(SENDERS)]
    for sender in senders:
        sender.start()
    start.wait()
    set_consent(user_id, Purpose.REACHABILITY, False, actor="tess")
    for sender in senders:
        sender.join()
    assert known("tess") == (0, False)
    assert set(refused) == {"no_consent"}


def withdraw(user_id: int) -> None:
    set_consent(user_id, Purpose.REACHABILITY, False, actor="tess")


def delete(user_id: int) -> None:
    delete_presence(user_id, actor="tess")


@pytest.mark.parametrize("asked", [True, False])
@pytest.mark.parametrize("act", [withdraw, delete])
def test_p7_a_signal_a_day_late_does_not_land_after_the_withdrawal(
    demo: None, monkeypatch: pytest.MonkeyPatch, act: Callable[[int], None], asked: bool
) -> None:
    """It is logged by a statement of its own; the withdrawal comes just before that."""
    user_id = person("tess").pk
    if not asked:
        Preference.objects.filter(subject_id=user_id).delete()

    def just_after(signals: Sequence[SignalIn], source: str, now: datetime) -> None:
        act(user_id)
        log_late(signals, source, now)

    monkeypatch.setattr(ingest, "log_late", just_after)
    yesterday = read_clock() - timedelta(days=1)
    one = SignalIn(user_id, SignalKind.DEVICE_SEEN, yesterday)
    assert ingest_signals([one], SignalSource.APPLICATION) == []
    assert known("tess") == (0, False)


def elsewhere() -> psycopg.Connection:
    """Another connection to the database."""
    params = connection.get_connection_params()
    names = ("host", "port", "user", "password", "dbname")
    return psycopg.connect(**{name: params[name] for name in names})


def test_p7_a_signal_a_day_late_waits_for_who_is_just_forgetting(demo: None) -> None:
    user_id = person("tess").pk
    now = read_clock()
    one = SignalIn(user_id, SignalKind.DEVICE_SEEN, now - timedelta(days=1))
    Signal.objects.filter(subject_id=user_id).delete()
    with elsewhere() as forgetting:
        forgetting.execute("DELETE FROM presence_presence WHERE subject_id = %s", [user_id])
        fetch("SELECT set_config('lock_timeout', '100ms', false)")
        with pytest.raises(OperationalError):
            log_late([one], "application", now)
        fetch("SELECT set_config('lock_timeout', '0', false)")
        forgetting.commit()
        log_late([one], "application", now)
    assert known("tess") == (0, False)


@pytest.mark.parametrize("concluded", [True, False])
def test_p7_who_never_chose_withdraws_while_a_first_batch_is_under_way(
    demo: None, concluded: bool
) -> None:
    """Of them there is no row of choices to lock, so the statement cannot know; whoever looks at
    what it stored does, be it the same call or the sweep."""
    user_id = person("tess").pk
    now = read_clock()
    Preference.objects.filter(subject_id=user_id).delete()
    withdraw(user_id)
    Preference.objects.filter(subject_id=user_id).delete()
    one = SignalIn(user_id, SignalKind.HEARTBEAT, now, value="foreground")
    if concluded:
        begun = threading.Event()

        def send() -> None:
            try:
                begun.set()
                ingest_signals([one], SignalSource.APPLICATION)
            finally:
                connection.close()

        with transaction.atomic():
            withdraw(user_id)
            sender = threading.Thread(target=send)
            sender.start()
            begun.wait()
            _until_somebody_waits()
        sender.join()
    else:  # stored, and the process died
        take_in([one], "application", now)
        assert Presence.objects.filter(pk=user_id).exists()
        Preference.objects.create(subject_id=user_id, presence_consent=False)
        sweep_availability()
    assert known("tess") == (0, False)


def _until_somebody_waits() -> None:
    """Until another connection waits for a lock of this one."""
    sql = "SELECT 1 FROM pg_locks WHERE pg_backend_pid() = ANY (pg_blocking_pids(pid))"
    for _ in range(10_000):
        if fetch(sql):
            return
    raise AssertionError("nobody waits")
