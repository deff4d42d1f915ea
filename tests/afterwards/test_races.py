"""Confirmed, refused and past its time, all at one moment from several processes: one wins (D2)."""

from __future__ import annotations

import multiprocessing

import pytest
from django.db import connection

from config.lifecycle import read_clock
from identity.models import Action, Delivery, Event
from tests.afterwards.conftest import Agreed
from tests.afterwards.racing import settle

pytestmark = pytest.mark.django_db(transaction=True)
SPAWN = multiprocessing.get_context("spawn")
WAYS = ("confirm", "refuse", "silence")


def test_d2_confirmed_refused_and_silence_at_once_one_wins(agreed: Agreed) -> None:
    action_id = agreed.done()
    code, at = agreed.visitor.code(), read_clock()
    name = {"NAME": connection.settings_dict["NAME"]}
    gate, answers = SPAWN.Barrier(2 * len(WAYS)), SPAWN.Queue()
    crowd = [
        SPAWN.Process(target=settle, args=(way, name, action_id, code, at, gate, answers))
        for way in WAYS * 2
    ]
    for each in crowd:
        each.start()
    found = [answers.get(timeout=90) for _ in crowd]
    for each in crowd:
        each.join(30)
    assert sum(won for _, won in found) == 1, found
    settled = ("action.confirmed", "action.unconfirmed")
    assert Event.objects.filter(action_id=action_id, name__in=settled).count() == 1
    row = Action.objects.get(pk=action_id)
    undone = Delivery.objects.filter(action_id=action_id, type="action.reversed").count()
    assert (row.reason, undone) in (("confirmed", 0), ("reversal_under_way", 1))
