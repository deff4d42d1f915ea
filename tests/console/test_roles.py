"""Every role against every route and method: what a role does not say, it does not have (F24)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.admin.utils import quote
from django.contrib.auth.models import Group, Permission
from django.db.models import Model

from config.lifecycle import read_clock
from fallbacks.models import Escalation, Incident, OutboundMessage, VerificationCase
from identity.actions.reviewing import ask_support
from identity.admin.site import PAGES, console
from identity.models import (
    Action,
    ActionType,
    Delivery,
    Endpoint,
    Evidence,
    Session,
    SweepAttempt,
    User,
)
from identity.roles import ROLES, sync_roles
from identity.webhooks.outbox import tell_application
from presence.models import Signal
from tests.console.conftest import Colleague, blocked
from tests.world.demo import Application

WHO = {
    "support1": "support",
    "security1": "security",
    "compliance1": "compliance",
    "product1": "product",
    "legal1": "legal",
    "auditor1": "auditor",
}
ACTS = {
    "fallbacks/escalation/{pk}/resolve/": (Escalation, "fallbacks.resolve_escalation"),
    "fallbacks/escalation/{pk}/override/": (Escalation, "presence.override_quiet"),
    "fallbacks/verificationcase/{pk}/propose/": (VerificationCase, "fallbacks.propose_case"),
    "fallbacks/verificationcase/{pk}/confirm/": (VerificationCase, "fallbacks.decide_case"),
    "fallbacks/verificationcase/{pk}/refuse/": (VerificationCase, "fallbacks.propose_case"),
    "identity/session/{pk}/revoke/": (Session, "identity.change_session"),
    "identity/delivery/{pk}/send_again/": (Delivery, "identity.change_delivery"),
    "fallbacks/outboundmessage/{pk}/send_message_again/": (
        OutboundMessage,
        "fallbacks.change_outboundmessage",
    ),
    "identity/sweepattempt/{pk}/requeue/": (SweepAttempt, "identity.change_sweepattempt"),
    "identity/endpoint/{pk}/open_endpoint/": (Endpoint, "identity.change_endpoint"),
    "fallbacks/incident/{pk}/close/": (Incident, "fallbacks.change_incident"),
}
CONFIGURED = {"user", "actiontype", "application"}
"""What the configuration role edits."""
SPOKEN_FOR = {"incident"}
"""What security staff edit, besides the configuration role."""


@pytest.fixture
def furnished(payroll: Application) -> None:
    """At least one row of everything that the console shows."""
    blocked(payroll)
    answer = payroll.ask("kai")
    ask_support(answer.json()["id"], user=User.objects.get(username="kai"))
    pending = payroll.ask("avery").json()["id"]
    action = Action.objects.get(pk=pending)
    now = read_clock()
    tell_application(action, "action.blocked", now)
    SweepAttempt.objects.create(
        action=action, status="quarantined", count=5, last_error="RuntimeError", last_at=now
    )
    Endpoint.objects.create(application=action.application, changed_at=now)
    Evidence.objects.create(
        user=action.subject, factor="totp", aal=2, verified_at=now, expires_at=now
    )
    Signal.objects.get_or_create(
        subject=action.subject,
        kind="heartbeat",
        source="page",
        defaults={"observed_at": now, "received_at": now},
    )
    OutboundMessage.objects.create(
        subject=action.subject,
        channel="email",
        kind="notice",
        urgency="notice",
        status="quarantined",
        attempts=5,
        last_answer="smtp_451",
        created_at=now,
        ended_at=now,
    )
    Incident.objects.create(
        title="Codes are slow", mode="normal", fails="Codes", works="All else", what_to_do="Wait"
    )
    LogEntry.objects.create(user=action.subject, action_flag=2, object_repr="x", change_message="")


def _row(model: type[Model]) -> Model:
    row = model._default_manager.first()
    assert row is not None, f"no {model.__name__} to look at"
    return row


def _path(model: type[Model], tail: str = "") -> str:
    return f"{model._meta.app_label}/{model._meta.model_name}/{tail}"


def _key(row: Model) -> str:
    return quote(str(row.pk))


def _may(role: str | None, permission: str) -> bool:
    return role is None or permission in ROLES[role]


@pytest.mark.parametrize("name", [*WHO, "admin"])
def test_f24_pages_of_each_role(
    furnished: None, staff: Callable[[str], Colleague], name: str
) -> None:
    colleague, role = staff(name), WHO.get(name)
    for model in PAGES:
        view = f"{model._meta.app_label}.view_{model._meta.model_name}"
        expected = 200 if _may(role, view) else 403
        for address in (_path(model), _path(model, f"{_key(_row(model))}/change/")):
            assert colleague.get(address).status_code == expected, (name, address)


@pytest.mark.parametrize("name", [*WHO, "admin"])
def test_f24_nothing_is_added_changed_or_deleted_by_a_direct_post(
    furnished: None, staff: Callable[[str], Colleague], name: str
) -> None:
    colleague, role = staff(name), WHO.get(name)
    for model in PAGES:
        kind = str(model._meta.model_name)
        row, count = _row(model), model._default_manager.count()
        speaks = kind in SPOKEN_FOR and (role is None or role == "security")
        configures = kind in CONFIGURED and role is None
        for tail in ("add/", f"{_key(row)}/change/", f"{_key(row)}/delete/"):
            if tail.endswith(("add/", "change/")) and speaks:
                continue
            if tail.endswith("change/") and configures:
                continue
            if tail.endswith("add/") and configures and model is ActionType:
                continue
            answer = colleague.post(_path(model, tail), post="yes", title="x", name="x")
            assert answer.status_code == 403, (name, model, tail)
        listed = {"action": "delete_selected", "_selected_action": str(row.pk), "post": "yes"}
        answer = colleague.post(_path(model), **listed)
        assert answer.status_code in (200, 302, 403), (name, model)
        assert model._default_manager.count() == count or model is LogEntry, (name, model)


@pytest.mark.parametrize("name", [*WHO, "admin"])
def test_f24_acts_refuse_whoever_does_not_hold_them(
    furnished: None, staff: Callable[[str], Colleague], name: str
) -> None:
    colleague, role = staff(name), WHO.get(name)
    for address, (model, permission) in ACTS.items():
        row = _row(model)
        before = model._default_manager.filter(pk=row.pk).values().get()
        answer = colleague.post(address.format(pk=_key(row)), verdict="deny")
        if _may(role, permission):
            assert answer.status_code in (302, 409, 422), (name, address, answer.status_code)
            continue
        assert answer.status_code == 403, (name, address)
        assert model._default_manager.filter(pk=row.pk).values().get() == before, (name, address)


@pytest.mark.parametrize("name", ["security1", "admin"])
def test_acts_are_inert_to_get(
    furnished: None, staff: Callable[[str], Colleague], name: str
) -> None:
    colleague = staff(name)
    for address, (model, _permission) in ACTS.items():
        row = _row(model)
        before = model._default_manager.filter(pk=row.pk).values().get()
        assert colleague.get(address.format(pk=_key(row))).status_code == 302
        assert model._default_manager.filter(pk=row.pk).values().get() == before


def test_what_is_not_there_is_404(furnished: None, staff: Callable[[str], Colleague]) -> None:
    colleague = staff("admin")
    none = "5f5194ea-afcc-4af3-8948-03146b94ecc0"
    for address in (
        f"fallbacks/escalation/{none}/change/",
        f"fallbacks/escalation/{none}/resolve/",
        "fallbacks/escalation/xyz/change/",
        "identity/policyversion/99999999999999999999/change/",
        f"fallbacks/incident/{none}/close/",
        f"identity/action/{_key(_row(Action))}/history/",
    ):
        assert colleague.get(address).status_code == 404, address


def test_every_page_declares_what_it_lets_through() -> None:
    for model, page in console._registry.items():
        assert type(page) is PAGES[model]
        assert not page.actions, model


def test_roles_are_exactly_what_they_say(demo: None) -> None:
    extra = Permission.objects.get(codename="delete_event")
    Group.objects.get(name="auditor").permissions.add(extra)
    sync_roles()
    sync_roles()
    for name, permissions in ROLES.items():
        held = Group.objects.get(name=name).permissions.values_list(
            "content_type__app_label", "codename"
        )
        assert {".".join(each) for each in held} == permissions, name


def test_no_role_edits_the_record_or_the_rules() -> None:
    rows = {"event", "decision", "evidence", "challenge", "action", "policyversion", "logentry"}
    for name, permissions in ROLES.items():
        for permission in permissions:
            verb, _, model = permission.partition(".")[2].partition("_")
            assert verb == "view" or model not in rows, (name, permission)
            assert verb != "delete", (name, permission)


def test_a_role_with_an_unknown_permission_is_an_error(
    demo: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("identity.roles.ROLES", {"support": frozenset({"identity.view_nothing"})})
    with pytest.raises(LookupError):
        sync_roles()


def test_an_unfinished_migration_leaves_roles_alone() -> None:
    class Bare:
        def get_model(self, app: str, model: str) -> Any:
            raise LookupError

    sync_roles(apps=Bare())
