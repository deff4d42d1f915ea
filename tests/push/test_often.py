"""How often a person is prompted: three times an hour at most, whatever triggers it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from config.lifecycle import read_clock
from fallbacks.challenges import issue_challenge
from fallbacks.errors import PromptsSpent
from fallbacks.factors.limits import PROMPTS
from fallbacks.models import Challenge
from fallbacks.prompts import take_prompt
from fallbacks.push.sending import send_prompts
from identity.models import Action, User
from presence.choices import set_do_not_disturb
from presence.models import Preference
from tests.push.phone import Phone, PushService
from tests.world.demo import Application, Visitor

pytestmark = pytest.mark.django_db(transaction=False)

Visit = Callable[[str], Visitor]
Later = Callable[[timedelta], datetime]


def acknowledge(client: Client, prompt: str, **headers: str) -> int:
    answer = client.post("/push/ack/", {"prompt": prompt}, headers=headers)
    return int(answer.status_code)


def test_f17_a_hundred_triggers_are_three_prompts_an_hour(
    payroll: Application, avery: Visitor, phone: Phone, later: Later
) -> None:
    for number in range(100):
        address = {"email": f"a{number}@b.example"}
        answer = payroll.ask("avery", "email.change", address)
        assert answer.status_code == 201
        assert answer.json()["challenge"]["factor"] == "push"
        if send_prompts():
            acknowledge(avery.client, phone.last()["prompt"])
    assert len(phone.messages) == PROMPTS.count == 3
    assert Challenge.objects.filter(subject__username="avery", factor="push").count() == 100
    action = Action.objects.filter(subject__username="avery").latest("created_at")
    user = User.objects.get(username="avery")
    for minutes, sent in ((59, 3), (2, 4)):
        now = later(timedelta(minutes=minutes))
        Challenge.objects.filter(action=action).update(status="withdrawn")
        issue_challenge(action.pk, user.pk, "push", now, timedelta(minutes=10))
        send_prompts()
        assert len(phone.messages) == sent


def test_f17_asking_from_the_page_is_bounded_too_and_changes_nothing_then(
    payroll: Application, avery: Visitor, phone: Phone, visit: Visit
) -> None:
    action = payroll.ask("avery").json()
    desk = visit("avery")
    address = f"/requests/{action['id']}/prompt/"
    for _ in range(2):
        assert desk.client.post(address).status_code == 303
    shown = payroll.get(action["id"])["challenge"]
    refused = desk.client.post(address)
    assert refused.status_code == PromptsSpent.status
    assert payroll.get(action["id"])["challenge"] == shown
    send_prompts()
    # Two of the three were about numbers that count no more.
    assert len(phone.messages) == 1


def test_f17_the_hour_slides(avery: Visitor) -> None:
    user = User.objects.get(username="avery")
    start = read_clock()
    moments = [0, 20, 40, 59, 60, 61, 79, 80, 81, 100]
    taken = [m for m in moments if take_prompt(user.pk, start + timedelta(minutes=m))]
    for each in taken:
        within = [m for m in taken if each <= m < each + 60]
        assert len(within) <= 3
    assert taken == [0, 20, 40, 60, 80, 100]


def test_f17_the_budget_is_one_statement(avery: Visitor) -> None:
    user = User.objects.get(username="avery")
    now = read_clock()
    with CaptureQueriesContext(connection) as queries:
        assert take_prompt(user.pk, now)
    assert len(queries) == 1


def test_p4_no_prompt_into_quiet_or_to_who_opted_out(
    payroll: Application, avery: Visitor, phone: Phone
) -> None:
    user = User.objects.get(username="avery")
    Preference.objects.filter(subject=user).update(push_permitted=False)
    action = payroll.ask("avery").json()
    assert send_prompts() == 0
    assert phone.messages == []
    assert action["challenge"]["number"]
    Preference.objects.filter(subject=user).update(push_permitted=True)
    set_do_not_disturb(user.pk, read_clock() + timedelta(hours=1))
    avery.client.post(f"/requests/{action['id']}/prompt/")
    assert send_prompts() == 0
    assert phone.messages == []


def test_f1_every_phone_of_the_person_is_asked_and_it_is_one_prompt(
    payroll: Application, avery: Visitor, visit: Visit, service: PushService, phone: Phone
) -> None:
    second = Phone(service, "two")
    assert enrol_again(visit("avery"), second) == 303
    for kind in range(4):
        payroll.ask("avery", "email.change", {"email": f"{kind}@b.example"})
    send_prompts()
    assert len(phone.messages) == len(second.messages) == 3


def enrol_again(visitor: Visitor, phone: Phone) -> int:
    """Another device; the code of now was used for the first one, so the next one is typed."""
    code = visitor.code(read_clock() + timedelta(seconds=30))
    started = visitor.client.post(
        "/factors/changes/", {"factor": "push", "kind": "enrol", "name": "Tablet"}
    )
    address = started.headers["location"]
    visitor.client.post(f"{address}proof/totp/", {"code": code})
    return visitor.client.post(f"{address}browser/", phone.form).status_code
