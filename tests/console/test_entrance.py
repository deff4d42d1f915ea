"""Who gets into the console, and where the others are sent (F24: deny by default)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from identity.models import Session, SessionStatus, User
from tests.console.conftest import Colleague, nobody, says
from tests.world.demo import Visitor

ADDRESSES = (
    "",
    "identity/action/",
    "fallbacks/escalation/",
    "identity/user/1/change/",
    "fallbacks/escalation/5f5194ea-afcc-4af3-8948-03146b94eccf/resolve/",
    "identity/session/5f5194ea-afcc-4af3-8948-03146b94eccf/revoke/",
    "fallbacks/incident/add/",
    "jsi18n/",
    "search/",
    "no/such/page/",
)


@pytest.mark.parametrize("method", ["get", "post"])
def test_f24_nobody_is_sent_to_sign_in(demo: None, method: str) -> None:
    client = nobody()
    for address in ADDRESSES:
        answer = getattr(client, method)(f"/admin/{address}")
        assert answer.status_code == 302, address
        assert answer["Location"].startswith("/sign-in/?next=%2Fadmin%2F"), address


@pytest.mark.parametrize("method", ["get", "post"])
def test_f24_end_users_find_nothing(visit: Callable[[str], Visitor], method: str) -> None:
    client = visit("avery").client
    for address in ADDRESSES:
        answer = getattr(client, method)(f"/admin/{address}")
        assert answer.status_code == 404, address
        assert says(answer, "console.stranger.title"), address


@pytest.mark.parametrize("method", ["get", "post"])
def test_f24_staff_without_second_factor_are_asked_for_it(
    visit: Callable[[str], Visitor], method: str
) -> None:
    client = visit("security1").client
    for address in ADDRESSES:
        answer = getattr(client, method)(f"/admin/{address}")
        assert answer.status_code == 302, address
        assert answer["Location"].startswith("/sign-in/code/?next=%2Fadmin%2F"), address


def test_staff_with_second_factor_come_in(staff: Callable[[str], Colleague]) -> None:
    answer = staff("security1").get("")
    assert answer.status_code == 200
    assert says(answer, "console.home.title", name="Robin")


def test_f25_rights_end_with_the_account(staff: Callable[[str], Colleague]) -> None:
    colleague = staff("security1")
    User.objects.filter(username="security1").update(is_staff=False)
    assert colleague.get("").status_code == 404
    User.objects.filter(username="security1").update(is_active=False)
    assert colleague.get("")["Location"].startswith("/sign-in/?")


def test_f25_rights_end_with_the_role(staff: Callable[[str], Colleague]) -> None:
    colleague = staff("security1")
    assert colleague.get("fallbacks/escalation/").status_code == 200
    colleague.user.groups.clear()
    assert colleague.get("fallbacks/escalation/").status_code == 403


def test_a_revoked_session_of_staff_is_out(staff: Callable[[str], Colleague]) -> None:
    colleague = staff("security1")
    Session.objects.filter(user=colleague.user).update(status=SessionStatus.REVOKED)
    assert colleague.get("").status_code == 302


def test_signing_out_ends_our_session_and_only_by_post(staff: Callable[[str], Colleague]) -> None:
    colleague = staff("support1")
    assert colleague.get("logout/").status_code == 405
    assert colleague.get("").status_code == 200
    assert colleague.post("logout/").status_code == 302
    session = Session.objects.get(user=colleague.user)
    assert session.status == SessionStatus.ENDED
    assert colleague.get("").status_code == 302


def test_f12_no_password_is_changed_here(staff: Callable[[str], Colleague]) -> None:
    admin = staff("admin")
    for address in ("password_change/", f"identity/user/{admin.user.pk}/password/"):
        assert admin.get(address).status_code in (302, 404), address
        fields = {"password1": "x" * 20, "password2": "x" * 20}
        assert admin.post(address, **fields).status_code in (302, 403, 404), address
    before = admin.user.password
    admin.post("password_change/", old_password="x", new_password1="y" * 20, new_password2="y" * 20)
    assert admin.user.password == before


def test_no_way_around_the_pages(staff: Callable[[str], Colleague]) -> None:
    admin = staff("admin")
    for address in ("r/1/1/", "identity/", "search/?s=x&page=abc", "search/?s=x&page=99", "no/"):
        assert admin.client.get(f"/admin/{address}").status_code in (302, 404), address
    assert admin.get("search/", s="requests").status_code == 200
    assert admin.get("autocomplete/", term="a", app_label="identity").status_code in (403, 404)


def test_the_console_has_no_sign_in_of_its_own(demo: None) -> None:
    client = nobody()
    fields = {"username": "admin", "password": "x"}
    assert client.post("/admin/login/", fields)["Location"] == "/admin/"
