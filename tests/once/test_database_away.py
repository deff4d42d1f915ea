"""The database goes away in the middle: one action, a clear answer, a new connection."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
from celery import shared_task
from django.db import DatabaseError, connection
from django.test import Client

from identity.database import is_away, once_more_when_away
from identity.models import Action, IdempotencyKey, User
from tests.world.demo import Application
from tests.world.proxy import through_a_proxy

pytestmark = pytest.mark.django_db(transaction=True)


def test_f41_a_lost_answer_to_commit_is_resolved_by_the_key(payroll: Application) -> None:
    with through_a_proxy() as proxy:
        assert payroll.ask("noor", key="warm").status_code == 201
        proxy.lose = 1
        answer = payroll.ask("avery", key="k")
        assert proxy.lost == 1
    assert answer.status_code == 200
    assert payroll.ask("avery", key="k").json()["id"] == answer.json()["id"]
    assert Action.objects.filter(subject__username="avery").count() == 1


def test_f41_lost_twice_the_client_is_told_and_its_retry_finds_the_one_action(
    payroll: Application,
) -> None:
    with through_a_proxy() as proxy:
        proxy.lose = 2
        answer = payroll.ask("avery", key="k")
        assert proxy.lost == 2
        assert answer.status_code == 503
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["code"] == "service_unavailable"
        assert int(answer.headers["retry-after"]) > 0
        again = payroll.ask("avery", key="k")
    assert again.status_code == 200
    assert Action.objects.count() == IdempotencyKey.objects.count() == 1


@contextmanager
def writes_refused() -> Iterator[None]:
    """What a demoted server does: it answers, and refuses to write. Ours is told so for every
    connection that is opened meanwhile, and the ones that are open notice."""
    name = connection.settings_dict["NAME"]
    params = connection.get_connection_params()
    names = ("host", "port", "user", "password")
    with psycopg.connect(
        dbname="postgres", autocommit=True, **{each: params[each] for each in names}
    ) as admin:
        database = psycopg.sql.Identifier(name)
        admin.execute(
            psycopg.sql.SQL("ALTER DATABASE {} SET default_transaction_read_only = on").format(
                database
            )
        )
        try:
            connection.close()
            yield
        finally:
            connection.close()
            admin.execute(
                psycopg.sql.SQL("ALTER DATABASE {} RESET default_transaction_read_only").format(
                    database
                )
            )


def test_f42_while_writes_are_refused_the_answer_says_when_to_come_back(
    payroll: Application,
) -> None:
    with writes_refused():
        answer = payroll.ask("avery", key="k")
        assert (answer.status_code, answer.json()["code"]) == (503, "service_unavailable")
        assert int(answer.headers["retry-after"]) > 0
        assert connection.close_at == 0.0  # the end of a request closes it
        assert payroll.get(str(uuid.uuid4()))["code"] == "not_found"  # reading goes on
    assert payroll.ask("avery", key="k").status_code == 201


def test_f42_a_page_says_it_too(demo: None) -> None:
    with writes_refused():
        browser = Client(raise_request_exception=False)
        answer = browser.post("/sign-in/", {"username": "avery", "password": "x"})
        assert answer.status_code == 503
        assert int(answer.headers["retry-after"]) > 0


def test_f42_a_worker_leaves_the_server_that_was_demoted(demo: None) -> None:
    @shared_task(name="tests.write")
    def write() -> None:
        User.objects.update(last_name="x")

    with writes_refused():
        outcome = write.apply()
        assert is_away(outcome.result)
        assert connection.close_at == 0.0
    assert write.apply().successful()


def test_f42_our_own_mistake_is_not_an_outage(demo: None) -> None:
    def wrong() -> None:
        tried.append(1)
        with connection.cursor() as cursor:
            cursor.execute("SELECT nothing FROM nowhere")

    tried: list[int] = []
    with pytest.raises(DatabaseError) as refused:
        once_more_when_away(wrong)
    assert not is_away(refused.value)
    assert len(tried) == 1
