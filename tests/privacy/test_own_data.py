"""A person sees, takes, corrects and deletes their presence data in the browser (P7)."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import fields
from datetime import timedelta

import pytest
from django.test import Client

from config.lifecycle import read_clock
from identity.messages import has, say
from presence.models import Preference, Presence, Signal, SignalSource
from presence.purposes import Purpose
from presence.rights import Correction
from tests.pages.reading import Page, check_shape
from tests.privacy.knowing import known, person, told
from tests.world.demo import Application, Visitor, stored

pytestmark = pytest.mark.django_db

Visit = Callable[[str], Visitor]
PAGES = (
    "/presence/data/",
    "/presence/data/download/",
    "/presence/data/delete/",
    "/presence/inventory/",
)


def test_p7_everything_is_shown_in_words(payroll: Application, visit: Visit) -> None:
    payroll.signal("tess", "network", "lost")
    page = Page(visit("tess").client.get("/presence/data/"))
    check_shape(page)
    assert page.says(say("data.kind.network"))
    assert page.says(say("data.said.lost"))
    concluded = Presence.objects.get(subject__username="tess")
    assert page.says(say(f"availability.{concluded.status}.title"))
    assert page.says(say("data.field.presence_consent"))
    assert "Europe/Lisbon" in page.text
    assert '<td role="cell" data-label="What">' in page.text


def test_p4_silence_by_choice_is_called_so_everywhere(visit: Visit) -> None:
    """Not "we are not sure": it is them who chose it."""
    visitor = visit("noor")
    page = Page(visitor.client.get("/presence/"))
    assert page.says(f"{say('presence.phone.quiet')} {say('availability.reason.do_not_disturb')}")
    assert page.says(say("presence.any_hour"))
    assert not page.says(say("presence.phone.no"))
    page = Page(visitor.client.get("/presence/data/"))
    assert page.says(say("data.status.quiet"))
    assert not page.says(say("availability.delayed.title"))


@pytest.mark.parametrize("name", ["avery", "tess", "sam", "noor"])
def test_p7_whoever_is_not_known_to_be_there_can_say_so_first(visit: Visit, name: str) -> None:
    page = visit(name).client.get("/presence/").content.decode()
    assert page.count('action="/presence/here/"') == 1
    before_all_else = page.index('action="/presence/here/"') < page.index('id="means"')
    assert before_all_else == (name != "avery")


def test_p7_nothing_is_asked_for_that_may_not_be_stored(visit: Visit) -> None:
    visitor = visit("tess")
    visitor.client.post("/presence/consent/", {"purpose": "reachability", "given": "no"})
    page = Page(visitor.client.get("/presence/"))
    check_shape(page)
    assert "/presence/here/" not in page.text
    assert page.says(say("presence.any_hour"))


def test_p7_older_signals_are_a_page_away(visit: Visit) -> None:
    user, now = person("tess"), read_clock()
    Signal.objects.filter(subject=user).delete()
    Signal.objects.bulk_create(
        Signal(
            subject=user,
            kind="heartbeat",
            value="background",
            source=SignalSource.PAGE,
            observed_at=now - timedelta(minutes=number),
            received_at=now - timedelta(minutes=number),
        )
        for number in range(120)
    )
    visitor, seen, address = visit("tess"), 0, "/presence/data/"
    while address:
        page = Page(visitor.client.get(address))
        check_shape(page)
        seen += page.text.count('data-label="Came"')
        address = next(
            ("/presence/data/" + each for each in page.links if each.startswith("?before=")), ""
        )
    assert seen == 120
    assert visitor.client.get("/presence/data/?before=x").status_code == 302


def test_p7_the_copy_is_a_file_with_every_column(payroll: Application, visit: Visit) -> None:
    payroll.signal("tess", "network", "lost")
    answer = visit("tess").client.get("/presence/data/download/")
    assert answer.headers["content-disposition"].startswith("attachment")
    assert "no-store" in answer.headers["cache-control"]
    found = json.loads(answer.content)
    assert found["subject"] == "tess"
    assert {"signals", "concluded", "choices", "consents", "channels", "history"} <= set(found)
    assert [each[::2] for each in told("tess")] == [("presence.exported", "tess")]


def test_p7_looking_whether_the_file_is_there_hands_nothing_out(visit: Visit) -> None:
    assert visit("tess").client.head("/presence/data/download/").status_code == 200
    assert told("tess") == []


def test_p7_deletion_asks_once_more(payroll: Application, visit: Visit) -> None:
    action = payroll.ask("tess").json()
    visitor = visit("tess")
    page = Page(visitor.client.get("/presence/data/delete/"))
    check_shape(page)
    assert page.heading == say("erase.heading")
    assert known("tess") != (0, False)
    assert visitor.client.post("/presence/data/delete/").status_code == 303
    assert known("tess") == (0, False)
    page = Page(visitor.client.get("/presence/data/"))
    check_shape(page)
    assert page.says(say("erase.done"))
    assert page.says(say("data.concluded.none"))
    assert page.says(say("data.signals.none"))
    assert page.says(say("event.presence.deleted"))
    assert stored(action["id"]).status == "queued"
    visitor.verify(action["id"])
    assert stored(action["id"]).status in ("approved", "committed")


def test_p7_the_record_says_what_was_decided(visit: Visit) -> None:
    """Which purpose, which choice: one sentence for each there is."""
    parts = {each.name for each in fields(Correction)} - {"withdraw", "without"}
    ids = [f"presence.corrected.{part}" for part in parts] + [
        f"presence.{done}.{purpose}" for done in ("consented", "withdrawn") for purpose in Purpose
    ]
    assert all(has(f"event.{each}") for each in ids), ids
    visitor = visit("tess")
    visitor.client.post("/presence/consent/", {"purpose": "metrics", "given": "no"})
    visitor.client.post("/presence/zone/", {"zone": "Asia/Tokyo"})
    page = Page(visitor.client.get("/presence/data/"))
    assert page.says(say("event.presence.withdrawn.metrics"))
    assert page.says(say("event.presence.corrected.zone"))


def test_p7_a_wrong_conclusion_is_corrected(payroll: Application, visit: Visit) -> None:
    visitor = visit("sam")
    assert Presence.objects.get(subject__username="sam").status == "unreachable"
    visitor.client.post("/presence/here/")
    assert Presence.objects.get(subject__username="sam").status == "available"
    assert told("sam") == [("presence.corrected", "here", "sam")]


def test_p7_a_choice_is_a_correction_too(visit: Visit) -> None:
    visit("tess").client.post("/presence/zone/", {"zone": "Asia/Tokyo"})
    assert told("tess") == [("presence.corrected", "zone", "tess")]
    assert Preference.objects.get(subject__username="tess").zone == "Asia/Tokyo"


def test_p7_everybody_sees_and_deletes_their_own_only(visit: Visit) -> None:
    tess, avery = visit("tess"), visit("avery")
    mine, theirs = known("tess"), known("avery")
    found = json.loads(avery.client.get("/presence/data/download/?subject=tess").content)
    assert found["subject"] == "avery"
    newest = Signal.objects.filter(subject__username="tess").latest("pk")
    page = Page(avery.client.get(f"/presence/data/?before={newest.pk + 1}"))
    assert page.text.count('data-label="Came"') <= theirs[0]
    avery.client.post("/presence/data/delete/", {"subject": "tess"})
    assert (known("tess"), known("avery")) == (mine, (0, False))
    assert told("tess") == []
    assert tess.client.get("/presence/data/").status_code == 200


@pytest.mark.parametrize("address", PAGES)
def test_p7_only_for_who_is_signed_in(demo: None, address: str) -> None:
    answer = Client().get(address)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/sign-in/")


@pytest.mark.parametrize("address", [*PAGES, "/presence/consent/", "/presence/channels/"])
def test_p7_nothing_is_changed_without_its_proof_of_origin(visit: Visit, address: str) -> None:
    visitor = visit("tess")
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = visitor.client.cookies
    before = known("tess")
    assert strict.post(address, {"purpose": "reachability", "given": "no"}).status_code == 403
    assert known("tess") == before
