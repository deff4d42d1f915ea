"""What is stored about people, why and for how long: whole, and true to the models (P6, P7)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps
from django.http import HttpResponse

from identity.inventory import BORROWED, DECLARED, Kept, Table, entries, kinds, undeclared
from identity.messages import has, say
from identity.models import User
from tests.console.conftest import Colleague, staff
from tests.pages.reading import Page, check_shape
from tests.world.demo import Application, Visitor

__all__ = ["staff"]

pytestmark = pytest.mark.django_db

OURS = ("presence", "fallbacks", "identity", "config")
TELLING = {"username", "ip_address", "user_agent", "session_data", "email"}
"""Names of columns that hold something about a person without pointing to one."""


def test_p6_every_column_is_declared_once() -> None:
    assert undeclared() == []


@pytest.mark.parametrize(
    ("technical", "found"),
    [
        ("", "identity.Device.version"),  # declared by nobody
        ("version colour", "identity.Device.colour"),  # not there any more
        ("version name", "identity.Device.name"),  # personal and not personal at once
    ],
)
def test_p6_a_column_that_is_not_declared_right_is_found(
    monkeypatch: pytest.MonkeyPatch, technical: str, found: str
) -> None:
    before = set(undeclared())
    device = Table(DECLARED["identity.Device"].personal, technical)
    monkeypatch.setattr(
        "identity.inventory.stored.DECLARED", {**DECLARED, "identity.Device": device}
    )
    assert set(undeclared()) - before == {found}


def test_p6_a_table_that_nobody_declared_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    rest = {label: table for label, table in DECLARED.items() if label != "presence.Signal"}
    monkeypatch.setattr("identity.inventory.stored.DECLARED", rest)
    assert {"presence.Signal.kind", "presence.Signal.subject"} <= set(undeclared())


def test_p6_every_column_that_points_to_a_person_is_personal() -> None:
    personal = {(entry.table, entry.column) for entry in entries()}
    for app in OURS:
        for model in apps.get_app_config(app).get_models():
            for field in model._meta.concrete_fields:
                if field.related_model is User:
                    assert (model._meta.label, field.name) in personal, field


def test_p6_every_table_of_a_library_about_people_is_named() -> None:
    found = {
        model._meta.label
        for model in apps.get_models()
        if model._meta.app_label not in OURS
        and any(
            field.related_model is User or field.name in TELLING
            for field in model._meta.concrete_fields
        )
    }
    assert found <= set(BORROWED)
    assert {"axes.AccessAttempt", "otp_totp.TOTPDevice", "sessions.Session"} <= set(BORROWED)


def test_p6_every_kind_has_its_words() -> None:
    every: list[Kept] = [entry.kept for entry in entries()]
    assert len(every) > 150
    for kept in every:
        for part in ("what", "why", "kept"):
            assert has(f"inventory.{part}.{getattr(kept, part)}"), kept


def test_p7_the_copy_covers_all_of_presence(payroll: Application) -> None:
    payroll.signal("tess", "heartbeat")
    copy = payroll.call("GET", "subjects/tess/presence/").json()
    tables: dict[str, dict[str, Any]] = {
        "presence.Signal": copy["signals"][0],
        "presence.Presence": copy["concluded"],
        "presence.Preference": copy["choices"] | copy["consents"] | copy["channels"],
    }
    declared = {
        (entry.table, entry.column) for entry in entries() if entry.table.startswith("presence.")
    }
    assert {table for table, _ in declared} == set(tables)
    whose = {"subject"}  # stands around the copy, once
    for table, column in declared:
        assert column in tables[table] or column in whose, (table, column)
    assert copy["subject"] == "tess"


def test_p7_every_column_of_presence_has_a_label() -> None:
    for entry in entries():
        if entry.table.startswith("presence.") and entry.column != "subject":
            assert has(f"data.field.{entry.column}"), entry


def test_p7_what_we_store_about_you(demo: None, visit: Callable[[str], Visitor]) -> None:
    visitor = visit("tess")
    page = Page(visitor.client.get("/presence/inventory/"))
    check_shape(page)
    for kept in kinds(staff=False):
        assert page.says(say(f"inventory.what.{kept.what}"))
    assert not page.says(say("inventory.what.staff_policy"))
    assert not page.says(say("inventory.what.unused"))
    assert "/presence/inventory/" in Page(visitor.client.get("/account/")).links
    assert "/presence/inventory/" in Page(visitor.client.get("/presence/")).links
    mine = Page(visit("auditor1").client.get("/presence/inventory/"))
    assert mine.says(say("inventory.what.staff_policy"))


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("auditor1", 200),
        ("admin", 200),
        ("support1", 403),
        ("security1", 403),
        ("legal1", 403),
    ],
)
def test_p6_auditors_see_every_column(
    staff: Callable[[str], Colleague], name: str, status: int
) -> None:
    answer: HttpResponse = staff(name).get("inventory/")
    assert answer.status_code == status
    text = answer.content.decode()
    if status == 200:
        assert all(entry.column in text for entry in entries())
        assert all(label in text for label in BORROWED)
    else:
        assert "payload_fingerprint" not in text
    assert staff(name).post("inventory/").status_code == (405 if status == 200 else 403)


def test_p6_the_inventory_is_not_there_for_others(
    demo: None, visit: Callable[[str], Visitor]
) -> None:
    assert visit("tess").client.get("/admin/inventory/").status_code == 404
