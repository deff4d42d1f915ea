"""The outbox: written with its cause, sent after it, once; tried again, put aside, ended."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.conf import LazySettings
from django.db import connection, transaction

from config.lifecycle import DomainEvent, read_clock
from fallbacks.channels import claiming, sending
from fallbacks.channels.adapters import Outgoing, Receipt, TransportError, register_composer
from fallbacks.channels.breaker import is_open
from fallbacks.channels.claiming import MOST_TRIES, claim
from fallbacks.channels.outbox import KEPT, Urgency, enqueue, forget_old, send_again
from fallbacks.channels.sending import send_due
from fallbacks.models import OutboundMessage
from identity.models import User
from presence.choices import set_do_not_disturb
from presence.consents import choose_channels
from presence.purposes import Channel
from tests.channels.outside import Gateway, Sink
from tests.channels.writing import TEST, names, now_is, plain, write

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def words(demo: None) -> None:
    """A kind of message of the tests' own."""
    register_composer(TEST, plain)


def test_f1_a_message_goes_once(sink: Sink) -> None:
    message = write()
    assert [send_due(), send_due()] == [1, 0]
    assert now_is(message) == "sent"
    assert len(sink.letters) == 1
    assert names() == ["message.sent"]


def test_f1_what_is_rolled_back_is_never_sent(sink: Sink) -> None:
    with transaction.atomic():
        write()
        transaction.set_rollback(True)
    assert send_due() == 0
    assert sink.letters == []


@pytest.mark.django_db(transaction=True)
def test_f1_a_message_without_its_cause_is_refused(sink: Sink) -> None:
    user = User.objects.get(username="avery")
    with pytest.raises(RuntimeError):
        enqueue(user.pk, "email", TEST, urgency=Urgency.ASKED, now=read_clock())


def test_f1_nothing_waits_for_a_channel_that_is_not_there(settings: LazySettings) -> None:
    settings.MAIL = None
    user = User.objects.get(username="avery")
    with transaction.atomic():
        assert enqueue(user.pk, "email", TEST, urgency=Urgency.ASKED, now=read_clock()) is None
    assert not OutboundMessage.objects.exists()


def test_f1_a_server_that_says_later_gets_it_later_and_once(
    sink: Sink, later: Callable[[timedelta], datetime]
) -> None:
    sink.at_data.append("451 4.7.1 come again")
    message = write()
    assert send_due() == 0
    assert (now_is(message), message.last_answer, message.attempts) == ("pending", "smtp_451", 1)
    assert send_due() == 0  # not before its time
    later(timedelta(seconds=12))
    assert send_due() == 1
    assert len(sink.letters) == 1
    later(timedelta(days=1))
    assert send_due() == 0
    assert len(sink.letters) == 1
    assert names() == ["message.sent"]


def test_f1_a_mailbox_that_is_none_is_not_tried_again(
    sink: Sink, later: Callable[[timedelta], datetime]
) -> None:
    sink.at_recipient.append("550 5.1.1 no such mailbox")
    message = write()
    assert send_due() == 0
    assert (now_is(message), message.last_answer) == ("refused", "smtp_550")
    later(timedelta(days=1))
    send_due()
    assert sink.tries == 1
    assert names() == ["message.refused"]


def test_f34_the_fifth_failure_puts_it_aside_and_staff_can_send_it_again(
    sink: Sink, later: Callable[[timedelta], datetime]
) -> None:
    sink.at_data += ["451 later"] * MOST_TRIES
    message = write()
    for _ in range(MOST_TRIES + 2):
        send_due()
        later(timedelta(hours=1))
    assert (now_is(message), message.attempts, sink.tries) == ("quarantined", 5, MOST_TRIES)
    assert names() == ["message.quarantined"]
    send_again(message.pk, "support1")
    assert send_due() == 1
    assert names() == ["message.quarantined", "message.resent", "message.sent"]


def test_f34_a_message_that_ends_its_worker_is_counted_first(
    sink: Sink, later: Callable[[timedelta], datetime], monkeypatch: pytest.MonkeyPatch
) -> None:
    message = write("poison")

    def die(row: OutboundMessage) -> Outgoing:
        raise SystemExit  # as `os._exit` would: nothing after it runs

    register_composer(TEST, die)
    for tried in range(1, MOST_TRIES + 1):
        with pytest.raises(SystemExit):
            claim("email", 8)
        message.refresh_from_db()
        assert message.attempts == tried
        later(timedelta(minutes=2))  # the lease runs out
    register_composer(TEST, plain)
    other = write("good")
    assert send_due() == 1
    assert [now_is(message), now_is(other)] == ["quarantined", "sent"]


