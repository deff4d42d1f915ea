"""A person's requests: what needs them, what waits, what is over, and nobody else's."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.test import Client

from config.lifecycle import read_clock
from identity.actions.sweeping import sweep_actions
from identity.messages import say
from identity.models import Action, Session, User
from identity.states import Status
from tests.pages.reading import Page, check_shape
from tests.world.demo import IBAN, Application, Visitor, stored

pytestmark = pytest.mark.django_db

Visit = Callable[[str], Visitor]
Later = Callable[[timedelta], datetime]


def other_iban(number: int) -> str:
    """A valid IBAN that no other number has."""
    account = f"{number:018d}"
    check = 98 - int(f"{account}131400") % 97
    return f"DE{check:02d}{account}"


def test_u1_nothing_asked_is_said_so(visit: Visit) -> None:
    page = Page(visit("avery").client.get("/"))
    check_shape(page)
    assert page.heading == say("requests.heading")
    assert page.says(say("requests.empty.heading"))


@pytest.mark.parametrize(
    ("person", "section"),
    [
        ("avery", "requests.needs_you"),
        ("tess", "requests.needs_you"),
        ("noor", "requests.needs_you"),
        ("kai", "requests.needs_you"),
        ("riley", "requests.waiting"),
    ],
)
def test_u1_each_request_stands_where_it_belongs(
    payroll: Application, visit: Visit, person: str, section: str
) -> None:
    action = payroll.ask(person).json()
    page = Page(visit(person).client.get("/"))
    check_shape(page)
    assert page.says(say(section))
    assert page.says(say(f"status.{action['status']}"))
    assert f"/requests/{action['id']}/" in page.links
    assert (f"/requests/{action['id']}/verify/" in page.links) is (section == "requests.needs_you")


@pytest.mark.parametrize("person", ["avery", "tess", "sam", "noor", "kai", "riley"])
def test_u1_a_request_tells_all_there_is_to_know(
    payroll: Application, visit: Visit, person: str
) -> None:
    action = payroll.ask(person).json()
    page = Page(visit(person).client.get(f"/requests/{action['id']}/"))
    check_shape(page)
    assert page.title.startswith(say(f"status.{action['status']}"))
    assert page.heading == action["message"]["title"]
    assert page.says(action["message"]["body"])
    assert page.says("DE89 •••• •••• 3000")
    assert IBAN not in page.text
    assert page.says(say("event.auth.requested", application="Harbour Payroll"))
    for at in ("cancel", "not-me"):
        assert f"/requests/{action['id']}/{at}/" in page.forms


def test_u1_another_time_zone_is_told_in_its_own_time(payroll: Application, visit: Visit) -> None:
    action = payroll.ask("noor").json()
    zone = User.objects.get(username="noor").preference.zone
    page = Page(visit("noor").client.get(f"/requests/{action['id']}/"))
    assert page.says(say("chrome.zone", place=zone.rsplit("/", 1)[-1].replace("_", " ")))
    assert "07:00" in action["message"]["next_step"]


@pytest.mark.parametrize(
    "path",
    ["", "verify/", "verify/totp/"],
)
def test_f27_somebody_elses_request_is_not_there(
    payroll: Application, visit: Visit, path: str
) -> None:
    action = payroll.ask("avery").json()
    stranger = visit("tess").client
    page = Page(stranger.get(f"/requests/{action['id']}/{path}"))
    assert page.status == 404
    assert page.heading == say("error.not_found.title")
    check_shape(page)
    assert Page(stranger.get(f"/requests/{uuid.uuid4()}/{path}")).status == 404


@pytest.mark.parametrize("path", ["cancel/", "not-me/", "support/", "verify/totp/"])
def test_f27_somebody_elses_request_cannot_be_touched(
    payroll: Application, visit: Visit, path: str
) -> None:
    action = payroll.ask("avery").json()
    stranger = visit("tess")
    answer = stranger.client.post(f"/requests/{action['id']}/{path}", {"code": stranger.code()})
    assert answer.status_code == 404
    assert stored(action["id"]).status == Status.PENDING
    assert stored(action["id"]).version == 0


@pytest.mark.parametrize("path", ["cancel/", "not-me/", "support/"])
def test_u1_what_changes_something_takes_a_post(
    payroll: Application, visit: Visit, path: str
) -> None:
    action = payroll.ask("tess").json()
    client = visit("tess").client
    for method in ("get", "put", "delete", "head"):
        answer = getattr(client, method)(f"/requests/{action['id']}/{path}")
        assert answer.status_code == 405
        assert answer.headers["allow"] == "POST"
    guarded = Client(enforce_csrf_checks=True)
    guarded.cookies = client.cookies
    assert guarded.post(f"/requests/{action['id']}/{path}").status_code == 403
    assert stored(action["id"]).status == Status.QUEUED


def test_u1_cancelling_ends_it_and_says_so(payroll: Application, visit: Visit) -> None:
    action = payroll.ask("tess").json()
    client = visit("tess").client
    answer = client.post(f"/requests/{action['id']}/cancel/")
    assert (answer.status_code, answer.headers["location"]) == (
        303,
        f"/requests/{action['id']}/",
    )
    page = Page(client.get(answer.headers["location"]))
    check_shape(page)
    assert page.says(say("cancel.done"))
    assert page.title.startswith(say("status.cancelled"))
    assert page.says(say("payload.deleted.value"))
    assert page.says(say("event.action.cancelled.by_user"))
    assert f"/requests/{action['id']}/cancel/" not in page.forms


@pytest.mark.parametrize("path", ["cancel/", "not-me/", "support/"])
def test_u1_what_comes_too_late_is_told_on_the_page_as_it_stands(
    payroll: Application, visit: Visit, path: str
) -> None:
    action = payroll.ask("tess").json()
    client = visit("tess").client
    client.post(f"/requests/{action['id']}/cancel/")
    page = Page(client.post(f"/requests/{action['id']}/{path}"))
    check_shape(page)
    assert page.status == 409
    assert page.title.startswith(say("title.error"))
    assert page.heading == say(
        "action.cancelled.by_user.title", unchanged=say("type.payout.change.unchanged")
    )


def test_u1_this_was_not_me_stops_it(payroll: Application, visit: Visit) -> None:
    action = payroll.ask("tess").json()
    client = visit("tess").client
    client.post(f"/requests/{action['id']}/not-me/")
    page = Page(client.get(f"/requests/{action['id']}/"))
    assert page.title.startswith(say("status.denied"))
    assert page.says(say("action.denied.not_me.body"))


def test_f6_help_from_a_person_can_be_asked_for(payroll: Application, visit: Visit) -> None:
    action = payroll.ask("kai").json()
    client = visit("kai").client
    client.post(f"/requests/{action['id']}/support/")
    page = Page(client.get(f"/requests/{action['id']}/"))
    check_shape(page)
    assert page.title.startswith(say("status.review"))
    assert page.says(say("rung.answer"))
    assert f"/requests/{action['id']}/support/" not in page.forms


def test_q4_a_request_that_ran_out_of_time_says_what_happened(
    payroll: Application, visit: Visit, later: Later
) -> None:
    action = payroll.ask("tess").json()
    for _ in range(3):
        later(timedelta(days=4))
        sweep_actions()
    client = visit("tess").client
    page = Page(client.get(f"/requests/{action['id']}/"))
    check_shape(page)
    assert page.title.startswith(say("status.expired"))
    assert page.heading == say("type.payout.change.unchanged")
    assert page.says(say("event.action.expired"))
    digest = Page(client.get("/"))
    assert digest.says(say("digest.kicker"))
    assert digest.says(say("digest.expired", count=1))


def test_u1_a_live_page_asks_only_for_what_changed(payroll: Application, visit: Visit) -> None:
    action = payroll.ask("tess").json()
    client = visit("tess").client
    whole = client.get(f"/requests/{action['id']}/").content.decode()
    assert 'data-live="queued-0"' in whole
    same = client.get(f"/requests/{action['id']}/", headers={"holdfast-seen": "queued-0"})
    assert "<main" not in same.content.decode()
    assert say("request.reload") in same.content.decode()
    client.post(f"/requests/{action['id']}/cancel/")
    other = client.get(f"/requests/{action['id']}/", headers={"holdfast-seen": "queued-0"})
    assert "<main" in other.content.decode()
    assert "data-live" not in other.content.decode()


def test_u1_only_addresses_of_the_web_lead_back(payroll: Application, visit: Visit) -> None:
    action = payroll.ask("tess").json()
    client = visit("tess").client
    Action.objects.filter(pk=action["id"]).update(return_url="javascript:alert(1)")
    assert "javascript:" not in client.get(f"/requests/{action['id']}/").content.decode()
    Action.objects.filter(pk=action["id"]).update(return_url="https://payroll.example/done")
    page = Page(client.get(f"/requests/{action['id']}/"))
    assert "https://payroll.example/done" in page.links


def test_f9_what_an_application_writes_is_shown_as_text(payroll: Application, visit: Visit) -> None:
    words = '<script>alert("x")</script>'
    action = payroll.ask("tess", binding_message=words).json()
    page = Page(visit("tess").client.get(f"/requests/{action['id']}/"))
    assert words not in page.text
    assert page.inline == []


def test_s4_after_an_absence_the_digest_says_what_happened(
    payroll: Application, visit: Visit, later: Later
) -> None:
    visitor = visit("tess")
    assert not Page(visitor.client.get("/")).says(say("digest.kicker"))
    later(timedelta(hours=9))
    payroll.ask("tess")
    page = Page(visitor.client.get("/"))
    check_shape(page)
    assert page.heading == say("digest.title", name="Tess", needs=1)
    assert page.says("9 hours")
    assert not Page(visitor.client.get("/")).says(say("digest.kicker"))


def test_s4_what_waited_is_told_on_signing_in(payroll: Application, visit: Visit) -> None:
    payroll.ask("tess")
    page = Page(visit("tess").client.get("/"))
    assert page.heading == say("digest.title", name="Tess", needs=1)
    assert page.says(say("digest.lede.short"))


def test_s4_a_new_sign_in_meanwhile_is_pointed_out(visit: Visit, later: Later) -> None:
    visitor = visit("tess")
    later(timedelta(hours=9))
    Session.objects.create(
        user=User.objects.get(username="tess"),
        started_at=read_clock() - timedelta(hours=2),
        last_seen_at=read_clock() - timedelta(hours=2),
    )
    page = Page(visitor.client.get("/"))
    assert page.says(say("digest.sign_ins", count=1))
    assert page.says(say("digest.sign_ins.look"))


def test_u1_older_requests_come_page_by_page(payroll: Application, visit: Visit) -> None:
    made = [
        payroll.ask("tess", payload={"account": other_iban(number)}).json()["id"]
        for number in range(23)
    ]
    Action.objects.filter(pk__in=made).update(status="cancelled", reason="by_user")
    client = visit("tess").client
    seen: set[str] = set()
    address, pages = "/", 0
    while address:
        page = Page(client.get(address))
        check_shape(page)
        links = [link for link in page.links if link.startswith("/requests/")]
        assert len(links) <= 20
        seen.update(links)
        pages += 1
        address = next((f"/{link}" for link in page.links if link.startswith("?before=")), "")
    assert pages == 2
    assert seen == {f"/requests/{each}/" for each in made}


@pytest.mark.parametrize("before", ["yesterday", "2026-13-40T00:00:00Z", "2026-11-20"])
def test_u1_a_made_up_page_leads_to_the_first(visit: Visit, before: str) -> None:
    answer = visit("tess").client.get("/", {"before": before})
    assert (answer.status_code, answer.headers["location"]) == (302, "/")
