"""Sign-ins and devices: seen, ended, removed, one's own only (S3)."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest

from config.lifecycle import read_clock
from identity.messages import say
from identity.models import Device, Session, User
from identity.sessions import SESSION_KEY
from tests.pages.reading import Page, check_shape
from tests.world.demo import Application, Visitor, stored

pytestmark = pytest.mark.django_db

Visit = Callable[[str], Visitor]


def test_s3_all_places_are_listed_this_one_first(visit: Visit) -> None:
    first, second = visit("tess"), visit("tess")
    page = Page(second.client.get("/sessions/"))
    check_shape(page)
    assert page.says(say("sessions.this"))
    assert f"/sessions/{first.client.session[SESSION_KEY]}/end/" in page.forms
    assert f"/sessions/{second.client.session[SESSION_KEY]}/end/" not in page.forms


def test_s1_freshness_is_told_apart_from_being_signed_in(
    payroll: Application, visit: Visit
) -> None:
    visitor = visit("tess")
    assert Page(visitor.client.get("/sessions/")).says(say("sessions.no_proof"))
    visitor.verify(payroll.ask("tess").json()["id"])
    page = Page(visitor.client.get("/sessions/"))
    assert page.says(say("sessions.fresh"))


def test_s3_another_place_is_signed_out(visit: Visit) -> None:
    first, second = visit("tess"), visit("tess")
    answer = second.client.post(f"/sessions/{first.client.session[SESSION_KEY]}/end/")
    assert (answer.status_code, answer.headers["location"]) == (303, "/sessions/")
    assert first.client.get("/").status_code == 303
    assert Page(second.client.get("/sessions/")).says(say("sessions.ended"))


def test_s3_everywhere_else_is_signed_out_but_not_here(visit: Visit) -> None:
    first, second, third = visit("tess"), visit("tess"), visit("avery")
    second.client.post("/sessions/end-others/")
    assert first.client.get("/").status_code == 303
    assert second.client.get("/").status_code == 200
    assert third.client.get("/").status_code == 200


def test_s3_what_waits_on_an_ended_session_says_so(payroll: Application, visit: Visit) -> None:
    first, second = visit("tess"), visit("tess")
    origin = first.client.session[SESSION_KEY]
    action = payroll.ask("tess", session=origin).json()
    second.client.post(f"/sessions/{origin}/end/")
    assert stored(action["id"]).status == "cancelled"
    page = Page(second.client.get(f"/requests/{action['id']}/"))
    assert page.says(say("action.cancelled.session_revoked.body"))


def test_s3_a_device_is_removed_with_what_runs_on_it(visit: Visit) -> None:
    visitor, other = visit("tess"), visit("avery")
    now = read_clock()
    user = User.objects.get(username="tess")
    device = Device.objects.create(
        user=user, reference="old", name="Old phone", first_seen_at=now, last_seen_at=now
    )
    there = Session.objects.create(user=user, device=device, started_at=now, last_seen_at=now)
    address = f"/sessions/devices/{device.pk}/remove/"
    assert address in Page(visitor.client.get("/sessions/")).forms
    assert other.client.post(address).status_code == 404
    assert visitor.client.post(address).status_code == 303
    device.refresh_from_db()
    there.refresh_from_db()
    assert (device.status, there.status) == ("revoked", "revoked")
    assert address not in Page(visitor.client.get("/sessions/")).forms


@pytest.mark.parametrize("path", ["sessions/{}/end/", "sessions/devices/{}/remove/"])
def test_s3_what_is_not_mine_is_not_there(visit: Visit, path: str) -> None:
    stranger, visitor = visit("avery"), visit("tess")
    theirs = stranger.client.session[SESSION_KEY]
    for named in (theirs, uuid.uuid4()):
        page = Page(visitor.client.post("/" + path.format(named)))
        assert page.status == 404
        check_shape(page)
    assert stranger.client.get("/").status_code == 200
    assert visitor.client.get("/" + path.format(theirs)).status_code == 405
