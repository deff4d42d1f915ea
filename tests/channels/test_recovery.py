"""A mail server is down for a minute while mail goes on being written: nothing is lost, it is
asked seldom, and it is not run over when it is back (F30). By the injected clock and by what the
server itself wrote down."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from django.db import transaction

from config.lifecycle import read_clock
from fallbacks.channels.adapters import Outgoing, register_composer
from fallbacks.channels.breaker import is_open
from fallbacks.channels.catching_up import LONGEST, spread_backlog
from fallbacks.channels.outbox import Urgency
from fallbacks.channels.sending import send_due
from fallbacks.models import OutboundMessage
from identity.models import User
from tests.channels.outside import Sink
from tests.channels.writing import TEST, now_is, plain, write

pytestmark = pytest.mark.django_db

Later = Callable[[timedelta], datetime]
SECOND = timedelta(seconds=1)
A_SECOND = 4
"""Mails written in every second of a normal day."""
DOWN = 60
PROBES = 4
"""A minute has room for no more: the pauses are 15, 30 and 60 s, and up to half as long again."""


@pytest.fixture(autouse=True)
def words(demo: None) -> None:
    """A kind of message of the tests' own."""
    register_composer(TEST, plain)


@dataclass
class Day:
    """Seconds of a day on which mail is written all the time."""

    sink: Sink
    later: Later

    def second(self) -> tuple[int, int]:
        """One of them: how often the server was asked in it, and how much it took."""
        asked, took = self.sink.tries, len(self.sink.letters)
        self.later(SECOND)
        for _ in range(A_SECOND):
            write()
        send_due()
        return self.sink.tries - asked, len(self.sink.letters) - took

    def seconds(self, count: int) -> list[tuple[int, int]]:
        """So many."""
        return [self.second() for _ in range(count)]


def pending() -> int:
    return OutboundMessage.objects.filter(status="pending").count()


def test_f30_a_minute_without_a_server_is_made_up_for_at_twice_the_normal_rate_at_most(
    sink: Sink, later: Later
) -> None:
    day = Day(sink, later)
    before = day.seconds(5)
    assert {took for _, took in before} == {A_SECOND}
    sink.down = True
    outage = day.seconds(DOWN)
    assert sum(took for _, took in outage) == 0
    assert pending() == DOWN * A_SECOND  # some hundred wait, and none is lost
    first, *others = (asked for asked, _ in outage)
    assert first == A_SECOND
    seen = [asked for asked in others if asked]
    # what still made the breaker open, and then one probe at a time
    assert sum(seen) <= A_SECOND + PROBES
    assert max(seen[1:], default=0) <= 1
    sink.down = False
    after = day.seconds(4 * DOWN)
    assert not is_open("email")
    assert max(took for _, took in after) <= 2 * A_SECOND
    assert max(asked for asked, _ in after) <= 2 * A_SECOND
    assert pending() == 0
    ids = [letter.message["message-id"] for letter in sink.letters]
    assert len(ids) == len(set(ids)) == (5 + DOWN + 4 * DOWN) * A_SECOND


def test_f30_what_somebody_waits_for_goes_first(demo: None, sink: Sink, later: Later) -> None:
    """Of what fell due over ten minutes, what was just asked for is not the last to go."""
    start = read_clock()
    rows = {}
    for urgency in (Urgency.PROMPT, Urgency.NOTICE, Urgency.ALARM, Urgency.ASKED):
        rows[urgency] = write(urgency=urgency)
    now = later(timedelta(minutes=10))
    with transaction.atomic():
        spread_backlog("email", now)
    due = {}
    for urgency, row in rows.items():
        row.refresh_from_db()
        assert row.next_attempt_at is not None
        due[urgency] = row.next_attempt_at
    assert sorted(due, key=lambda each: due[each]) == [
        Urgency.ASKED,
        Urgency.ALARM,
        Urgency.NOTICE,
        Urgency.PROMPT,
    ]
    assert min(due.values()) == now
    assert max(due.values()) <= now + (now - start) * 1.1


def test_f30_a_long_outage_is_made_up_for_within_an_hour(sink: Sink, later: Later) -> None:
    rows = [write() for _ in range(10)]
    now = later(timedelta(days=2))
    with transaction.atomic():
        spread_backlog("email", now)
    for row in rows:
        row.refresh_from_db()
        assert row.next_attempt_at is not None
        assert now <= row.next_attempt_at <= now + LONGEST


def test_f30_only_what_is_due_on_that_channel_is_moved(sink: Sink, later: Later) -> None:
    user = User.objects.get(username="avery")
    now = later(timedelta(minutes=1))
    held, other = write(), write()
    OutboundMessage.objects.filter(pk=held.pk).update(next_attempt_at=now + timedelta(hours=8))
    OutboundMessage.objects.filter(pk=other.pk).update(channel="sms")
    old = write()
    OutboundMessage.objects.filter(pk=old.pk).update(status="sent")
    before = list(OutboundMessage.objects.order_by("pk").values())
    with transaction.atomic():
        spread_backlog("email", now)
    assert list(OutboundMessage.objects.order_by("pk").values()) == before
    assert user.pk == held.subject_id


def test_f30_an_outage_of_hours_puts_no_message_aside(sink: Sink, later: Later) -> None:
    """Whatever is asked as a probe is not at fault: nobody has to send it again by hand."""
    sink.down = True
    rows = [write() for _ in range(6)]
    for _ in range(8 * 30):
        send_due()
        later(timedelta(minutes=2))
    assert {now_is(row) for row in rows} == {"pending"}
    sink.down = False
    for _ in range(60):
        send_due()
        later(timedelta(minutes=2))
    assert {now_is(row) for row in rows} == {"sent"}
    assert len(sink.letters) == len(rows)


def test_f34_one_that_breaks_the_channel_by_itself_still_ends(sink: Sink, later: Later) -> None:
    """A message that the server breaks off at each time does not hold up the others for ever."""
    sink.never_for = "bad@harbour.example"
    register_composer(
        TEST, lambda row: Outgoing(str(row.pk), f"{row.about}@harbour.example", "", "")
    )
    bad = write("bad")
    for _ in range(30):
        good = write("good")
        send_due()
        later(timedelta(minutes=10))
        send_due()
        assert now_is(good) == "sent"
    assert now_is(bad) == "quarantined"
