"""Policy versions at the console: written, signed, activated, refused, over HTTP (D3, F24)."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.http import HttpResponse

from identity.active_policy import active_policy
from identity.messages import say
from identity.models import PolicyVersion, SignOff
from identity.policy.facts import SPACE_SIZE
from identity.policy_lifecycle import draft_policy, sign_policy
from tests.console.conftest import Colleague, has_text, nobody, says
from tests.policy.conftest import (
    AUTHOR,
    BROKEN,
    SHIPPED,
    SIGNERS,
    STRICTER,
    in_review,
    person,
    signed,
    stored,
)
from tests.world.demo import Application

LIST = "identity/policyversion/"
READ = {"read_it": "on"}


def _page(colleague: Colleague, row: PolicyVersion) -> HttpResponse:
    return colleague.get(f"{LIST}{row.pk}/change/")


def _act(colleague: Colleague, row: PolicyVersion, name: str, **fields: str) -> HttpResponse:
    sent = {f"{name}-{field}": value for field, value in fields.items()}
    return colleague.post(f"{LIST}{row.pk}/{name}/", **sent)


def _offered(answer: HttpResponse) -> set[str]:
    return set(re.findall(r'action="/admin/identity/policyversion/\d+/(\w+)/"', _text(answer)))


def _text(answer: HttpResponse) -> str:
    return unescape(answer.content.decode())


def test_d3_from_a_draft_to_decisions(
    payroll: Application, staff: Callable[[str], Colleague]
) -> None:
    author = staff(AUTHOR)
    assert says(author.get(LIST), "console.policy.new")
    blank = author.get(f"{LIST}draft/")
    assert SHIPPED in _text(blank)
    answer = author.post(f"{LIST}draft/", document=STRICTER.replace("\n", "\r\n"))
    row = PolicyVersion.objects.latest("number")
    assert (answer.status_code, answer["Location"]) == (302, f"/admin/{LIST}{row.pk}/change/")
    assert (row.document, row.author, row.status) == (STRICTER, author.user, "draft")
    page = _page(author, row)
    assert _offered(page) == {"submit_policy"}
    assert says(page, "console.policy.difference.against", number=1)
    assert has_text(page, say("policy.difference.direction.stricter"))
    assert says(page, "console.policy.proof")
    assert has_text(page, f"{SPACE_SIZE:,}")
    assert _act(author, row, "submit_policy").status_code == 302
    for area, name in SIGNERS.items():
        colleague = staff(name)
        assert f"sign_{area}" in _offered(_page(colleague, row))
        assert _act(colleague, row, f"sign_{area}", **READ).status_code == 302
        page = _page(colleague, row)
        assert f"sign_{area}" not in _offered(page)
        assert has_text(page, name)
    assert payroll.ask("avery").json()["decision"]["policy_version"] == 1
    assert "activate_policy" in _offered(_page(staff("security1"), row))
    assert _act(staff("security1"), row, "activate_policy", **READ).status_code == 302
    decided = payroll.ask("tess").json()
    assert (decided["status"], decided["decision"]["policy_version"]) == ("blocked", row.number)
    for number in (1, row.number):
        over = PolicyVersion.objects.get(number=number)
        assert _offered(_page(staff("admin"), over)) == set()


def test_d3_nothing_is_signed_without_having_read(staff: Callable[[str], Colleague]) -> None:
    row = in_review()
    assert _act(staff("product1"), row, "sign_product").status_code == 422
    assert not row.sign_offs.exists()


def test_d3_the_author_is_offered_no_signature(staff: Callable[[str], Colleague]) -> None:
    row = in_review()
    assert _offered(_page(staff(AUTHOR), row)) == {"return_policy"}
    answer = _act(staff(AUTHOR), row, "sign_security", **READ)
    assert answer.status_code == 409
    assert says(answer, "error.author_may_not_sign.detail")
    assert not row.sign_offs.exists()


def test_d3_one_area_a_person(staff: Callable[[str], Colleague]) -> None:
    row = in_review()
    sign_policy(row.number, "product", by=person("admin"))
    answer = _act(staff("admin"), row, "sign_support", **READ)
    assert answer.status_code == 409
    assert says(answer, "error.signed_already.detail")
    assert list(row.sign_offs.values_list("area", flat=True)) == ["product"]


def test_d3_missing_signatures_are_named(staff: Callable[[str], Colleague]) -> None:
    row = in_review()
    sign_policy(row.number, "product", by=person("product1"))
    answer = _act(staff("security1"), row, "activate_policy", **READ)
    assert answer.status_code == 409
    areas = "Security, Compliance, Support"
    assert says(answer, "error.sign_offs_missing.detail", areas=areas)
    assert active_policy().number == 1


def test_d3_the_second_of_two_activations_is_told(staff: Callable[[str], Colleague]) -> None:
    first, second = signed(), signed(STRICTER + "# another\n")
    assert _act(staff("security1"), first, "activate_policy", **READ).status_code == 302
    answer = _act(staff("security2"), second, "activate_policy", **READ)
    assert answer.status_code == 409
    assert says(answer, "error.policy_superseded.detail", number=second.number)
    assert active_policy().number == first.number


def test_d4_a_broken_guardrail_is_said_where_it_is_submitted(
    staff: Callable[[str], Colleague],
) -> None:
    row = draft_policy(BROKEN, by=person(AUTHOR))
    answer = _act(staff(AUTHOR), row, "submit_policy")
    assert answer.status_code == 422
    assert has_text(answer, "“let.everything.through” ")
    assert stored(row)["status"] == "draft"


@pytest.mark.parametrize(
    ("wrong", "line"),
    [
        ('version_name: "x"\nversion_name: "y"\n', 2),
        (SHIPPED.replace("because: [unforeseen]", "because: [perhaps]"), SHIPPED.count("\n")),
        ("<script>alert(1)</script>", 1),
        ("version_name: \t", 1),
    ],
)
def test_d3_a_text_that_does_not_read_stays_in_the_form(
    staff: Callable[[str], Colleague], wrong: str, line: int
) -> None:
    count = PolicyVersion.objects.count()
    answer = staff(AUTHOR).post(f"{LIST}draft/", document=wrong)
    assert answer.status_code == 422
    assert has_text(answer, f"Line {line}, column ")
    assert wrong in _text(answer)
    assert b"<script>alert" not in answer.content
    assert PolicyVersion.objects.count() == count


def test_d3_a_returned_draft_is_edited_by_its_author(staff: Callable[[str], Colleague]) -> None:
    row = signed()
    answer = _act(staff("support1"), row, "return_policy", reason="Say why it is blocked.")
    assert answer.status_code == 302
    assert not SignOff.objects.filter(policy=row).exists()
    page = _page(staff(AUTHOR), row)
    assert has_text(page, "Say why it is blocked.")
    assert has_text(page, f"/{LIST}{row.pk}/edit/")
    edited = STRICTER + "# why\n"
    sent = {"document": edited, "made_from": row.digest}
    assert staff(AUTHOR).post(f"{LIST}{row.pk}/edit/", **sent).status_code == 302
    assert stored(row)["document"] == edited
    assert not has_text(_page(staff("product1"), row), f"/{LIST}{row.pk}/edit/")
    refused = staff("product1").post(f"{LIST}{row.pk}/edit/", document=SHIPPED)
    assert refused.status_code == 403
    assert stored(row)["document"] == edited


@pytest.mark.parametrize("field", ["return_policy", "edit", "draft"])
def test_an_empty_form_changes_nothing(staff: Callable[[str], Colleague], field: str) -> None:
    row = in_review() if field == "return_policy" else draft_policy(STRICTER, by=person(AUTHOR))
    before, count = stored(row), PolicyVersion.objects.count()
    address = f"{LIST}draft/" if field == "draft" else f"{LIST}{row.pk}/{field}/"
    assert staff(AUTHOR).post(address).status_code == 422
    assert (stored(row), PolicyVersion.objects.count()) == (before, count)


MAY: dict[str, set[str]] = {
    "support1": {"return_policy", "sign_support"},
    "security1": {
        "draft",
        "submit_policy",
        "return_policy",
        "sign_security",
        "activate_policy",
    },
    "compliance1": {"draft", "submit_policy", "return_policy", "sign_compliance"},
    "product1": {"draft", "submit_policy", "return_policy", "sign_product"},
    "legal1": set(),
    "auditor1": set(),
    "avery": set(),
}
ROUTES = (
    "submit_policy",
    "return_policy",
    "activate_policy",
    *(f"sign_{each}" for each in SIGNERS),
)


@pytest.mark.parametrize("name", MAY)
def test_f24_each_role_has_its_own_routes_and_no_other(
    staff: Callable[[str], Colleague], visit: Callable[[str], Any], name: str
) -> None:
    row = draft_policy(STRICTER, by=person(AUTHOR))
    client = visit(name).client if name == "avery" else staff(name).client
    nothing = 404 if name == "avery" else 403
    before, count = stored(row), PolicyVersion.objects.count()
    for route in ROUTES:
        answer = client.post(f"/admin/{LIST}{row.pk}/{route}/", {"route": route})
        if route in MAY[name]:
            assert answer.status_code != nothing, route
        else:
            assert (answer.status_code, stored(row)) == (nothing, before), route
        row.refresh_from_db()
        before = stored(row)
    for method in (client.get, client.post):
        assert method(f"/admin/{LIST}{row.pk}/edit/").status_code == nothing
    for answer in (client.get(f"/admin/{LIST}draft/"), client.post(f"/admin/{LIST}draft/")):
        assert (answer.status_code == nothing) is ("draft" not in MAY[name])
    assert PolicyVersion.objects.count() == count


def test_f24_nobody_is_sent_to_sign_in() -> None:
    row = in_review()
    for route in (*ROUTES, "edit"):
        answer = nobody().post(f"/admin/{LIST}{row.pk}/{route}/")
        assert answer.status_code == 302
        assert answer["Location"].startswith("/sign-in/")
    assert stored(row)["status"] == "review"


@pytest.mark.parametrize("route", ["draft", "99/edit", "x/edit", "99/sign_product"])
def test_what_is_not_there_is_not_there(staff: Callable[[str], Colleague], route: str) -> None:
    expected = 200 if route == "draft" else 404
    assert staff("admin").get(f"{LIST}{route}/").status_code == expected


def test_d3_a_stale_page_is_told(staff: Callable[[str], Colleague]) -> None:
    row = in_review()
    answer = _act(staff(AUTHOR), row, "submit_policy")
    assert answer.status_code == 409
    assert says(answer, "error.illegal_transition.detail")
