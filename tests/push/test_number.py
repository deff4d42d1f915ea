"""Number matching: the application shows it, the person types it on their own phone."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from config.demo import people
from fallbacks.models import Challenge, GuessBudget, PushSubscription
from fallbacks.push.numbers import number_of
from identity.messages import say
from identity.models import Action, Evidence, Session, User
from tests.pages.reading import Page, check_shape
from tests.push.phone import Phone, PushService, enrol
from tests.world.demo import FIREFOX, Application, Visitor, stored

pytestmark = pytest.mark.django_db

Visit = Callable[[str], Visitor]
Later = Callable[[timedelta], datetime]


@pytest.fixture
def avery(visit: Visit, service: PushService) -> Visitor:
    """Avery on the phone that takes prompts."""
    visitor = visit("avery")
    assert enrol(visitor, Phone(service)).status_code == 303
    return visitor


def asked(payroll: Application) -> tuple[str, str]:
    """A payout change and the number that the application shows."""
    action = payroll.ask("avery").json()
    assert action["status"] == "pending"
    assert action["challenge"]["factor"] == "push"
    return action["id"], action["challenge"]["number"]


def type_(visitor: Visitor, action_id: str, typed: Any) -> HttpResponse:
    return visitor.client.post(f"/requests/{action_id}/verify/push/", {"code": typed})


def guesses() -> int:
    row = GuessBudget.objects.filter(subject__username="avery").first()
    return row.day_count if row is not None else 0


def test_f1_without_a_phone_totp_is_named_and_no_number_shown(payroll: Application) -> None:
    challenge = payroll.ask("avery").json()["challenge"]
    assert challenge["factor"] == "totp"
    assert "number" not in challenge


def test_f1_the_number_typed_on_the_phone_finishes_the_request(
    payroll: Application, avery: Visitor
) -> None:
    action_id, number = asked(payroll)
    assert re.fullmatch(r"[0-9]{6}", number)
    assert payroll.get(action_id)["challenge"]["number"] == number
    page = Page(avery.client.get(f"/requests/{action_id}/verify/push/"))
    check_shape(page)
    assert page.says(say("way.push.hint", application="Harbour Payroll"))
    assert number not in page.text
    assert type_(avery, action_id, number).status_code == 303
    assert stored(action_id).status in ("approved", "committed")
    proof = Evidence.objects.get(action_id=action_id)
    assert (proof.factor, proof.aal) == ("push", 2)
    assert payroll.get(action_id)["challenge"] is None
    names = payroll.names(action_id)
    assert names.count("challenge.issued") == 1
    assert Challenge.objects.get(action_id=action_id).status == "answered"


def test_f1_the_number_is_stored_nowhere_and_told_nowhere_else(
    payroll: Application, avery: Visitor, caplog: pytest.LogCaptureFixture
) -> None:
    action_id, number = asked(payroll)
    wrong = f"{(int(number) + 1) % 10**6:06d}"
    type_(avery, action_id, wrong)
    row = Challenge.objects.filter(action_id=action_id).values().get()
    assert number not in str(row)
    for address in ("/", f"/requests/{action_id}/", f"/requests/{action_id}/verify/"):
        assert number not in avery.client.get(address).content.decode()
    for path in ("events/", "explanation/"):
        answer = payroll.call("GET", f"actions/{action_id}/{path}")
        assert number not in answer.content.decode()
    assert number not in caplog.text


@pytest.mark.parametrize(
    "spell",
    [
        lambda n: f" {n[:3]} {n[3:]} ",
        lambda n: f"{n[:3]}-{n[3:]}",
        lambda n: "".join(chr(0xFF10 + int(d)) for d in n),
        lambda n: "".join(chr(0x0660 + int(d)) for d in n),
    ],
    ids=["spaces", "dash", "full width", "arabic-indic"],
)
def test_f03_a_number_has_one_spelling(
    payroll: Application, avery: Visitor, spell: Callable[[str], str]
) -> None:
    action_id, number = asked(payroll)
    answer = type_(avery, action_id, spell(number))
    other_digits = spell(number)[0] == chr(0x0660 + int(number[0]))
    assert answer.status_code == (400 if other_digits else 303)
    assert guesses() == (2 if not other_digits else 1)  # one was for the TOTP code of enrolment


def test_f06_a_wrong_number_is_counted_once_and_changes_nothing(
    payroll: Application, avery: Visitor
) -> None:
    action_id, number = asked(payroll)
    before = guesses()
    wrong = f"{(int(number) + 1) % 10**6:06d}"
    page = Page(type_(avery, action_id, wrong))
    assert page.status == 400
    assert page.says(say("error.wrong_code.push.detail", tries_left=4))
    assert guesses() == before + 1
    assert stored(action_id).status == "pending"
    assert payroll.get(action_id)["challenge"]["number"] == number
    assert type_(avery, action_id, number).status_code == 303


def test_f01_a_number_counts_once(payroll: Application, avery: Visitor) -> None:
    action_id, number = asked(payroll)
    assert type_(avery, action_id, number).status_code == 303
    assert type_(avery, action_id, number).status_code == 409
    assert Evidence.objects.filter(action_id=action_id).count() == 1


def test_f11_a_number_is_over_after_ten_minutes(
    payroll: Application, avery: Visitor, later: Later
) -> None:
    action_id, number = asked(payroll)
    later(timedelta(minutes=10))
    page = Page(type_(avery, action_id, number))
    assert page.status == 410
    assert page.says(say("error.challenge_expired.push.detail"))
    assert not Evidence.objects.filter(action_id=action_id).exists()


def test_f09_a_number_counts_for_its_own_request(payroll: Application, avery: Visitor) -> None:
    first, one = asked(payroll)
    second = payroll.ask("avery", payload={"account": "GB29NWBK60161331926819"}).json()
    two = second["challenge"]["number"]
    assert type_(avery, second["id"], one).status_code == 400
    assert type_(avery, first, two).status_code == 400
    assert type_(avery, second["id"], two).status_code == 303


def test_f09_the_right_number_on_another_browser_is_refused_and_not_counted(
    payroll: Application, avery: Visitor, visit: Visit
) -> None:
    action_id, number = asked(payroll)
    elsewhere = visit("avery")
    before = guesses()
    page = Page(elsewhere.client.get(f"/requests/{action_id}/verify/push/"))
    check_shape(page)
    assert 'name="code"' not in page.text
    assert page.says(say("prompt.elsewhere.sent", application="Harbour Payroll"))
    answer = Page(type_(elsewhere, action_id, number))
    assert answer.status == 403
    assert answer.says(say("error.not_this_device.detail"))
    assert guesses() == before
    assert stored(action_id).status == "pending"


def test_f09_the_secret_of_a_browser_is_its_persons(
    payroll: Application, avery: Visitor, visit: Visit
) -> None:
    tess = visit("tess")
    tess.client.cookies["holdfast-browser"] = avery.client.cookies["holdfast-browser"].value
    action = payroll.ask("tess").json()
    assert tess.client.get(f"/requests/{action['id']}/verify/push/").status_code == 404
    action_id, number = asked(payroll)
    assert type_(tess, action_id, number).status_code == 404


def test_f09_the_browser_is_known_by_a_cookie_that_no_script_reads(avery: Visitor) -> None:
    cookie = avery.client.cookies["holdfast-browser"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    row = PushSubscription.objects.get(subject__username="avery")
    assert cookie.value not in str(PushSubscription.objects.filter(pk=row.pk).values().get())


@pytest.mark.parametrize(
    "typed", ["", "12345", "1234567", "abcdef", "١٢٣٤٥٦", "0" * 100_000], ids=range(6)
)
def test_f10_what_is_no_number_is_a_slip(payroll: Application, avery: Visitor, typed: str) -> None:
    action_id, _ = asked(payroll)
    before = guesses()
    assert type_(avery, action_id, typed).status_code in (400, 413)
    assert guesses() == before
    assert stored(action_id).status == "pending"


def test_f10_approving_without_the_number_is_not_possible(
    payroll: Application, avery: Visitor
) -> None:
    action_id, _ = asked(payroll)
    for form in ({}, {"approve": "yes"}, {"code": ""}, {"code": ["1", "2"]}):
        answer = avery.client.post(f"/requests/{action_id}/verify/push/", form)
        assert answer.status_code == 400
    assert stored(action_id).status == "pending"


def test_f05_a_locked_account_is_locked_for_numbers(payroll: Application, avery: Visitor) -> None:
    action_id, number = asked(payroll)
    wrong = f"{(int(number) + 1) % 10**6:06d}"
    for _ in range(6):
        last = type_(avery, action_id, wrong)
    assert last.status_code == 429
    assert type_(avery, action_id, number).status_code == 429


def test_s3_a_removed_device_answers_no_more(
    payroll: Application, avery: Visitor, visit: Visit
) -> None:
    row = PushSubscription.objects.get(subject__username="avery")
    visit("avery").client.post(f"/sessions/devices/{row.device_id}/remove/")
    assert not PushSubscription.objects.filter(pk=row.pk).exists()
    assert payroll.ask("avery").json()["challenge"]["factor"] == "totp"


def test_f17_not_me_on_the_prompt_stops_it_and_warns(payroll: Application, avery: Visitor) -> None:
    action = payroll.ask("avery", session="payroll-avery").json()
    page = Page(avery.client.get(f"/requests/{action['id']}/verify/push/"))
    assert f"/requests/{action['id']}/not-me/" in page.text
    avery.client.post(f"/requests/{action['id']}/not-me/")
    assert stored(action["id"]).status == "denied"
    user = User.objects.get(username="avery")
    assert user.anomaly_points > 0
    assert Session.objects.get(user=user, reference="payroll-avery").status == "revoked"
    assert Action.objects.get(pk=action["id"]).escalations.count() == 1
    number = action["challenge"]["number"]
    assert type_(avery, action["id"], number).status_code == 409


def test_f1_numbers_are_spread_and_belong_to_one_challenge() -> None:
    numbers = [number_of(Challenge()) for _ in range(500)]
    assert len(set(numbers)) > 490
    assert all(re.fullmatch(r"[0-9]{6}", each) for each in numbers)
    one = Challenge()
    assert number_of(one) == number_of(one)


def test_q3_somebody_who_waits_can_ask_for_a_number(
    payroll: Application, visit: Visit, service: PushService
) -> None:
    tess = visit("tess")
    assert enrol(tess, Phone(service)).status_code == 303
    action = payroll.ask("tess").json()
    assert action["status"] == "queued"
    assert action["challenge"] is None
    page = Page(tess.client.get(f"/requests/{action['id']}/verify/push/"))
    assert page.says(say("prompt.here.ask", application="Harbour Payroll"))
    assert tess.client.post(f"/requests/{action['id']}/prompt/").status_code == 303
    shown = payroll.get(action["id"])
    assert shown["status"] == "pending"
    assert shown["challenge"]["factor"] == "push"
    assert type_(tess, action["id"], shown["challenge"]["number"]).status_code == 303
    assert stored(action["id"]).status in ("approved", "committed")


def test_q3_a_new_number_ends_the_old_one(payroll: Application, avery: Visitor) -> None:
    action_id, old = asked(payroll)
    assert avery.client.post(f"/requests/{action_id}/prompt/").status_code == 303
    new = payroll.get(action_id)["challenge"]["number"]
    assert new != old
    assert type_(avery, action_id, old).status_code == 400
    assert type_(avery, action_id, new).status_code == 303


def test_f10_a_guest_or_stranger_asks_for_nothing(payroll: Application, avery: Visitor) -> None:
    action_id, number = asked(payroll)
    guest = Client(headers={"user-agent": FIREFOX})
    assert guest.post(f"/requests/{action_id}/prompt/").status_code == 303
    stranger = Client(headers={"user-agent": FIREFOX})
    stranger.post("/sign-in/", {"username": "sam", "password": people.password_of("sam")})
    assert stranger.post(f"/requests/{action_id}/prompt/").status_code == 404
    assert payroll.get(action_id)["challenge"]["number"] == number
