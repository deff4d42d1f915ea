"""Incidents, sessions, messages and configuration: what staff change, and what they cannot."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group
from django.test import Client

from config.celery import app
from config.lifecycle import read_clock
from fallbacks.incidents import current_mode
from fallbacks.models import Incident
from fallbacks.tasks import send_messages_task, send_prompts_task
from identity.health import LATE, SWEEPS, mark_sweep, sweep_age
from identity.models import (
    Action,
    ActionType,
    Application,
    Delivery,
    DeliveryStatus,
    Event,
    Session,
    SweepRun,
    User,
)
from tests.console.conftest import Colleague, blocked, has_text, says
from tests.world.demo import Application as Caller

WORDS = {
    "title": "Codes arrive late",
    "mode": "degraded",
    "fails": "About 4 in 10 codes arrive late.",
    "works": "Sign-in with an authenticator app.",
    "what_to_do": "Use your authenticator app.",
    "next_update_at_0": "",
    "next_update_at_1": "",
}
NO_UPDATE = {"updates-TOTAL_FORMS": "0", "updates-INITIAL_FORMS": "0"}
UPDATE = {
    "updates-TOTAL_FORMS": "1",
    "updates-INITIAL_FORMS": "0",
    "updates-0-title": "Looking into it",
    "updates-0-text": "The provider confirms the delay.",
}


def _opened(colleague: Colleague) -> Incident:
    answer = colleague.post("fallbacks/incident/add/", **WORDS, **UPDATE)
    assert answer.status_code == 302, answer.content[:3000]
    return Incident.objects.get()


# -- incidents ---------------------------------------------------------------------------------


def test_o5_security_opens_an_incident_with_words_and_closes_it(
    demo: None, staff: Callable[[str], Colleague]
) -> None:
    colleague = staff("security1")
    incident = _opened(colleague)
    assert current_mode() == "degraded"
    assert incident.updates.get().title == "Looking into it"
    status = Client().get("/api/v1/status/").json()
    assert status["incidents"][0]["title"] == WORDS["title"]
    assert says(staff("support1").get(""), "console.home.incident", **_told(incident))
    answer = colleague.post(f"fallbacks/incident/{incident.pk}/close/")
    assert answer.status_code == 302
    assert current_mode() == "normal"
    assert LogEntry.objects.filter(user=colleague.user, object_id=str(incident.pk)).count() == 2


def _told(incident: Incident) -> dict[str, str]:
    return {"title": incident.title, "mode": incident.mode}


def test_closing_twice_says_so_and_keeps_the_first_time(
    demo: None, staff: Callable[[str], Colleague]
) -> None:
    incident = _opened(staff("security1"))
    staff("security1").post(f"fallbacks/incident/{incident.pk}/close/")
    incident.refresh_from_db()
    first = incident.closed_at
    answer = staff("security2").post(f"fallbacks/incident/{incident.pk}/close/")
    page = staff("security2").client.get(answer["Location"])
    assert says(page, "console.incident.close.late", name=incident.title)
    incident.refresh_from_db()
    assert incident.closed_at == first


def test_a_closed_incident_is_history(demo: None, staff: Callable[[str], Colleague]) -> None:
    colleague = staff("security1")
    incident = _opened(colleague)
    colleague.post(f"fallbacks/incident/{incident.pk}/close/")
    changed = {**WORDS, "title": "Nothing happened"}
    answer = colleague.post(f"fallbacks/incident/{incident.pk}/change/", **changed, **NO_UPDATE)
    assert answer.status_code == 403
    incident.refresh_from_db()
    assert incident.title == WORDS["title"]


def test_o2_one_person_does_not_declare_an_emergency(
    demo: None, staff: Callable[[str], Colleague]
) -> None:
    for name in ("security1", "admin"):
        fields = {**WORDS, "mode": "emergency"}
        answer = staff(name).post("fallbacks/incident/add/", **fields, **NO_UPDATE)
        assert answer.status_code == 200
    assert not Incident.objects.exists()


def test_what_was_published_stays_published(demo: None, staff: Callable[[str], Colleague]) -> None:
    colleague = staff("security1")
    incident = _opened(colleague)
    said = incident.updates.get()
    fields = {
        "updates-TOTAL_FORMS": "1",
        "updates-INITIAL_FORMS": "1",
        "updates-0-id": str(said.pk),
        "updates-0-incident": str(incident.pk),
        "updates-0-title": "Never said",
        "updates-0-text": "x",
        "updates-0-DELETE": "on",
    }
    colleague.post(f"fallbacks/incident/{incident.pk}/change/", **WORDS, **fields)
    assert incident.updates.get().title == "Looking into it"


# -- sessions and messages ---------------------------------------------------------------------


def test_s3_security_revokes_a_session_and_its_requests_end(
    payroll: Caller, staff: Callable[[str], Colleague], visit: Callable[[str], Any]
) -> None:
    guest = visit("tess")
    session = Session.objects.filter(user__username="tess").latest("started_at")
    action_id = payroll.ask("tess", session=str(session.pk)).json()["id"]
    colleague = staff("security1")
    assert colleague.post(f"identity/session/{session.pk}/revoke/").status_code == 302
    session.refresh_from_db()
    assert session.status == "revoked"
    assert payroll.get(action_id)["status"] == "cancelled"
    assert guest.client.get("/").status_code in (302, 303)
    told = Event.objects.get(name="session.revoked", object_id=str(session.pk))
    assert told.actor == "security1"
    page = colleague.get(f"identity/session/{session.pk}/change/")
    assert not has_text(page, "/revoke/")


@pytest.fixture
def given_up(payroll: Caller) -> Delivery:
    """A message that the receiver never took."""
    action = Action.objects.get(pk=blocked(payroll))
    Delivery.objects.filter(action=action).delete()
    return Delivery.objects.create(
        id="msg_22_5f",
        application_id=action.application_id,
        action=action,
        type="action.blocked",
        data={},
        status=DeliveryStatus.ABANDONED,
        attempts=10,
        created_at=read_clock(),
    )


def test_q6_a_message_given_up_is_sent_again_under_its_id(
    given_up: Delivery, staff: Callable[[str], Colleague]
) -> None:
    colleague = staff("security1")
    assert says(colleague.get(""), "console.home.deliveries", count=1)
    answer = colleague.client.get("/admin/identity/delivery/")
    address = f"/admin/identity/delivery/{given_up.pk.replace('_', '_5F')}"
    assert has_text(answer, f"{address}/change/")
    page = colleague.client.get(f"{address}/change/")
    assert has_text(page, f"{address}/send_again/")
    assert colleague.client.post(f"{address}/send_again/").status_code == 302
    given_up.refresh_from_db()
    assert (given_up.status, given_up.attempts) == ("pending", 0)


def test_a_commit_is_not_sent_again(given_up: Delivery, staff: Callable[[str], Colleague]) -> None:
    Delivery.objects.filter(pk=given_up.pk).update(type="action.committed")
    address = f"/admin/identity/delivery/{given_up.pk.replace('_', '_5F')}"
    answer = staff("security1").client.post(f"{address}/send_again/")
    assert answer.status_code == 409
    assert says(answer, "error.action_closed.detail")
    given_up.refresh_from_db()
    assert given_up.status == "abandoned"


# -- configuration -----------------------------------------------------------------------------


def test_the_configuration_role_changes_people_but_not_its_own_rights(
    demo: None, staff: Callable[[str], Colleague]
) -> None:
    admin, kai = staff("admin"), User.objects.get(username="kai")
    fields = {"first_name": "Kay", "last_name": "", "email": "kay@harbour.example"}
    rights = {"is_active": "on", "is_superuser": "on", "username": "other", "password": "x"}
    support = str(Group.objects.get(name="support").pk)
    admin.post(f"identity/user/{kai.pk}/change/", **fields, **rights, groups=support)
    changed = User.objects.get(pk=kai.pk)
    assert (changed.first_name, changed.username) == ("Kay", "kai")
    assert not changed.is_superuser
    assert changed.password == kai.password
    assert LogEntry.objects.filter(object_id=str(kai.pk), user=admin.user).exists()
    own = admin.user
    admin.post(f"identity/user/{own.pk}/change/", **fields, groups=support)
    own.refresh_from_db()
    assert own.is_staff
    assert own.is_active
    assert not own.groups.exists()


def test_the_configuration_role_changes_addresses_of_applications(
    demo: None, staff: Callable[[str], Colleague]
) -> None:
    row = Application.objects.get()
    fields = {"name": row.name, "webhook_url": "https://hooks.example/in"}
    address = f"identity/application/{row.pk}/change/"
    urls = "https://pay.example/done/\nhttps://pay.example/other"
    secrets = {"client_secret": "mine", "client_id": "mine", "webhook_secret_sealed": "mine"}
    answer = staff("admin").post(address, **fields, **secrets, return_urls=urls)
    assert answer.status_code == 302
    changed = Application.objects.get()
    assert changed.return_urls.split() == urls.split()
    assert changed.webhook_url == fields["webhook_url"]
    assert (changed.client_id, changed.client_secret) == (row.client_id, row.client_secret)
    for wrong in ("javascript:alert(1)", "https://a:b@pay.example/", "//pay.example/", "pay"):
        answer = staff("admin").post(address, **fields, return_urls=wrong)
        assert says(answer, "console.application.bad_return_url"), wrong
    assert Application.objects.get().return_urls == changed.return_urls


def test_the_configuration_role_changes_what_a_type_means_but_not_its_name(
    demo: None, staff: Callable[[str], Colleague]
) -> None:
    row = ActionType.objects.get(name="email.change")
    fields = {
        "title": row.title,
        "sensitivity": "high",
        "reversibility": "irreversible",
        "fraud_cost": "high",
        "time_sensitivity": "low",
        "journey": row.journey,
        "reach": row.reach,
        "payload": '{"email": "email"}',
        "value_rule": "{}",
        "name": "other",
        "handler": "os.system",
    }
    answer = staff("admin").post("identity/actiontype/email.change/change/", **fields)
    assert answer.status_code == 302
    row.refresh_from_db()
    assert (row.reversibility, row.handler) == ("irreversible", "")
    assert not ActionType.objects.filter(name="other").exists()


# -- home --------------------------------------------------------------------------------------


def test_f36_home_tells_when_the_sweeps_are_late(
    demo: None, staff: Callable[[str], Colleague]
) -> None:
    assert says(staff("auditor1").get(""), "console.home.sweep.never")
    now = read_clock()
    for name in SWEEPS:
        SweepRun.objects.create(name=name, at=now)
    page = staff("auditor1").get("")
    assert not says(page, "console.home.sweep.never")
    SweepRun.objects.update(at=now - timedelta(hours=2))
    assert says(staff("auditor1").get(""), "console.home.sweep.late", span="2 hours")


def test_f36_the_sweeps_that_send_are_watched_too(demo: None) -> None:
    app.loader.import_default_modules()  # as a worker does
    for task in (send_prompts_task, send_messages_task):
        task.apply()
    assert {*SweepRun.objects.values_list("name", flat=True)} == {"send_messages", "send_prompts"}
    assert sweep_age() is None, "the others never ran"
    for name in SWEEPS:
        mark_sweep(name)
    SweepRun.objects.filter(name="send_messages").update(at=read_clock() - timedelta(hours=2))
    age = sweep_age()
    assert age is not None
    assert age > LATE.total_seconds()


def test_home_shows_each_role_its_own_work(
    payroll: Caller, staff: Callable[[str], Colleague]
) -> None:
    action = Action.objects.get(pk=blocked(payroll))
    escalation = action.escalations.get()
    assert has_text(staff("security1").get(""), str(escalation))
    support = staff("support1").get("")
    assert not has_text(support, str(escalation))
    assert says(support, "console.home.cases.none")
    assert says(support, "console.status.blocked")
    product = staff("product1").get("")
    assert says(product, "console.policies.heading")
    assert not says(product, "console.home.counts")


def test_the_sidebar_holds_what_the_role_may_open(
    demo: None, staff: Callable[[str], Colleague]
) -> None:
    support, auditor = staff("support1").get(""), staff("auditor1").get("")
    for group in ("work", "people", "policy", "record", "operation"):
        assert says(auditor, f"console.group.{group}"), group
    assert has_text(support, "/admin/fallbacks/verificationcase/")
    assert not has_text(support, "/admin/fallbacks/escalation/")
    assert not has_text(support, "/admin/identity/event/")


def test_the_policy_is_readable_as_a_matrix(demo: None, staff: Callable[[str], Colleague]) -> None:
    page = staff("compliance1").get("identity/policyversion/1/change/")
    for message_id in ("console.policy.matrix", "console.input.availability", "console.label.then"):
        assert says(page, message_id)
    assert has_text(page, "blocked.red")
    assert has_text(page, "AAL2")


def test_what_happens_is_in_the_persons_own_words(
    payroll: Caller, staff: Callable[[str], Colleague]
) -> None:
    found = payroll.ask("tess").json()
    page = staff("support1").get(f"identity/action/{found['id']}/change/")
    assert has_text(page, found["message"]["title"])
    assert has_text(page, found["decision"]["rule"])
    for reason in found["decision"]["reasons"]:
        assert has_text(page, reason["text"])
    assert uuid.UUID(found["id"])
