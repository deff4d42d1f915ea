"""The same number from many connections at once: one of them counts (F01)."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection, transaction

from config.demo.load import load_demo
from config.lifecycle import HoldfastError, read_clock
from fallbacks.challenges import issue_challenge, verify
from fallbacks.channels.webpush import Recipient
from fallbacks.errors import ChallengeExpired, LockedOut, WrongCode
from fallbacks.models import Challenge, PushPrompt
from fallbacks.prompts import take_prompt
from fallbacks.push.answers import PushAnswer
from fallbacks.push.browsers import enrol_browser
from fallbacks.push.numbers import number_of
from fallbacks.push.sending import send_prompts
from identity.models import User
from tests.push.phone import Phone, PushService
from tests.world.demo import Application

pytestmark = pytest.mark.django_db(transaction=True)
AT_ONCE = 4
"""As many as one budget of guesses lets look at a number at all."""


@pytest.fixture
def avery(db: None) -> User:
    if not User.objects.exists():
        load_demo()
    return User.objects.get(username="avery")


def together(count: int, what: Callable[[], object]) -> list[object]:
    """What each of `count` threads came to, started at one barrier; errors of ours are results."""
    barrier, found = threading.Barrier(count), []

    def run() -> None:
        barrier.wait()
        try:
            found.append(what())
        except HoldfastError as error:
            found.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def test_f01_one_number_at_once_counts_once(avery: User, service: PushService) -> None:
    now = read_clock()
    with transaction.atomic():
        recipient = Recipient(**Phone(service).form)
        secret = enrol_browser(avery.pk, recipient, name="Phone", device_id=None, now=now)
    action = Application().ask("avery").json()
    challenge = Challenge.objects.get(action_id=action["id"])
    answer = PushAnswer(number_of(challenge), secret)

    def attempt() -> object:
        own = Challenge.objects.get(pk=challenge.pk)
        return verify(
            avery.pk, "push", answer, permitted=["push"], now=read_clock(), challenge=own
        ).factor

    found = together(AT_ONCE, attempt)
    assert found.count("push") == 1
    assert all(
        each == "push" or isinstance(each, ChallengeExpired | WrongCode | LockedOut)
        for each in found
    )


def test_f17_triggers_at_once_are_three_prompts(avery: User) -> None:
    now = read_clock()
    found = together(20, lambda: take_prompt(avery.pk, now))
    assert sorted(found) == [False] * 17 + [True] * 3


def test_f33_two_workers_send_a_prompt_once(avery: User, service: PushService) -> None:
    now = read_clock()
    phone = Phone(service)
    with transaction.atomic():
        recipient = Recipient(**phone.form)
        enrol_browser(avery.pk, recipient, name="Phone", device_id=None, now=now)
    action = Application().ask("avery").json()
    assert PushPrompt.objects.filter(challenge__action_id=action["id"]).count() == 1
    assert sum(int(str(each)) for each in together(4, send_prompts)) == 1
    assert len(phone.messages) == 1
    # Claimed by a worker that died, it is sent again when the lease is over.
    issued = Challenge.objects.get(action_id=action["id"])
    PushPrompt.objects.update(status="waiting", next_attempt_at=now - timedelta(seconds=1))
    assert issued.expires_at > now
    assert send_prompts() == 1


def test_q1_a_challenge_that_is_rolled_back_sends_nothing(
    avery: User, service: PushService
) -> None:
    now = read_clock()
    phone = Phone(service)
    with transaction.atomic():
        recipient = Recipient(**phone.form)
        enrol_browser(avery.pk, recipient, name="Phone", device_id=None, now=now)
    action = Application().ask("avery", "draft.save", {}).json()
    with transaction.atomic():
        issue_challenge(action["id"], avery.pk, "push", now, timedelta(minutes=5))
        transaction.set_rollback(True)
    assert send_prompts() == 0
    assert phone.messages == []
    assert take_prompt(avery.pk, now)
