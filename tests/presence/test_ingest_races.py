"""Batches about the same people from several processes at once (P1)."""

from __future__ import annotations

import multiprocessing
import random
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from django.db import connection

from config.lifecycle import fetch, read_clock
from identity.models import User
from presence.columns import cursor_for
from presence.models import Preference, Presence, Signal
from presence.purposes import NO_CONSENT, refusal
from presence.signals import SignalIn
from presence.statement import statement_for
from tests.presence.crowd import crowd

PROCESSES, BATCHES, PEOPLE = 4, 12, 40
SPAWN = multiprocessing.get_context("spawn")

pytestmark = [pytest.mark.django_db(transaction=True)]


def at_once(statements: Sequence[Sequence[tuple[str, dict[str, Any]]]]) -> list[str]:
    """What went wrong in each of as many processes."""
    params = connection.get_connection_params()
    names = ("host", "port", "user", "password", "dbname")
    address = psycopg.conninfo.make_conninfo(**{name: params[name] for name in names})
    barrier, answers = SPAWN.Barrier(len(statements)), SPAWN.Queue()
    task = {"address": address, "statements": statements}
    running = [
        SPAWN.Process(target=crowd, args=(task, number, barrier, answers))
        for number in range(len(statements))
    ]
    for process in running:
        process.start()
    found = [answers.get(timeout=30) for _ in running]
    for process in running:
        process.join(30)
    return found


def test_p1_batches_about_the_same_people_never_stop_each_other_and_the_newest_wins(
    demo: None,
) -> None:
    people = [User.objects.create_user(f"quill{number}") for number in range(PEOPLE)]
    Preference.objects.bulk_create(Preference(subject=person) for person in people[::3])
    now = read_clock()
    moments = [now - timedelta(seconds=step) for step in range(PROCESSES * BATCHES)]
    chosen = random.Random(7)
    statements: list[list[tuple[str, dict[str, Any]]]] = []
    for number in range(PROCESSES):
        statements.append([])
        for step in range(BATCHES):
            at = moments[number * BATCHES + step]
            batch = [SignalIn(person.pk, "heartbeat", at, "foreground") for person in people]
            batch += [SignalIn(person.pk, "network", at, "lost") for person in people]
            batch += batch[:5]  # and repeats
            chosen.shuffle(batch)
            statements[-1].append(statement_for(batch, "page", now))
        chosen.shuffle(statements[-1])
    assert at_once(statements) == [""] * PROCESSES
    rows = Presence.objects.filter(subject__in=people)
    assert rows.count() == PEOPLE
    assert set(rows.values_list("heartbeat_at", "network_lost_at")) == {(now, now)}
    assert Signal.objects.filter(subject__in=people).count() == PEOPLE * len(moments) * 2


def test_p1_the_same_batch_at_once_is_logged_once(demo: None) -> None:
    person = User.objects.create_user("quill")
    now = read_clock()
    same = statement_for([SignalIn(person.pk, "heartbeat", now)], "page", now)
    assert at_once([[same]] * PROCESSES) == [""] * PROCESSES
    assert Signal.objects.filter(subject=person).count() == 1


def test_p6_consent_withdrawn_meanwhile_counts(demo: None) -> None:
    """A batch waits for whoever is just withdrawing, and then stores nothing."""
    person = User.objects.create_user("quill")
    Preference.objects.create(subject=person)
    now = read_clock()
    sql, parameters = statement_for([SignalIn(person.pk, "heartbeat", now)], "page", now)
    params = connection.get_connection_params()
    names = ("host", "port", "user", "password", "dbname")
    address = psycopg.conninfo.make_conninfo(**{name: params[name] for name in names})
    with psycopg.connect(address) as withdrawing, psycopg.connect(address) as storing:
        withdrawing.execute(
            "SELECT FROM presence_preference WHERE subject_id = %s FOR UPDATE", [person.pk]
        )
        storing.execute("SET lock_timeout = '200ms'")
        with pytest.raises(psycopg.errors.LockNotAvailable):
            cursor_for(storing).execute(sql, parameters)
        storing.rollback()
        withdrawing.execute(
            "UPDATE presence_preference SET presence_consent = false WHERE subject_id = %s",
            [person.pk],
        )
        withdrawing.commit()
        rows = cursor_for(storing).execute(sql, parameters).fetchall()
        storing.commit()
    assert [row[1:] for row in rows] == [("refused", 0, NO_CONSENT)]
    assert refusal(False) == NO_CONSENT
    assert fetch("SELECT 1 FROM presence_signal WHERE subject_id = %s", [person.pk]) == []
