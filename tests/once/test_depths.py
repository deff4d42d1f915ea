"""Numbers that the database keeps: always those that counting would give."""

from __future__ import annotations

import multiprocessing
from collections import Counter

import pytest
from django.db import connection, transaction
from django.db.models import Count
from django.test.utils import CaptureQueriesContext

from identity.depths import depths, fold_depths
from identity.models import Action, Delivery, DepthChange
from identity.webhooks.sending import deliver_due
from tests.once.walking import walk
from tests.world.demo import Application
from tests.world.receiver import Receiver

pytestmark = pytest.mark.django_db
SPAWN = multiprocessing.get_context("spawn")


def counted(model: type[Action] | type[Delivery]) -> dict[str, int]:
    """What counting gives."""
    rows = model.objects.order_by().values_list("status").annotate(number=Count("pk"))
    return dict(rows)


def test_m1_what_is_kept_is_what_counting_gives(payroll: Application, receiver: Receiver) -> None:
    for person in ("avery", "tess", "sam", "noor", "kai", "riley"):
        payroll.ask(person)
    payroll.ask("avery", "payslip.view")
    deliver_due()
    for model, kind in ((Action, "action"), (Delivery, "delivery")):
        assert depths(kind) == counted(model) != {}
    before = depths("action")
    assert fold_depths() > 0
    assert depths("action") == before
    assert not DepthChange.objects.exists()


def test_m1_reading_them_is_one_query(payroll: Application) -> None:
    with CaptureQueriesContext(connection) as asked:
        depths("action")
    assert len(asked) == 1


@pytest.mark.django_db(transaction=True)
def test_m1_exact_after_a_random_walk_of_several_processes(payroll: Application) -> None:
    payroll.ask("avery")
    gate = SPAWN.Barrier(3)
    settings = dict(connection.settings_dict)
    crowd = [SPAWN.Process(target=walk, args=(settings, seed, 80, gate)) for seed in range(3)]
    for each in crowd:
        each.start()
    for each in crowd:
        each.join(90)
    assert [each.exitcode for each in crowd] == [0, 0, 0]
    assert sum(counted(Action).values()) > 10
    assert depths("action") == counted(Action)
    fold_depths()
    assert depths("action") == counted(Action)
    assert len(Counter(counted(Action))) > 3


@pytest.mark.django_db(transaction=True)
def test_m1_writers_do_not_wait_for_each_other_nor_for_the_folding(payroll: Application) -> None:
    """Two moves of the same states stand open at once, on two connections, while a fold runs."""
    first, second = (payroll.ask(name).json()["id"] for name in ("tess", "sam"))
    other = connection.copy()
    try:
        with transaction.atomic():
            Action.objects.filter(pk=first).update(status="expired")
            with other.cursor() as cursor:
                cursor.execute("SET lock_timeout = '5s'")
                cursor.execute(
                    "UPDATE identity_action SET status = 'expired' WHERE id = %s", [second]
                )
            fold_depths()
    finally:
        other.close()
    assert depths("action") == counted(Action) == {"expired": 2}


@pytest.mark.django_db(transaction=True)
def test_m1_an_emptied_table_has_no_rows(payroll: Application) -> None:
    payroll.ask("avery")
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE identity_action CASCADE")
    assert depths("action") == {}
