"""A hundred mails hang in a mail server that never answers: nobody else waits for it.

On committed rows, with the threads that a worker has: what is asserted is who got through and how
many hang, never how long it took.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest
from django.conf import LazySettings
from django.db import connection, transaction

from config.lifecycle import read_clock
from fallbacks.channels import mail
from fallbacks.channels.adapters import Outgoing, register_composer
from fallbacks.channels.outbox import Urgency, enqueue
from fallbacks.channels.sending import dispatch_due, on_their_way
from fallbacks.models import OutboundMessage
from fallbacks.tasks import send_messages_task
from identity.models import User
from tests.channels.outside import Gateway, Hanging, smtp_at
from tests.world.demo import Application, Visitor

pytestmark = pytest.mark.django_db(transaction=True)

MAILS = 100
TEXTS = 20
KIND = "hung"


@pytest.fixture(autouse=True)
def written_down(demo: None, hanging: Hanging) -> Iterator[None]:
    """Nothing of this test is written down any more while the tables are cleared."""
    yield
    assert until(lambda: on_their_way() == 0)


def _words(row: OutboundMessage) -> Outgoing:
    to = row.subject.email if row.channel == "email" else "+351912345678"
    return Outgoing(str(row.pk), to, "Hello", "Words", "")


def fill(channel: str, count: int) -> None:
    """Messages to Avery that are due."""
    user = User.objects.get(username="avery")
    register_composer(KIND, _words)
    with transaction.atomic():
        for _ in range(count):
            enqueue(user.pk, channel, KIND, urgency=Urgency.ASKED, now=read_clock())


def stand(channel: str, status: str) -> int:
    """How many messages of the channel stand so."""
    return OutboundMessage.objects.filter(channel=channel, status=status).count()


def until(holds: Callable[[], bool]) -> bool:
    """Whether it comes to hold, looked at again and again within half a minute."""
    pause = threading.Event()
    for _ in range(600):
        if holds():
            return True
        pause.wait(0.05)
    return False


def test_f1_a_hundred_hung_mails_hold_no_worker_no_request_and_no_other_channel(
    hanging: Hanging,
    gateway: Gateway,
    settings: LazySettings,
    payroll: Application,
    visit: Callable[[str], Visitor],
) -> None:
    settings.MAIL = smtp_at(hanging.port)
    settings.CHANNEL_SLOTS = MAILS
    fill("email", MAILS)
    send_messages_task()  # the worker is free again: it got here
    assert hanging.wait_for(MAILS) == MAILS
    fill("sms", TEXTS)
    send_messages_task()
    assert until(lambda: stand("sms", "sent") == TEXTS)
    assert len(gateway.texts) == TEXTS
    # Meanwhile people and applications are served, from writing to answering.
    action = payroll.ask("avery").json()
    assert visit("avery").verify(action["id"]).status_code == 303
    assert payroll.get(action["id"])["status"] == "approved"
    assert stand("email", "pending") == MAILS
    assert len(hanging.held) == MAILS
    hanging.let_go()


def test_f1_a_process_holds_no_more_than_its_slots(
    hanging: Hanging, settings: LazySettings
) -> None:
    settings.MAIL = smtp_at(hanging.port)
    settings.CHANNEL_SLOTS = 3
    fill("email", 10)
    assert dispatch_due() == 3
    assert hanging.wait_for(3) == 3
    for _ in range(5):
        assert dispatch_due() == 0
    attempts = OutboundMessage.objects.values_list("attempts", flat=True)
    assert sorted(attempts) == [0] * 7 + [1] * 3
    hanging.let_go()


def test_f1_while_mails_hang_no_connection_to_the_database_is_held(
    hanging: Hanging, settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mail, "TRY_SECONDS", 10.0)
    settings.MAIL = smtp_at(hanging.port)
    settings.CHANNEL_SLOTS = 20
    before = _connections()
    fill("email", 20)
    dispatch_due()
    assert hanging.wait_for(20) == 20
    assert _connections() <= before + 1  # the one that writes down what came of them
    hanging.let_go()


def _connections() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()")
        return int(cursor.fetchone()[0])
