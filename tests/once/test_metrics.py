"""`/metrics` and `/health/…`: what is watched, and who may read it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from prometheus_client.parser import text_string_to_metric_families
from pytest_django.fixtures import Settings

from config.celery import SWEEPS as TASKS
from config.celery import app
from identity.audit.chaining import chain_events
from identity.audit.checkpoints import checkpoint_if_due
from identity.health import SWEEPS
from identity.models import Action, Event, SweepAttempt
from identity.webhooks.sending import deliver_due
from tests.world.demo import Application
from tests.world.receiver import Receiver

pytestmark = pytest.mark.django_db
Later = Callable[[timedelta], datetime]
TOKEN = "t0ken-of-the-metrics-endpoint"


def read(client: Client | None = None, **headers: str) -> dict[str, float]:
    """The figures by name and label."""
    answer = (client or Client()).get("/metrics", headers=headers)
    assert answer.status_code == 200, answer.content
    found = {}
    for family in text_string_to_metric_families(answer.content.decode()):
        for sample in family.samples:
            label = next(iter(sample.labels.values()), "")
            found[f"{sample.name}{{{label}}}" if label else sample.name] = sample.value
    return found


def test_m1_depth_lag_failures_and_what_is_due(
    payroll: Application, receiver: Receiver, later: Later
) -> None:
    payroll.ask("tess")
    payroll.ask("sam")
    payroll.ask("avery", "payslip.view")
    receiver.answers = [410]
    deliver_due()
    payroll.ask("avery", "payslip.view")
    later(timedelta(days=30))
    found = read()
    assert found["holdfast_actions{queued}"] == 2
    assert found["holdfast_actions{failed}"] == 1
    assert found["holdfast_actions{denied}"] == 0
    assert found["holdfast_deliveries{abandoned}"] == 1
    assert found["holdfast_deliveries{pending}"] == 2
    assert found["holdfast_closed_endpoints"] == 1
    assert found["holdfast_oldest_due_seconds"] > 20 * 86400
    assert found["holdfast_outbox_lag_seconds"] > 29 * 86400


def test_m1_what_was_put_aside_is_told_apart_from_what_is_late(
    payroll: Application, later: Later
) -> None:
    payroll.ask("tess")
    action = Action.objects.get()
    now = later(timedelta(days=2))
    assert read()["holdfast_oldest_due_seconds"] > 0
    SweepAttempt.objects.create(
        action=action, status="quarantined", count=5, last_error="RuntimeError", last_at=now
    )
    found = read()
    assert (found["holdfast_actions_put_aside"], found["holdfast_oldest_due_seconds"]) == (1, 0)


@pytest.mark.django_db(transaction=True)
def test_m1_the_chain_is_watched(
    payroll: Application, later: Later, settings: Settings, tmp_path: Path
) -> None:
    settings.AUDIT_CHECKPOINT_DIR = tmp_path
    payroll.ask("tess")
    found = read()
    assert found["holdfast_events_unlinked"] == Event.objects.count() > 0
    assert found["holdfast_checkpoint_age_seconds"] == float("inf")
    chain_events()
    checkpoint_if_due()
    found = read()
    assert (found["holdfast_events_unlinked"], found["holdfast_chain_alarm"]) == (0, 0)
    later(timedelta(seconds=121))
    found = read()
    assert found["holdfast_checkpoint_age_seconds"] > 120
    assert found["holdfast_chain_alarm"] == 1


def test_m1_nothing_due_is_zero(demo: None) -> None:
    found = read()
    assert found["holdfast_oldest_due_seconds"] == found["holdfast_outbox_lag_seconds"] == 0
    assert found["holdfast_actions{queued}"] == 0


@pytest.mark.django_db(transaction=True)
def test_f36_a_sweep_that_stopped_is_named(demo: None, later: Later) -> None:
    app.loader.import_default_modules()
    never = read()
    assert {never[f"holdfast_sweep_age_seconds{{{name}}}"] for name in SWEEPS} == {float("inf")}
    assert Client().get("/health/ready").json()["late"] == sorted(SWEEPS)
    sweeps = {task.name.rpartition(".")[2]: task for task in (app.tasks[each] for each in TASKS)}
    assert set(sweeps) == set(SWEEPS)
    for task in sweeps.values():
        assert task.apply().successful()
    assert Client().get("/health/ready").json() | {"sweep_age_seconds": 0} == {
        "ready": True,
        "database": True,
        "sweep_age_seconds": 0,
        "late": [],
    }
    later(timedelta(seconds=61))
    for name, task in sweeps.items():
        if name != "deliver_webhooks":
            task.apply()
    answer = Client().get("/health/ready")
    assert (answer.status_code, answer.json()["late"]) == (503, ["deliver_webhooks"])
    found = read()
    assert found["holdfast_sweep_late{sweep_actions}"] == 0
    assert found["holdfast_sweep_late{deliver_webhooks}"] == 1
    assert 60 < found["holdfast_sweep_age_seconds{deliver_webhooks}"] < 65


def test_m1_without_a_token_this_machine_alone_may_read(demo: None, settings: Settings) -> None:
    read()
    assert Client(REMOTE_ADDR="203.0.113.9").get("/metrics").status_code == 403
    assert Client(REMOTE_ADDR="").get("/metrics").status_code == 403
    # A proxy on this machine speaks for somebody else.
    for header in ("x-forwarded-for", "forwarded", "via", "x-real-ip"):
        assert Client().get("/metrics", headers={header: "x"}).status_code == 403
    assert Client().post("/metrics").status_code == 405


def test_m1_with_a_token_nobody_reads_without_it(demo: None, settings: Settings) -> None:
    settings.METRICS_TOKEN = TOKEN
    for given in ("", TOKEN, f"Basic {TOKEN}", f"Bearer {TOKEN}x", "Bearer", "Bearer é"):
        answer = Client().get("/metrics", headers={"authorization": given})
        assert (answer.status_code, answer.content) == (401, b"")
    elsewhere = Client(REMOTE_ADDR="203.0.113.9")
    assert read(elsewhere, authorization=f"Bearer {TOKEN}")


def test_m1_a_reading_costs_a_handful_of_queries(demo: None) -> None:
    with CaptureQueriesContext(connection) as asked:
        read()
    assert len(asked) <= 10
