"""P6: what is kept of a sign-in, good or bad, is coarse."""

from __future__ import annotations

import pytest
from axes.models import AccessAttempt
from django.test import Client

from identity.models import Device, Session
from tests.world.demo import FIREFOX, Visitor

pytestmark = pytest.mark.django_db

RAW = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"


def test_p6_a_missed_sign_in_keeps_no_raw_browser_and_no_address(demo: None) -> None:
    client = Client(
        headers={"user-agent": RAW, "accept": "text/canary"}, REMOTE_ADDR="203.0.113.77"
    )
    client.post("/sign-in/", {"username": "sam", "password": "not his"})
    attempt = AccessAttempt.objects.get()
    kept = f"{attempt.user_agent} {attempt.http_accept} {attempt.ip_address} {attempt.post_data}"
    assert not [raw for raw in ("Mozilla", "canary", "203.0.113.77", "not his") if raw in kept]


def test_p6_a_sign_in_keeps_a_name_and_a_class(demo: None) -> None:
    Visitor("sam")
    device = Device.objects.get(user__username="sam", reference__startswith="browser-")
    assert (device.name, device.kind) == ("Firefox on Linux", "computer")
    session = Session.objects.filter(user__username="sam").latest("started_at")
    assert "127.0.0" not in session.network
    assert FIREFOX not in str(session.__dict__)
