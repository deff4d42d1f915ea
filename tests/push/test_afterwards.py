"""Where a number has no place: hours in which nothing may be asked."""

from __future__ import annotations

from collections.abc import Callable
from datetime import time, timedelta

import pytest

from config.lifecycle import clock_at, read_clock
from fallbacks.channels.webpush import Recipient
from fallbacks.models import Challenge
from fallbacks.push.browsers import enrol_browser
from identity.models import User
from tests.afterwards.conftest import ADDRESS, KIND
from tests.afterwards.test_hours import _at, hours
from tests.pages.reading import Page
from tests.push.phone import Phone, PushService
from tests.world.demo import Application, Visitor

__all__ = ["hours"]
pytestmark = pytest.mark.django_db
Visit = Callable[[str], Visitor]


def add_phone(visitor: Visitor, service: PushService) -> None:
    """The person's browser takes prompts from now on."""
    user = User.objects.get(username=visitor.name)
    recipient = Recipient(**Phone(service).form)
    secret = enrol_browser(user.pk, recipient, name="Phone", device_id=None, now=read_clock())
    visitor.client.cookies["holdfast-browser"] = secret


def test_d2_outside_the_hours_no_number_is_made(
    hours: None, payroll: Application, visit: Visit, service: PushService
) -> None:
    with clock_at(_at(time(9)) - timedelta(hours=2)):
        visitor = visit("avery")
        add_phone(visitor, service)
        action = payroll.ask("avery", KIND, ADDRESS).json()
        assert action["status"] == "queued"
        answer = Page(visitor.client.post(f"/requests/{action['id']}/prompt/"))
        assert answer.status == 409
        assert not Challenge.objects.filter(action_id=action["id"]).exists()
        assert payroll.get(action["id"])["challenge"] is None
