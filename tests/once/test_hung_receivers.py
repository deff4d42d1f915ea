"""A hundred receivers hang: no worker waits, and a healthy one is told at once.

On committed rows, with the threads that a worker has. What is asserted is who got through while
the others still hang, never how long it took.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import transaction

from config.lifecycle import read_clock
from identity.models import Action, Application, Delivery, DeliveryStatus
from identity.sealing import seal
from identity.tasks import deliver_webhooks_task
from identity.webhooks.courier import on_their_way
from identity.webhooks.endpoints import place_of_secret, secret_of
from identity.webhooks.sending import deliver_due
from tests.channels.outside import Hanging
from tests.channels.test_hanging import until
from tests.once.receivers import url_of
from tests.world.demo import Application as Caller
from tests.world.receiver import Receiver

pytestmark = pytest.mark.django_db(transaction=True)
HUNG = 100


@pytest.fixture
def hanging() -> Iterator[Hanging]:
    """Nothing of this test is written down any more while the tables are cleared."""
    found = Hanging()
    yield found
    Delivery.objects.filter(status=DeliveryStatus.PENDING).update(next_attempt_at=None)
    found.let_go()
    assert until(lambda: on_their_way() == 0)


def fill(url: str, action: Action, endpoints: int, each: int) -> None:
    """So many applications with so many messages that are due, before anybody else's."""
    with transaction.atomic():
        now = read_clock()
        for number in range(endpoints):
            other = Application.objects.create(
                name=f"hung-{number}",
                client_id=f"hung-{number}",
                client_type=Application.CLIENT_CONFIDENTIAL,
                authorization_grant_type=Application.GRANT_CLIENT_CREDENTIALS,
                webhook_url=url,
            )
            own = Application.objects.get(pk=action.application_id)
            Application.objects.filter(pk=other.pk).update(
                webhook_secret_sealed=resealed(own, other)
            )
            for place in range(each):
                Delivery.objects.create(
                    id=f"msg_{number}_{place}",
                    application=other,
                    action=action,
                    type="action.blocked",
                    data={},
                    next_attempt_at=now,
                    created_at=now,
                )


def resealed(own: Application, other: Application) -> bytes:
    """The secret of one application, bound to another."""
    return seal(secret_of(own).encode(), place_of_secret(other))


def delivered(action_id: str) -> bool:
    """Whether the application was told."""
    return Delivery.objects.filter(action_id=action_id, status=DeliveryStatus.DELIVERED).exists()


def test_q6_a_hundred_hung_receivers_delay_nobody_else(
    payroll: Caller, receiver: Receiver, hanging: Hanging
) -> None:
    first = payroll.ask("avery", "payslip.view").json()["id"]
    deliver_due()
    fill(url_of(hanging), Action.objects.get(pk=first), HUNG, 5)
    deliver_webhooks_task()  # the worker is free again: it got here
    assert until(lambda: len(hanging.held) >= HUNG)
    second = payroll.ask("avery", "payslip.view").json()["id"]
    deliver_webhooks_task()
    assert until(lambda: delivered(second))
    assert on_their_way() >= HUNG  # they hang still


def test_q6_one_endpoint_with_a_long_queue_has_only_its_own_place(
    payroll: Caller, receiver: Receiver, hanging: Hanging
) -> None:
    first = payroll.ask("avery", "payslip.view").json()["id"]
    deliver_due()
    fill(url_of(hanging), Action.objects.get(pk=first), 1, 300)
    deliver_webhooks_task()
    assert until(lambda: len(hanging.held) == 1)
    second = payroll.ask("avery", "payslip.view").json()["id"]
    deliver_webhooks_task()
    assert until(lambda: delivered(second))
    assert len(hanging.held) == on_their_way() == 1
