"""Members of staff open the console with a key; with nothing but a key, too."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django_otp.plugins.otp_totp.models import TOTPDevice

from fallbacks.models import Incident, SecurityKey
from identity.messages import say
from identity.models import Session
from tests.pages.reading import Page, check_shape
from tests.security_keys.using import guesses, options_at, send, with_key
from tests.world.authenticator import UP, SoftKey
from tests.world.demo import Visitor

pytestmark = pytest.mark.django_db

Visit = Callable[[str], Visitor]
HERE = "/sign-in/code/"


@pytest.fixture
def key(visit: Visit) -> SoftKey:
    """The only way of a member of staff."""
    found = with_key(visit("security1"))
    TOTPDevice.objects.filter(user__username="security1").delete()
    return found


def opens(visitor: Visitor) -> bool:
    return visitor.client.get("/admin/").status_code == 200


def test_f24_staff_with_nothing_but_a_key_get_in(visit: Visit, key: SoftKey) -> None:
    robin = visit("security1")
    assert not opens(robin)
    page = Page(robin.client.get(f"{HERE}?next=/admin/fallbacks/incident/"))
    check_shape(page)
    assert page.says(say("way.security_key.title"))
    address = f"{HERE}?way=security_key&next=/admin/fallbacks/incident/"
    answer = send(robin, address, key.get(options_at(robin, address)))
    assert (answer.status_code, answer.headers["location"]) == (303, "/admin/fallbacks/incident/")
    assert opens(robin)
    assert Session.objects.filter(user__username="security1", last_proof_at__isnull=False).exists()
    SecurityKey.objects.filter(user__username="security1").delete()
    assert not opens(robin), "the console is open no longer than the key is theirs"


def test_f24_a_key_beside_an_app_is_the_other_way(visit: Visit) -> None:
    key = with_key(visit("security1"))
    robin = visit("security1")
    page = Page(robin.client.get(HERE))
    check_shape(page)
    assert page.says(say("way.totp.label"))
    assert f"{HERE}?way=security_key" in page.links
    address = f"{HERE}?way=security_key"
    assert send(robin, address, key.get(options_at(robin, address))).status_code == 303
    assert opens(robin)


def test_f18_f09_f19_an_answer_counts_once_in_its_own_session_and_with_its_person(
    visit: Visit, key: SoftKey
) -> None:
    robin, elsewhere = visit("security1"), visit("security1")
    before = guesses("security1")
    answer = key.get(options_at(robin, HERE))
    assert send(elsewhere, HERE, answer).status_code == 410
    key.flags = UP
    assert send(robin, HERE, key.get(options_at(robin, HERE))).status_code == 400
    assert send(robin, HERE, answer).status_code == 400, "the page put another question since"
    assert send(robin, HERE, {}).status_code == 400
    assert not opens(robin)
    assert not opens(elsewhere)
    assert guesses("security1") == before + 3, "what is no answer at all is not counted"


def test_f05_a_locked_account_is_refused_when_asked_for_and_when_answered(
    visit: Visit, key: SoftKey, later: Callable[[timedelta], object]
) -> None:
    robin = visit("security1")
    answer = key.get(options_at(robin, HERE))
    other = visit("security1")
    for _ in range(5):
        send(other, HERE, SoftKey().get(options_at(other, HERE)))
    asked = Page(robin.client.get(HERE))
    assert asked.status == 429
    assert "data-options" not in asked.text
    assert send(robin, HERE, answer).status_code == 429
    assert not opens(robin)
    later(timedelta(minutes=6))
    assert send(robin, HERE, key.get(options_at(robin, HERE))).status_code == 303


def test_f3_an_incident_about_keys_does_not_shut_those_out_who_close_it(
    visit: Visit, key: SoftKey
) -> None:
    Incident.objects.create(
        title="Keys",
        mode="normal",
        fails="-",
        works="-",
        what_to_do="-",
        dependencies=["authenticator_maker"],
    )
    robin = visit("security1")
    assert send(robin, HERE, key.get(options_at(robin, HERE))).status_code == 303
    assert opens(robin)


def test_f24_staff_without_any_way_are_told_what_to_do(visit: Visit) -> None:
    TOTPDevice.objects.filter(user__username="legal1").delete()
    lone = visit("legal1")
    page = Page(lone.client.get(HERE))
    check_shape(page)
    assert page.says(say("code.none"))
    assert "/factors/" in page.links
    for sent in ({"code": "123456"}, {"way": "totp"}, {}):
        assert lone.client.post(HERE, sent).status_code == 403
    assert lone.client.post(f"{HERE}?way=backup_code", {"code": "a" * 16}).status_code == 403
    assert not opens(lone)