def test_f34_words_that_cannot_be_found_hold_nobody_up(sink: Sink) -> None:
    def broken(row: OutboundMessage) -> Outgoing:
        if row.about == "bad":
            raise LookupError
        return Outgoing(str(row.pk), row.subject.email, "Hello", "Words", "")

    register_composer(TEST, broken)
    bad, good = write("bad"), write("good")
    assert send_due() == 1
    assert [now_is(bad), now_is(good)] == ["pending", "sent"]
    assert bad.last_answer == "wordless"
    assert not is_open("email")


def test_f11_a_message_that_is_too_late_is_not_sent(
    sink: Sink, later: Callable[[timedelta], datetime]
) -> None:
    message = write(expires_at=read_clock() + timedelta(minutes=10))
    later(timedelta(minutes=10))
    assert send_due() == 0
    assert now_is(message) == "expired"
    assert sink.letters == []


def test_f33_a_message_of_a_worker_that_died_comes_back(
    sink: Sink, later: Callable[[timedelta], datetime]
) -> None:
    message = write()
    [taken] = claim("email", 8)  # and then it dies
    assert send_due() == 0
    later(timedelta(seconds=61))
    assert send_due() == 1
    # The first worker was only asleep: what it writes down late changes nothing.
    claiming.settle(taken.message, claiming.Outcome("x", TransportError("x", permanent=True)))
    assert now_is(message) == "sent"
    assert names() == ["message.sent"]


URGENCIES = [
    # urgency, quiet, wanted there, how it stands after the sweep
    (Urgency.ASKED, True, False, "sent"),  # they asked a moment ago
    (Urgency.PROMPT, False, True, "sent"),
    (Urgency.PROMPT, True, True, "pending"),
    (Urgency.PROMPT, False, False, "withheld"),
    (Urgency.PROMPT, True, False, "withheld"),
    (Urgency.NOTICE, False, False, "sent"),  # opting out does not hold a security notice
    (Urgency.NOTICE, True, False, "pending"),
    (Urgency.ALARM, True, False, "sent"),  # an attack under way
]


@pytest.mark.parametrize(("urgency", "quiet", "wanted", "stands"), URGENCIES)
def test_p4_who_is_quiet_is_left_in_peace(
    sink: Sink,
    later: Callable[[timedelta], datetime],
    urgency: Urgency,
    quiet: bool,
    wanted: bool,
    stands: str,
) -> None:
    user = User.objects.get(username="avery")
    if quiet:
        set_do_not_disturb(user.pk, read_clock() + timedelta(hours=8))
    choose_channels(user.pk, [Channel.EMAIL] if wanted else [], actor="avery")
    message = write(urgency=urgency)
    send_due()
    assert now_is(message) == stands
    assert len(sink.letters) == (stands == "sent")
    later(timedelta(hours=9))
    send_due()
    assert now_is(message) == ("sent" if stands == "pending" else stands)
    assert message.attempts == (message.status == "sent")


def test_one_channel_never_waits_for_another(
    sink: Sink, gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The mail waits until the text is sent: sent one after the other, neither would be."""
    user = User.objects.get(username="avery")
    register_composer(TEST, lambda row: Outgoing(str(row.pk), "+351912345678", "", "Words"))
    with transaction.atomic():
        for channel in ("email", "sms"):
            enqueue(user.pk, channel, TEST, urgency=Urgency.ASKED, now=read_clock())
    text_sent = threading.Event()

    class Slow:
        def send(self, message: Outgoing) -> Receipt:
            """Wait for the other channel."""
            assert text_sent.wait(10)
            return Receipt("accepted")

    class Noted:
        def send(self, message: Outgoing) -> Receipt:
            """Tell that it went."""
            text_sent.set()
            return Receipt("accepted")

    adapters = {"email": Slow(), "sms": Noted()}
    monkeypatch.setattr(sending, "adapter_of", adapters.get)
    assert send_due() == 2


def test_what_is_over_is_forgotten(sink: Sink, later: Callable[[timedelta], datetime]) -> None:
    message = write()
    send_due()
    assert forget_old(later(KEPT - timedelta(hours=1))) == 0
    assert forget_old(later(timedelta(hours=2))) == 1
    assert not OutboundMessage.objects.filter(pk=message.pk).exists()


def test_no_words_are_stored(sink: Sink) -> None:
    write("about")
    send_due()
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(m)::text FROM fallbacks_outboundmessage m")
        stored = cursor.fetchone()[0]
    assert "Words" not in stored
    assert "harbour.example" not in stored


def test_f26_a_message_and_its_event_stand_or_fall_together(
    sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = write()
    [taken] = claim("email", 1)

    def fail(*events: DomainEvent) -> None:
        raise RuntimeError("the record is full")

    monkeypatch.setattr("config.lifecycle.announce", fail)
    with pytest.raises(RuntimeError), transaction.atomic():
        claiming.settle(taken.message, claiming.Outcome("accepted"))
    assert now_is(message) == "pending"
