"""Idempotency keys: kept until 24 h after the end, then as good as new; never two effects."""

from __future__ import annotations

import multiprocessing
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from config.lifecycle import read_clock
from identity.actions import idempotency
from identity.actions.idempotency import forget_keys
from identity.models import Action, IdempotencyKey
from identity.tasks import forget_keys_task
from tests.once.asking import ask_at_once
from tests.world.demo import IBAN, OTHER_IBAN, Application

pytestmark = pytest.mark.django_db
Later = Callable[[timedelta], datetime]
DAY = timedelta(hours=24)
SPAWN = multiprocessing.get_context("spawn")


def ended(payroll: Application, key: str) -> str:
    """An action that was asked for under `key`, and cancelled at once."""
    action_id: str = payroll.ask("tess", key=key).json()["id"]
    assert payroll.call("POST", f"actions/{action_id}/cancel/").status_code == 200
    return action_id


def test_q2_a_key_is_known_for_a_day_after_the_end_and_not_longer(
    payroll: Application, later: Later
) -> None:
    first = ended(payroll, "k")
    later(DAY - timedelta(seconds=1))
    forget_keys(read_clock())
    assert payroll.ask("tess", key="k").json()["id"] == first
    later(timedelta(seconds=2))
    again = Application().ask("tess", key="k")
    assert again.status_code == 201
    assert again.json()["id"] != first


def test_f45_after_its_day_a_key_takes_another_body(payroll: Application, later: Later) -> None:
    ended(payroll, "k")
    later(DAY + timedelta(seconds=1))
    other = Application().ask("tess", payload={"account": OTHER_IBAN}, key="k")
    assert other.status_code == 201
    assert Application().ask("tess", key="k").status_code == 422


def test_q2_the_clean_up_takes_what_is_over_and_leaves_the_rest(
    payroll: Application, later: Later
) -> None:
    ended(payroll, "over")
    payroll.ask("noor", key="open")
    later(timedelta(hours=20))
    ended(Application(), "not-long-ago")
    later(timedelta(hours=5))
    forget_keys_task()
    known = set(IdempotencyKey.objects.values_list("key", flat=True))
    assert known == {"open", "not-long-ago"}
    later(timedelta(hours=20))
    forget_keys_task()
    assert set(IdempotencyKey.objects.values_list("key", flat=True)) == {"open"}


def test_q2_a_key_of_what_is_still_to_be_confirmed_stays(
    payroll: Application, later: Later
) -> None:
    action_id = ended(payroll, "k")
    unsettled = {"status": "committed", "confirm_by": read_clock() + 9 * DAY}
    Action.objects.filter(pk=action_id).update(**unsettled)
    later(2 * DAY)
    assert forget_keys(read_clock()) == 0
    Action.objects.filter(pk=action_id).update(confirm_by=None, reason="reversal_under_way")
    later(2 * DAY)
    assert forget_keys(read_clock()) == 0
    assert Application().ask("tess", key="k").json()["id"] == action_id


def test_q2_a_run_of_the_clean_up_is_bounded(
    payroll: Application, later: Later, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(idempotency, "BATCH", 2)
    monkeypatch.setattr(idempotency, "BATCHES", 3)
    for number in range(7):
        ended(payroll, f"k{number}")
    later(DAY + timedelta(minutes=1))
    now = read_clock()
    with CaptureQueriesContext(connection) as asked:
        assert forget_keys(now) == 6
    assert sum("DELETE" in each["sql"] for each in asked.captured_queries) == 3
    assert (forget_keys(now), forget_keys(now)) == (1, 0)


def test_q2_an_open_key_is_looked_at_once_a_day(payroll: Application, later: Later) -> None:
    payroll.ask("noor", key="open")
    later(DAY + timedelta(seconds=1))
    forget_keys(read_clock())
    row = IdempotencyKey.objects.get()
    assert row.look_at > read_clock() + DAY / 2


@pytest.mark.django_db(transaction=True)
def test_f45_one_key_with_two_bodies_from_many_processes_is_one_action(demo: None) -> None:
    gate, out = SPAWN.Barrier(4), SPAWN.Queue()
    bodies = [IBAN, OTHER_IBAN, IBAN, OTHER_IBAN]
    crowd = [
        SPAWN.Process(target=ask_at_once, args=(dict(connection.settings_dict), body, gate, out))
        for body in bodies
    ]
    for each in crowd:
        each.start()
    answers: list[Any] = [out.get(timeout=90) for _ in crowd]
    for each in crowd:
        each.join(30)
    made = [answer for answer in answers if answer[1] == 201]
    assert len(made) == 1
    assert Action.objects.count() == IdempotencyKey.objects.count() == 1
    allowed = {made[0][0]: {201, 200, 409}}
    for body, status in answers:
        assert status in allowed.get(body, {422, 409}), Counter(answers)
