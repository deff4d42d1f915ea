"""A consent is given with a security key: for the very thing that was shown (F09, F18)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django_otp.plugins.otp_totp.models import TOTPDevice

from fallbacks.models import Incident
from identity.messages import say
from identity.models import Application, Consent
from tests.afterwards.conftest import KIND, consent
from tests.pages.reading import Page, check_shape
from tests.security_keys.using import guesses, options_at, send, with_key
from tests.world.authenticator import SoftKey
from tests.world.demo import Visitor

pytestmark = pytest.mark.django_db
Visit = Callable[[str], Visitor]
PAGE = "/account/consents/"


def address(days: int = 30, kind: str = KIND) -> str:
    what = f"{Application.objects.get(client_id='demo-payroll').pk}:{kind}"
    return f"{PAGE}key/?{urlencode({'what': what, 'days': days})}"


@pytest.fixture
def avery(visit: Visit) -> Visitor:
    return visit("avery")


@pytest.fixture
def key(avery: Visitor) -> SoftKey:
    """The only way of the person."""
    found = with_key(avery)
    TOTPDevice.objects.filter(user__username="avery").delete()
    return found


def test_d2_with_nothing_but_a_key_one_can_agree(avery: Visitor, key: SoftKey) -> None:
    page = Page(avery.client.get(PAGE))
    check_shape(page)
    assert page.says(say("beforehand.by_key"))
    assert not page.says(say("beforehand.no_way"))
    sent = consent(avery, code="", way="", by_key="1")
    assert (sent.status_code, sent.headers["location"]) == (303, address())
    asked = Page(avery.client.get(address()))
    check_shape(asked)
    assert asked.says(say("type.address.change.title"))
    assert asked.says(say("beforehand.days.30"))
    answer = send(avery, address(), key.get(options_at(avery, address())))
    assert (answer.status_code, answer.headers["location"]) == (303, PAGE)
    found = Consent.objects.get()
    assert (found.type_id, found.user.username) == (KIND, "avery")
    assert found.until - found.given_at == timedelta(days=30)


def test_d2_beside_a_code_the_key_is_another_way(avery: Visitor) -> None:
    key = with_key(avery)
    page = Page(avery.client.get(PAGE))
    check_shape(page)
    assert page.says(say("beforehand.code"))
    assert page.says(say("beforehand.by_key"))
    send(avery, address(), key.get(options_at(avery, address())))
    assert Consent.objects.count() == 1


def test_f09_f18_an_answer_is_for_this_consent_and_counts_once(
    avery: Visitor, key: SoftKey, visit: Visit
) -> None:
    answer = key.get(options_at(avery, address(30)))
    before = guesses("avery")
    assert send(avery, address(365), answer).status_code == 410, "for another time"
    assert send(avery, "/account/consents/", answer).status_code == 422, "for nothing"
    assert send(visit("avery"), address(30), answer).status_code == 410, "in another session"
    assert guesses("avery") == before + 2
    assert not Consent.objects.exists()
    assert send(avery, address(30), answer).status_code == 303
    assert send(avery, address(30), answer).status_code == 422
    assert Consent.objects.count() == 1


@pytest.mark.parametrize(
    "query",
    ["", "?what=x&days=30", "?what=1:payout.change&days=30", "?what=1:address.change&days=9999"],
)
def test_f10_what_cannot_be_agreed_to_is_not_asked_about(
    avery: Visitor, key: SoftKey, query: str
) -> None:
    for answer in (
        avery.client.get(f"{PAGE}key/{query}"),
        avery.client.post(f"{PAGE}key/{query}", {"answer": "{}"}),
        avery.client.post(f"{PAGE}key/{query}"),
    ):
        page = Page(answer)
        assert page.status == 422
        assert page.says(say("error.nothing_to_consent_to.title"))
        assert "data-options" not in page.text
    assert not Consent.objects.exists()


def test_f05_f3_the_gate_stands_where_it_is_asked_for(avery: Visitor, key: SoftKey) -> None:
    answer = key.get(options_at(avery, address()))
    Incident.objects.create(
        title="Keys", mode="normal", fails="-", works="-", what_to_do="-",
        dependencies=["authenticator_maker"],
    )  # fmt: skip
    asked = Page(avery.client.get(address()))
    assert asked.status == 409
    assert asked.says(say("error.factor_out_of_order.detail"))
    assert send(avery, address(), answer).status_code == 409
    Incident.objects.all().delete()
    other = SoftKey()
    for _ in range(5):
        send(avery, address(), other.get(options_at(avery, address())))
    assert avery.client.get(address()).status_code == 429
    assert send(avery, address(), answer).status_code == 429
    assert not Consent.objects.exists()
