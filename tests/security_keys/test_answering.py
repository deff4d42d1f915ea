"""Finishing a request with a security key, and every way in which it can go wrong."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from fallbacks.factors import held
from fallbacks.models import Challenge, KeyCeremony, SecurityKey, SecurityNotice
from identity.messages import say
from identity.models import Action, Event, Evidence, User
from tests.factors.changing import person
from tests.pages.reading import Page, check_shape
from tests.security_keys.using import guesses, options_at, page_of, send, stored_key, with_key
from tests.world.authenticator import BE, UP, UV, SoftKey, bytes_of, text_of
from tests.world.demo import Application, Visitor, stored

pytestmark = pytest.mark.django_db

Visit = Callable[[str], Visitor]
Later = Callable[[timedelta], datetime]


@pytest.mark.parametrize("name", ["avery", "kai", "tess"])
def test_f1_a_request_is_finished_with_a_key(visit: Visit, payroll: Application, name: str) -> None:
    visitor = visit(name)
    key = with_key(visitor)
    action = payroll.ask(name).json()["id"]
    page = Page(visitor.client.get(page_of(action)))
    check_shape(page)
    assert page.says(say("keys.needs_script"))
    assert f"/requests/{action}/verify/" in page.links  # the other ways
    answer = send(visitor, page_of(action), key.get(options_at(visitor, page_of(action))))
    assert (answer.status_code, answer.headers["location"]) == (303, f"/requests/{action}/")
    assert stored(action).status in ("approved", "committed")
    proof = Evidence.objects.get(user__username=name)
    assert (proof.factor, proof.aal) == ("security_key", 3)
    assert guesses(name) == 0
    kept = stored_key(name)
    assert kept.sign_count == key.count
    assert kept.last_used_at is not None


def test_f19_the_browser_is_told_to_verify_the_person_and_whose_keys_count(
    visit: Visit, payroll: Application
) -> None:
    avery = visit("avery")
    key = with_key(avery)
    options = options_at(avery, page_of(payroll.ask("avery").json()["id"]))
    assert options["userVerification"] == "required"
    assert options["rpId"] == "testserver"
    assert options["allowCredentials"] == [
        {
            "id": text_of(key.credential_id),
            "type": "public-key",
            "transports": ["nfc", "usb"],
        }
    ]
    assert len(bytes_of(options["challenge"])) == 32


def test_f1_a_live_challenge_names_the_key_of_who_has_one(
    visit: Visit, payroll: Application
) -> None:
    assert payroll.ask("avery").json()["challenge"]["factor"] == "totp"
    avery = visit("avery")
    key = with_key(avery)
    action = payroll.ask("avery", payload={"account": "GB29NWBK60161331926819"}).json()
    assert action["challenge"]["factor"] == "security_key"
    address = page_of(action["id"])
    assert send(avery, address, key.get(options_at(avery, address))).status_code == 303
    (challenge,) = Challenge.objects.filter(action_id=action["id"])
    assert (challenge.factor, challenge.status) == ("security_key", "answered")


def test_f1_a_key_that_keeps_nothing_by_itself_works_too(
    visit: Visit, payroll: Application
) -> None:
    avery = visit("avery")
    key = with_key(avery, SoftKey(resident=False, counts=False))
    for account in ("DE89370400440532013000", "GB29NWBK60161331926819"):
        address = page_of(payroll.ask("avery", payload={"account": account}).json()["id"])
        assert send(avery, address, key.get(options_at(avery, address))).status_code == 303
    assert stored_key("avery").sign_count == 0


def test_f1_a_passkey_that_may_be_copied_delivers_aal2(visit: Visit, payroll: Application) -> None:
    avery = visit("avery")
    key = with_key(avery, SoftKey(flags=UP | UV | BE))
    action = payroll.ask("avery").json()["id"]
    address = page_of(action)
    assert send(avery, address, key.get(options_at(avery, address))).status_code == 303
    assert Evidence.objects.get(user__username="avery").aal == 2


LIES: list[tuple[str, dict[str, Any]]] = [
    ("user not verified", {"flags": UP}),
    ("nobody present", {"flags": UV}),
    ("another origin", {"origin": "http://testserver.evil.example"}),
    ("another port", {"origin": "http://testserver:8080"}),
    ("another scheme", {"origin": "https://testserver"}),
    ("another relying party", {"rp": "evil.example"}),
    ("another kind of key than before", {"flags": UP | UV | BE}),
    ("another person’s handle", {"handle": b"x" * 32}),
]


@pytest.mark.parametrize(("lie"), [lie for _, lie in LIES], ids=[name for name, _ in LIES])
def test_f19_a_key_that_lies_approves_nothing_and_counts_once(
    visit: Visit, payroll: Application, lie: dict[str, Any]
) -> None:
    avery = visit("avery")
    key = with_key(avery)
    action = payroll.ask("avery").json()["id"]
    address = page_of(action)
    options = options_at(avery, address)
    honest = dict(vars(key))
    vars(key).update(lie)
    page = Page(send(avery, address, key.get(options)))
    check_shape(page)
    assert page.status == 400
    assert page.says(say("error.wrong_code.security_key.detail", tries_left=4))
    assert guesses("avery") == 1
    assert stored(action).status == "pending"
    assert "challenge.missed" in payroll.names(action)
    assert not Evidence.objects.exists()
    assert stored_key("avery").sign_count == 1
    vars(key).update(honest)
    assert send(avery, address, key.get(options_at(avery, address))).status_code == 303


def test_f18_an_answer_counts_once(visit: Visit, payroll: Application) -> None:
    avery = visit("avery")
    key = with_key(avery, SoftKey(counts=False))  # nothing but the question can give it away
    one, other = (
        payroll.ask("avery", payload={"account": account}).json()["id"]
        for account in ("DE89370400440532013000", "GB29NWBK60161331926819")
    )
    sent = key.get(options_at(avery, page_of(one)))
    options_at(avery, page_of(other))
    assert send(avery, page_of(one), sent).status_code == 303
    for address in (page_of(one), page_of(other)):
        assert send(avery, address, sent).status_code in (400, 409)
    assert stored(other).status == "pending"
    assert Evidence.objects.count() == 1


def test_f18_a_refused_answer_uses_its_question_up(visit: Visit, payroll: Application) -> None:
    avery = visit("avery")
    key = with_key(avery)
    action = payroll.ask("avery").json()["id"]
    options = options_at(avery, page_of(action))
    assert (
        send(avery, page_of(action), key.get(options, signature=text_of(b"no"))).status_code == 400
    )
    KeyCeremony.objects.all().delete()  # the page asked anew; without that the old one is gone
    answer = send(avery, page_of(action), key.get(options))
    assert answer.status_code == 410
    assert Page(answer).says(say("error.challenge_expired.security_key.detail"))
    assert guesses("avery") == 2


def test_f11_a_question_lives_for_ten_minutes(
    visit: Visit, payroll: Application, later: Later
) -> None:
    avery = visit("avery")
    key = with_key(avery)
    action = payroll.ask("avery").json()["id"]
    options = options_at(avery, page_of(action))
    row = KeyCeremony.objects.get()
    assert row.expires_at - row.issued_at == timedelta(minutes=10)
    later(timedelta(minutes=10))
    assert send(avery, page_of(action), key.get(options)).status_code in (409, 410)
    assert stored(action).status not in ("approved", "committed")
    assert not Evidence.objects.exists()


def test_f09_an_answer_belongs_to_its_person_session_and_request(
    visit: Visit, payroll: Application, later: Later
) -> None:
    avery, elsewhere, tess = visit("avery"), visit("avery"), visit("tess")
    key = with_key(avery)
    hers = with_key(tess)
    one, other = (
        payroll.ask("avery", payload={"account": account}).json()["id"]
        for account in ("DE89370400440532013000", "GB29NWBK60161331926819")
    )
    sent = key.get(options_at(avery, page_of(one)))
    assert send(elsewhere, page_of(one), sent).status_code == 410  # another session
    assert send(avery, page_of(other), sent).status_code == 410  # another request
    assert send(tess, page_of(one), sent).status_code == 404  # another person
    later(timedelta(minutes=6))
    options = options_at(avery, page_of(one))
    foreign = hers.get(options)
    assert send(avery, page_of(one), foreign).status_code == 400  # somebody else’s key
    assert stored(one).status == "pending"
    assert stored(other).status == "pending"
    assert not Evidence.objects.exists()


def test_f1_a_counter_that_goes_back_is_refused_and_told(
    visit: Visit, payroll: Application
) -> None:
    avery = visit("avery")
    key = with_key(avery)
    SecurityNotice.objects.all().delete()
    action = payroll.ask("avery").json()["id"]
    SecurityKey.objects.update(sign_count=50)
    answer = send(avery, page_of(action), key.get(options_at(avery, page_of(action))))
    assert answer.status_code == 400
    assert stored(action).status == "pending"
    assert stored_key("avery").sign_count == 50
    notice = SecurityNotice.objects.get()
    assert notice.message_id == "key_copied"
    page = Page(avery.client.get("/factors/"))
    assert page.says(say("notice.key_copied.text", name="Key ring"))
    assert (
        Event.objects.filter(name="factor.copy_suspected", subject__username="avery").count() == 1
    )
    assert User.objects.get(username="avery").anomaly_points >= 40


@pytest.mark.parametrize("stored_count", [5, 6])
def test_f1_a_counter_that_stands_still_is_a_copy_too(
    visit: Visit, payroll: Application, stored_count: int
) -> None:
    avery = visit("avery")
    key = with_key(avery)
    action = payroll.ask("avery").json()["id"]
    SecurityKey.objects.update(sign_count=stored_count)
    key.count = 4  # the next answer says 5
    answer = send(avery, page_of(action), key.get(options_at(avery, page_of(action))))
    assert answer.status_code == 400


def test_f1_nobody_without_the_key_can_cry_wolf(visit: Visit, payroll: Application) -> None:
    avery = visit("avery")
    key = with_key(avery)
    SecurityKey.objects.update(sign_count=50)
    action = payroll.ask("avery").json()["id"]
    forged = SoftKey(credential_id=key.credential_id, resident=False)
    answer = send(avery, page_of(action), forged.get(options_at(avery, page_of(action))))
    assert answer.status_code == 400
    assert not Event.objects.filter(name="factor.copy_suspected").exists()
    assert User.objects.get(username="avery").anomaly_points == 0


def test_f05_the_gate_stands_at_the_question_and_at_the_answer(
    visit: Visit, payroll: Application, later: Later
) -> None:
    avery = visit("avery")
    key = with_key(avery)
    action = payroll.ask("avery").json()["id"]
    address = page_of(action)
    options = options_at(avery, address)
    for _ in range(5):
        avery.verify(action, code="000000")
    assert guesses("avery") == 5
    assert send(avery, address, key.get(options)).status_code == 429
    locked = avery.client.get(address)
    assert locked.status_code == 429
    assert "data-options" not in locked.content.decode()
    assert stored(action).status == "pending"
    later(timedelta(minutes=5))
    assert send(avery, address, key.get(options_at(avery, address))).status_code == 303


def test_f25_a_revoked_session_answers_nothing(visit: Visit, payroll: Application) -> None:
    avery, elsewhere = visit("avery"), visit("avery")
    key = with_key(avery)
    action = payroll.ask("avery").json()["id"]
    sent = key.get(options_at(avery, page_of(action)))
    elsewhere.client.post("/sessions/end-others/")
    answer = send(avery, page_of(action), sent)
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in/")
    assert stored(action).status == "pending"


def test_f2_where_policy_takes_no_key_none_is_asked(visit: Visit, payroll: Application) -> None:
    avery = visit("avery")
    key = with_key(avery)
    action = payroll.ask("avery").json()["id"]
    options = options_at(avery, page_of(action))
    row = stored(action)
    row.obligations["permitted_factors"] = ["totp"]
    Action.objects.filter(pk=row.pk).update(obligations=row.obligations)
    assert send(avery, page_of(action), key.get(options)).status_code == 403
    assert stored(action).status == "pending"


def test_f29_a_proof_dies_with_another_key_and_not_with_its_use(
    visit: Visit, payroll: Application
) -> None:
    avery = visit("avery")
    marks = [held(person("avery").pk).marks]
    key = with_key(avery)
    marks.append(held(person("avery").pk).marks)
    address = page_of(payroll.ask("avery").json()["id"])
    assert send(avery, address, key.get(options_at(avery, address))).status_code == 303
    marks.append(held(person("avery").pk).marks)
    SecurityKey.objects.all().delete()
    marks.append(held(person("avery").pk).marks)
    assert marks[0] == marks[3] != marks[1] == marks[2]


def test_f1_the_page_that_asks_a_key_costs_a_bounded_number_of_queries(
    visit: Visit, payroll: Application
) -> None:
    avery = visit("avery")
    with_key(avery)
    action = payroll.ask("avery").json()["id"]
    avery.client.get(page_of(action))
    with CaptureQueriesContext(connection) as queries:
        assert avery.client.get(page_of(action)).status_code == 200
    assert len(queries) <= 22, [query["sql"][:90] for query in queries]
