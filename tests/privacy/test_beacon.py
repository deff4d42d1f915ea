"""What the script in our pages may tell: by consent, in this session, coarsely, not too often."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from config.lifecycle import read_clock
from identity.pages.beacon import MOST
from presence.consents import set_consent
from presence.models import Presence, Signal, SignalSource
from presence.purposes import Purpose
from tests.pages.reading import Page, check_shape
from tests.privacy.knowing import known, person
from tests.world.demo import Visitor

pytestmark = pytest.mark.django_db

Visit = Callable[[str], Visitor]
ADDRESS = "/presence/signals/"


@pytest.fixture
def tess(visit: Visit) -> Visitor:
    """Tess, who agreed to the script; nothing of her is stored yet."""
    visitor = visit("tess")
    set_consent(person("tess").pk, Purpose.PAGE_SIGNALS, True, actor="tess")
    Signal.objects.filter(subject__username="tess").delete()
    Presence.objects.filter(subject__username="tess").delete()
    return visitor


def sent() -> list[tuple[str, str]]:
    """What was stored of tess's pages, oldest first."""
    rows = Signal.objects.filter(subject__username="tess", source=SignalSource.PAGE)
    return list(rows.order_by("observed_at", "pk").values_list("kind", "value"))


@pytest.mark.parametrize("value", ["foreground", "background"])
def test_p6_the_page_tells_that_it_is_seen(tess: Visitor, value: str) -> None:
    assert tess.client.post(ADDRESS, {"heartbeat": value}).status_code == 204
    assert sent() == [("heartbeat", value)]
    assert Presence.objects.get(subject__username="tess").heartbeat_foreground is (
        value == "foreground"
    )


def test_p6_a_network_that_was_lost_is_told_on_return(tess: Visitor) -> None:
    before = read_clock()
    form = {"lost_for": "40", "heartbeat": "foreground"}
    assert tess.client.post(ADDRESS, form).status_code == 204
    assert sent()[0] == ("network", "lost")
    assert set(sent()[1:]) == {("network", "returned"), ("heartbeat", "foreground")}
    row = Presence.objects.get(subject__username="tess")
    assert row.network_lost_at is not None
    assert abs(before - timedelta(seconds=40) - row.network_lost_at) < timedelta(seconds=5)
    assert row.status == "available"


@pytest.mark.parametrize("value", ["granted", "denied"])
def test_p6_whether_prompts_are_allowed(tess: Visitor, value: str) -> None:
    assert tess.client.post(ADDRESS, {"permission": value}).status_code == 204
    assert sent() == [("permission", value)]


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"heartbeat": ""},
        {"heartbeat": "asleep"},
        {"permission": "default"},
        {"lost_for": "-1"},
        {"lost_for": "1e9"},
        {"lost_for": "٣"},  # a digit, but not one of ours
        {"lost_for": "9999999"},
        {"canvas": "4f2a"},
        {"heartbeat": "foreground", "permission": "maybe"},
    ],
)
def test_p6_whatever_else_a_page_says_is_refused(tess: Visitor, form: dict[str, str]) -> None:
    page = Page(tess.client.post(ADDRESS, form))
    check_shape(page)
    assert page.status == 400
    assert sent() == []


def test_p6_not_too_often(tess: Visitor) -> None:
    answers = [
        tess.client.post(ADDRESS, {"heartbeat": "foreground"}).status_code for _ in range(MOST + 3)
    ]
    assert answers[0] == 204
    assert answers[-1] == 429
    assert len(sent()) <= MOST


@pytest.mark.parametrize("purpose", [Purpose.REACHABILITY, Purpose.PAGE_SIGNALS])
def test_p6_without_consent_the_page_neither_holds_the_script_nor_may_tell(
    tess: Visitor, purpose: Purpose
) -> None:
    assert "presence.js" in tess.client.get("/").content.decode()
    set_consent(person("tess").pk, purpose, False, actor="tess")
    for address in ("/", "/presence/", "/account/"):
        assert "presence.js" not in tess.client.get(address).content.decode()
    assert tess.client.post(ADDRESS, {"heartbeat": "foreground"}).status_code == 403
    assert sent() == []


def test_p6_nobody_holds_the_script_who_did_not_ask_for_it(visit: Visit) -> None:
    for name in ("avery", "sam", "admin"):
        assert "presence.js" not in visit(name).client.get("/").content.decode()
    assert "presence.js" not in Client().get("/sign-in/").content.decode()


def test_p6_only_with_a_session_and_its_proof_of_origin(tess: Visitor) -> None:
    assert Client().post(ADDRESS, {"heartbeat": "foreground"}).status_code == 303
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = tess.client.cookies
    assert strict.post(ADDRESS, {"heartbeat": "foreground"}).status_code == 403
    assert tess.client.get(ADDRESS).status_code == 405
    assert known("tess") == (0, False)


def test_u4_the_page_with_the_script_has_the_right_shape(tess: Visitor) -> None:
    answer = tess.client.get("/presence/")
    check_shape(Page(answer))
    assert "script-src 'self'" in answer.headers["content-security-policy"]
