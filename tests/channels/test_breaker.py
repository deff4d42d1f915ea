"""The breaker of a channel: it stops trying what fails, and finds out carefully when it works."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.conf import LazySettings

from config.lifecycle import read_clock
from fallbacks.channels import breaker
from fallbacks.channels.adapters import register_composer
from fallbacks.channels.breaker import FAILURES, LONGEST_PAUSE, is_open, pause_after
from fallbacks.channels.claiming import claim
from fallbacks.channels.sending import send_due
from fallbacks.models import ChannelBreaker, OutboundMessage
from tests.channels.outside import Sink, smtp_at
from tests.channels.writing import TEST, names, plain, write

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def words(demo: None) -> None:
    """A kind of message of the tests' own."""
    register_composer(TEST, plain)


def test_f30_a_channel_that_fails_is_left_alone_and_then_tried_once(
    sink: Sink, settings: LazySettings, later: Callable[[timedelta], datetime]
) -> None:
    working = settings.MAIL
    settings.MAIL = smtp_at(1)
    settings.CHANNEL_SLOTS = FAILURES
    for _ in range(20):
        write()
    send_due()
    assert is_open("email")
    tried = sum(OutboundMessage.objects.values_list("attempts", flat=True))
    assert FAILURES <= tried < 2 * FAILURES  # those on their way when it opened
    send_due()
    assert sum(OutboundMessage.objects.values_list("attempts", flat=True)) == tried
    # Still broken after the pause: one probe, and a longer pause.
    later(timedelta(seconds=25))
    assert claim("email", 8)[0].message.attempts >= 1
    assert claim("email", 8) == []
    breaker.note_failure("email", read_clock())
    row = ChannelBreaker.objects.get(pk="email")
    assert (row.status, row.openings) == ("open", 2)
    # It works again: one probe, and then all of them over as long as it was gone, each once.
    settings.MAIL = working
    later(timedelta(minutes=2))
    send_due()
    assert not is_open("email")
    later(timedelta(minutes=4))
    send_due()
    assert len(sink.letters) == 20
    assert len({letter.message["message-id"] for letter in sink.letters}) == 20
    told = [name for name in names() if name.startswith("channel")]
    assert told == [
        "channel.opened",
        "channel.probed",
        "channel.opened",
        "channel.probed",
        "channel.closed",
    ]


def test_f30_a_full_mailbox_says_nothing_about_the_channel(sink: Sink) -> None:
    sink.at_data += ["452 4.2.2 full"] * (FAILURES + 1)
    for _ in range(FAILURES + 1):
        write()
    send_due()
    assert not is_open("email")


PAUSES = [(1, 15), (2, 30), (3, 60), (5, 240), (6, 300), (50, 300)]


@pytest.mark.parametrize(("openings", "seconds"), PAUSES)
def test_f30_pauses_grow_with_jitter_and_have_an_end(openings: int, seconds: int) -> None:
    assert pause_after(openings, 0.0) == timedelta(seconds=seconds)
    assert pause_after(openings, 1.0) == timedelta(seconds=seconds) * 1.5
    assert pause_after(openings, 1.0) <= LONGEST_PAUSE * 1.5
