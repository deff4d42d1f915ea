"""What everybody may read, in calm and in an outage (O5); and every error in words."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client, RequestFactory

from config.lifecycle import read_clock
from fallbacks.models import Incident, IncidentUpdate
from identity.messages import say
from identity.pages.failures import locked_out, server_error
from tests.pages.reading import Page, check_shape
from tests.world.demo import Visitor

Visit = Callable[[str], Visitor]


def incident(**row: object) -> Incident:
    """An open incident."""
    return Incident.objects.create(
        **{
            "title": "Codes by text are late",
            "mode": "degraded",
            "fails": "About 4 in 10 texts come late.",
            "works": "Codes from an app work.",
            "what_to_do": "Use your app.",
            "next_update_at": read_clock() + timedelta(hours=1),
            **row,
        }
    )


@pytest.mark.django_db
def test_o5_in_calm_everything_works() -> None:
    page = Page(Client().get("/status/"))
    check_shape(page)
    assert page.heading == say("status.heading.normal")


@pytest.mark.django_db
def test_o5_an_outage_is_told_in_its_own_sentences() -> None:
    row = incident()
    IncidentUpdate.objects.create(incident=row, title="Getting better.", text="9 in 10 arrive.")
    page = Page(Client().get("/status/"))
    check_shape(page)
    assert page.heading == row.title
    for sentence in (row.fails, row.works, row.what_to_do, "9 in 10 arrive."):
        assert page.says(sentence)
    assert page.says("UTC")


@pytest.mark.django_db
def test_o5_several_at_once_are_counted() -> None:
    incident()
    incident(title="Sign-in is slow", mode="normal")
    page = Page(Client().get("/status/"))
    check_shape(page)
    assert page.heading == say("status.heading.several", count=2)


@pytest.mark.django_db
@pytest.mark.parametrize("mode", ["degraded", "emergency"])
def test_o5_the_banner_stands_on_every_page(visit: Visit, mode: str) -> None:
    visitor = visit("tess")
    incident(mode=mode)
    cache.clear()
    page = Page(visitor.client.get("/presence/"))
    check_shape(page)
    assert page.says(say(f"banner.{mode}"))
    assert page.says(say(f"chrome.services.{mode}"))


@pytest.mark.django_db
def test_u4_help_is_there_for_everybody() -> None:
    page = Page(Client().get("/help/"))
    check_shape(page)
    assert page.says(say("help.people.text"))


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path", ["/nowhere/", "/requests/1/", "/requests/not-a-uuid/", "/sign-in", "/%00/"]
)
def test_u4_an_unknown_address_is_told_in_words(path: str) -> None:
    answer = Client().get(path, follow=False)
    if answer.status_code == 301:
        answer = Client().get(answer.headers["location"])
        assert answer.status_code == 200
        return
    page = Page(answer)
    check_shape(page)
    assert page.status == 404
    assert page.title.startswith(say("title.error"))


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/status/", "/help/", "/sign-in/", "/sign-out/", "/account/"])
def test_u4_a_method_that_is_not_offered_is_405(path: str) -> None:
    answer = Client().put(path)
    assert answer.status_code == 405
    assert answer.headers["allow"].startswith("GET")
    check_shape(Page(answer))


def test_u4_an_error_of_ours_needs_no_database() -> None:
    page = Page(server_error(RequestFactory().get("/")))
    check_shape(page)
    assert page.status == 500
    assert page.heading == say("error.server_error.title")


def test_u4_programs_get_problem_details() -> None:
    answer = server_error(RequestFactory().get("/api/v1/actions/"))
    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.django_db
def test_u4_too_many_tries_is_told_in_words() -> None:
    page = Page(locked_out(RequestFactory().get("/sign-in/")))
    check_shape(page)
    assert page.status == 429


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/status/", "/help/", "/sign-in/"])
def test_u4_pages_are_small_private_and_without_inline_code(path: str) -> None:
    client = Client()
    answer = client.get(path)
    style = b"".join(client.get("/static/holdfast.css").streaming_content)  # type: ignore[attr-defined]
    script = b"".join(client.get("/static/holdfast.js").streaming_content)  # type: ignore[attr-defined]
    assert len(answer.content) + len(style) + len(script) < 60_000
    assert len(script) < 3_000
    assert "no-store" in answer.headers["cache-control"]
    assert "unsafe" not in answer.headers["content-security-policy"]
