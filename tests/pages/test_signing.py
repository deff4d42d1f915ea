"""Signing in and out: local addresses only, the second factor of staff, revoked is over at once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from config.demo.people import password_of
from config.lifecycle import read_clock
from identity.messages import say
from identity.models import Session, User
from identity.sessions import SESSION_KEY
from tests.pages.reading import Page, check_shape
from tests.world.demo import Visitor

pytestmark = pytest.mark.django_db

Visit = Callable[[str], Visitor]


def test_s3_a_guest_is_sent_to_sign_in_and_back(demo: None) -> None:
    client = Client()
    answer = client.get("/presence/")
    assert (answer.status_code, answer.headers["location"]) == (
        303,
        "/sign-in/?next=%2Fpresence%2F",
    )
    page = Page(client.get(answer.headers["location"]))
    check_shape(page)
    assert page.heading == say("sign_in.heading")
    again = client.post(
        "/sign-in/",
        {"username": "avery", "password": password_of("avery"), "next": "/presence/"},
    )
    assert again.headers["location"] == "/presence/"
    assert client.get("/presence/").status_code == 200


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example/",
        "javascript:alert(1)",
        "evil.example",
        "http:///evil.example",
    ],
)
def test_s3_next_is_kept_only_when_it_lies_here(demo: None, elsewhere: str) -> None:
    client = Client()
    form = client.get("/sign-in/", {"next": elsewhere}).content.decode()
    assert "evil" not in form
    assert "javascript:" not in form
    answer = client.post(
        "/sign-in/",
        {"username": "avery", "password": password_of("avery"), "next": elsewhere},
    )
    assert answer.headers["location"] == "/"


@pytest.mark.parametrize(
    ("username", "password"),
    [("avery", "wrong"), ("nobody", "wrong"), ("avery\x07", "wrong"), ("a" * 5000, "b" * 5000)],
)
def test_s3_a_wrong_sign_in_says_the_same_for_everybody(
    demo: None, username: str, password: str
) -> None:
    client = Client()
    answer = client.post("/sign-in/", {"username": username, "password": password})
    page = Page(answer)
    assert page.status == 400
    assert page.title.startswith(say("title.error"))
    assert page.says(say("error.sign_in_failed.detail"))
    assert password not in page.text
    check_shape(page)


def test_s3_an_empty_sign_in_names_the_field(demo: None) -> None:
    page = Page(Client().post("/sign-in/", {"username": "avery"}))
    assert page.status == 400
    assert 'value="avery"' in page.text
    assert page.says(say("error.required.detail"))
    check_shape(page)


def test_f5_many_wrong_passwords_pause_the_account(demo: None) -> None:
    client = Client()
    statuses = [
        client.post("/sign-in/", {"username": "avery", "password": "wrong"}).status_code
        for _ in range(12)
    ]
    assert statuses[0] == 400
    assert statuses[-1] == 429
    page = Page(client.post("/sign-in/", {"username": "avery", "password": password_of("avery")}))
    assert page.status == 429
    assert page.title.startswith(say("title.error"))
    assert page.says(say("error.locked_out.title"))
    check_shape(page)


def test_f25_a_revoked_session_is_over_at_the_next_request(visit: Visit) -> None:
    visitor = visit("avery")
    assert visitor.client.get("/").status_code == 200
    Session.objects.filter(user__username="avery").update(status="revoked")
    answer = visitor.client.get("/sessions/")
    assert (answer.status_code, answer.headers["location"]) == (
        303,
        "/sign-in/?next=%2Fsessions%2F",
    )
    assert "_auth_user_id" not in visitor.client.session


def test_f25_a_sign_in_without_a_session_row_is_no_sign_in(demo: None) -> None:
    client = Client()
    client.force_login(User.objects.get(username="avery"))
    assert client.get("/").status_code == 303


def test_f25_somebody_elses_session_row_is_not_mine(visit: Visit) -> None:
    avery, tess = visit("avery"), visit("tess")
    session = avery.client.session
    session[SESSION_KEY] = tess.client.session[SESSION_KEY]
    session.save()
    assert avery.client.get("/").status_code == 303


def test_s1_last_seen_is_written_at_most_once_a_minute(
    visit: Visit, later: Callable[[timedelta], object]
) -> None:
    visitor = visit("avery")
    row = Session.objects.get(pk=visitor.client.session[SESSION_KEY])
    later(timedelta(seconds=30))
    visitor.client.get("/help/")
    assert Session.objects.get(pk=row.pk).last_seen_at == row.last_seen_at
    later(timedelta(seconds=31))
    visitor.client.get("/help/")
    assert Session.objects.get(pk=row.pk).last_seen_at > row.last_seen_at


def test_s3_signing_out_takes_a_button(visit: Visit) -> None:
    visitor = visit("avery")
    page = Page(visitor.client.get("/sign-out/"))
    check_shape(page)
    assert visitor.client.get("/").status_code == 200
    answer = visitor.client.post("/sign-out/")
    assert answer.headers["location"] == "/sign-in/"
    assert visitor.client.get("/").status_code == 303
    assert not Session.objects.filter(user__username="avery", status="active", reference="").filter(
        last_seen_at__gt=read_clock() - timedelta(minutes=1)
    )


def test_f24_staff_pass_a_second_factor_before_the_console(demo: None) -> None:
    client = Client()
    answer = client.post(
        "/sign-in/", {"username": "security1", "password": password_of("security1")}
    )
    assert answer.headers["location"] == "/sign-in/code/"
    page = Page(client.get("/sign-in/code/"))
    check_shape(page)
    refused = Page(client.post("/sign-in/code/", {"code": "12"}))
    assert refused.status == 400
    assert refused.title.startswith(say("title.error"))
    assert 'aria-invalid="true"' in refused.text
    check_shape(refused)


def test_f24_the_right_code_opens_the_console(visit: Visit) -> None:
    visitor = visit("security1")
    answer = visitor.client.post("/sign-in/code/", {"code": visitor.code(), "next": "/admin/"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/admin/")
    assert visitor.client.get("/sign-in/code/").headers["location"] == "/admin/"


def test_f24_who_is_not_staff_has_no_business_there(visit: Visit) -> None:
    visitor = visit("avery")
    assert visitor.client.get("/sign-in/code/").headers["location"] == "/"
    assert visitor.client.post("/sign-in/code/", {"code": visitor.code()}).status_code == 303


def test_s3_forms_prove_where_they_come_from(demo: None) -> None:
    client = Client(enforce_csrf_checks=True)
    page = Page(client.post("/sign-in/", {"username": "avery", "password": password_of("avery")}))
    assert page.status == 403
    assert page.says(say("error.csrf_failed.detail"))
    check_shape(page)
