"""What may be done first: agreed to with a proof, for a time, taken back at once (D2)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from config.lifecycle import read_clock
from identity.messages import say
from identity.models import Consent, Event
from tests.afterwards.conftest import KIND, STEP, Later, activate, consent
from tests.pages.reading import Page, check_shape
from tests.policy.conftest import SHIPPED
from tests.world.demo import Application, Visitor

pytestmark = pytest.mark.django_db
Visit = Callable[[str], Visitor]


def _page(visitor: Visitor) -> Page:
    page = Page(visitor.client.get("/account/consents/"))
    check_shape(page)
    return page


def test_d2_the_page_says_what_can_be_agreed_to_and_what_it_means(visit: Visit) -> None:
    visitor = visit("avery")
    assert "/account/consents/" in Page(visitor.client.get("/account/")).links
    page = _page(visitor)
    for each in ("first", "then", "silence", "stop"):
        assert page.says(say(f"beforehand.means.{each}"))
    assert page.says(say("type.address.change.title"))
    assert page.says(say("beforehand.within", span="1 day"))
    # no rule lets these be done first: a change of money, a role, what cannot be undone
    for kind in ("payout.change", "role.grant", "transfer.queue"):
        assert not page.says(say(f"type.{kind}.title"))


@pytest.mark.parametrize(("days", "name"), [(30, "tess"), (90, "tess"), (365, "sam")])
def test_d2_given_with_a_code_for_a_stated_time(
    demo: None, visit: Visit, days: int, name: str
) -> None:
    visitor = visit(name)
    assert consent(visitor, days=str(days)).status_code == 303
    found = Consent.objects.get()
    assert (found.type_id, found.user.username) == (KIND, name)
    assert found.until - found.given_at == timedelta(days=days)
    told = Event.objects.get(name="consent.given")
    assert (told.object_id, told.actor, told.attributes) == (str(found.pk), name, {"type": KIND})
    page = _page(visitor)
    assert page.says(say("beforehand.standing"))
    assert f"/account/consents/{found.pk}/withdraw/" in page.forms


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"code": ""}, 400),  # the password session alone is not enough
        ({"code": "12345"}, 400),
        ({"way": "email_link"}, 403),  # recovery, never authority
        ({"way": "security_key"}, 403),
        ({"days": "31"}, 422),
        ({"days": ""}, 422),
        ({"what": "1:payout.change"}, 422),  # no rule would ever use it
        ({"what": "1:nothing.at.all"}, 422),
        ({"what": "999999999999999999:address.change"}, 422),
        ({"what": "9999999999999999999999:address.change"}, 422),
        ({"what": "²:address.change"}, 422),
        ({"what": ""}, 422),
    ],
)
def test_d2_f10_without_a_proof_or_for_something_else_nothing_is_agreed_to(
    visit: Visit, fields: dict[str, str], status: int
) -> None:
    answer = consent(visit("tess"), **fields)
    assert answer.status_code == status
    check_shape(Page(answer))
    assert not Consent.objects.exists()
    assert not Event.objects.filter(name="consent.given").exists()


def test_f06_codes_typed_here_are_in_the_one_budget(visit: Visit) -> None:
    visitor = visit("tess")
    wrong = f"{(int(visitor.code()) + 500_000) % 1_000_000:06d}"
    answers = [consent(visitor, code=wrong) for _ in range(6)]
    assert [each.status_code for each in answers] == [400] * 5 + [429]
    assert int(answers[-1].headers["retry-after"]) > 0
    assert Event.objects.filter(name="challenge.missed").count() == 5
    assert consent(visitor).status_code == 429
    assert not Consent.objects.exists()


def test_d2_agreed_to_again_the_older_one_ends(visit: Visit, later: Later) -> None:
    visitor = visit("tess")
    consent(visitor)
    later(STEP)
    assert consent(visitor, days="365").status_code == 303
    assert Consent.objects.get(status="given").until > read_clock() + timedelta(days=360)
    assert Event.objects.get(name="consent.withdrawn").reason == "replaced"


def test_d2_one_that_ran_out_can_be_given_anew(visit: Visit, later: Later) -> None:
    visitor = visit("tess")
    consent(visitor)
    Consent.objects.update(until=read_clock())
    later(STEP)
    assert not _page(visitor).says(say("beforehand.standing"))
    assert consent(visitor).status_code == 303
    assert Event.objects.get(name="consent.withdrawn").reason == "ran_out"


def test_d2_taken_back_with_one_click_and_no_code(visit: Visit) -> None:
    visitor, other = visit("tess"), visit("sam")
    consent(visitor)
    path = f"/account/consents/{Consent.objects.get().pk}/withdraw/"
    assert other.client.post(path).status_code == 404
    assert visitor.client.get(path).status_code == 405
    assert visitor.client.post(path).status_code == 303
    found = Consent.objects.get()
    assert (found.status, found.withdrawn_at is not None) == ("withdrawn", True)
    assert visitor.client.post(path).status_code == 409
    assert not _page(visitor).says(say("beforehand.standing"))


def test_d2_what_no_rule_asks_for_any_more_can_still_be_taken_back(visit: Visit) -> None:
    visitor = visit("tess")
    consent(visitor)
    start = SHIPPED.index("  - id: medium.consented")
    rules = SHIPPED[:start] + SHIPPED[SHIPPED.index("  - id: medium.available.urgent") :]
    activate(rules)
    page = _page(visitor)
    assert page.says(say("beforehand.resting"))
    assert f"/account/consents/{Consent.objects.get().pk}/withdraw/" in page.forms
    assert not page.says(say("beforehand.open"))


def test_d2_the_span_is_that_of_the_policy_in_force(visit: Visit) -> None:
    activate(SHIPPED.replace("confirm_within: 1d", "confirm_within: 2h"))
    page = _page(visit("tess"))
    assert page.says(say("beforehand.within", span="2 hours"))


def test_d9_the_explanation_says_that_it_was_agreed_to_even_where_that_is_not_enough(
    payroll: Application, visit: Visit
) -> None:
    visitor = visit("tess")
    body = {"type": KIND, "subject": "tess", "payload": {"address": "Here 1"}}

    def agreed() -> Any:
        return payroll.call("POST", "decisions/", body).json()["explanation"]["inputs"]["consent"]

    assert agreed() == "none"
    assert consent(visitor).status_code == 303
    assert agreed() == "given"
