"""Silence is a right: nobody overrides it but an emergency that the policy names (P4)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.contrib.auth.models import Permission
from django.urls import get_resolver

from config.lifecycle import read_clock
from fallbacks.models import Escalation, Incident
from identity.actions.sweeping import sweep_actions
from identity.emergencies import PERMISSION, emergencies_for, override_quiet
from identity.errors import NotAnEmergency
from identity.messages import say
from identity.models import Event, PolicyVersion, User
from identity.policy.document import parse_policy
from identity.policy.errors import PolicyError
from identity.policy_activation import DEFAULT
from identity.roles import ROLES
from presence.availability import availability_of
from presence.choices import preference_of, set_do_not_disturb
from presence.rules import PresenceRules
from tests.console.conftest import Colleague
from tests.pages.reading import Page
from tests.world.demo import Application, Visitor, stored

pytestmark = pytest.mark.django_db

Visit = Callable[[str], Visitor]
Later = Callable[[timedelta], datetime]


def person(name: str) -> User:
    found: User = User.objects.get(username=name)
    return found


@pytest.fixture
def quiet_riley(payroll: Application) -> User:
    """Riley, whose request was stopped, asks for quiet; the escalation is open."""
    payroll.ask("riley")
    riley = person("riley")
    set_do_not_disturb(riley.pk, read_clock() + timedelta(hours=9))
    return riley


def test_p4_on_do_not_disturb_one_can_always_act_by_opening_the_page(
    payroll: Application, visit: Visit
) -> None:
    asked = payroll.ask("noor").json()
    visitor = visit("noor")
    page = Page(visitor.client.get(f"/requests/{asked['id']}/"))
    assert page.says(say("request.finish"))
    assert visitor.verify(asked["id"]).status_code in (302, 303)
    assert stored(asked["id"]).status == "approved"
    assert availability_of(person("noor").pk, now=read_clock()).quiet


def test_p4_nothing_is_asked_before_the_quiet_ends(payroll: Application, later: Later) -> None:
    asked = payroll.ask("noor").json()
    until = preference_of(person("noor").pk).dnd_until
    assert until is not None
    payroll.signal("noor", "heartbeat", "foreground")
    later(until - read_clock() - timedelta(seconds=1))
    sweep_actions()
    assert "challenge.issued" not in payroll.names(asked["id"])
    payroll.signal("noor", "heartbeat", "foreground")
    later(timedelta(seconds=1))
    sweep_actions()
    assert "challenge.issued" in payroll.names(asked["id"])


def test_p4_support_has_neither_the_permission_nor_a_route() -> None:
    able = {role for role, names in ROLES.items() if PERMISSION in names}
    assert able == {"security"}
    assert Permission.objects.filter(codename="override_quiet").count() == 1
    changing = {
        "presence.change_preference",
        "presence.add_preference",
        "presence.delete_preference",
    }
    assert not [role for role, names in ROLES.items() if names & changing]
    names = {str(name) for name in get_resolver().reverse_dict if isinstance(name, str)}
    assert not [name for name in names if "override" in name or "emergenc" in name]


@pytest.mark.parametrize("who", ["support1", "compliance1", "auditor1", "legal1", "product1"])
def test_p4_nobody_else_can_override_it(quiet_riley: User, who: str) -> None:
    with pytest.raises(NotAnEmergency):
        override_quiet(quiet_riley.pk, "account_takeover", by=person(who))
    assert availability_of(quiet_riley.pk, now=read_clock()).quiet


def test_p4_a_named_emergency_goes_before_it_and_the_person_reads_why(
    quiet_riley: User, visit: Visit, later: Later
) -> None:
    assert emergencies_for(quiet_riley.pk) == ["account_takeover"]
    until = override_quiet(quiet_riley.pk, "account_takeover", by=person("security1"))
    assert not availability_of(quiet_riley.pk, now=read_clock()).quiet
    event = Event.objects.get(name="quiet.overridden")
    assert (event.subject_id, event.reason, event.actor) == (
        quiet_riley.pk,
        "account_takeover",
        "security1",
    )
    page = Page(visit("riley").client.get("/presence/"))
    assert page.says(say("emergency.heading"))
    later(until - read_clock())
    assert availability_of(quiet_riley.pk, now=read_clock()).quiet


def test_p4_without_its_sign_no_emergency(quiet_riley: User) -> None:
    Escalation.objects.all().delete()
    with pytest.raises(NotAnEmergency):
        override_quiet(quiet_riley.pk, "account_takeover", by=person("security1"))
    Incident.objects.create(title="Down", mode="emergency", fails="-", works="-", what_to_do="-")
    with pytest.raises(NotAnEmergency):
        override_quiet(quiet_riley.pk, "account_takeover", by=person("security1"))


@pytest.mark.parametrize("name", ["provider_breach", "marketing", ""])
def test_p4_an_emergency_that_the_policy_does_not_name_is_none(
    quiet_riley: User, name: str
) -> None:
    with pytest.raises(NotAnEmergency):
        override_quiet(quiet_riley.pk, name, by=person("security1"))


def test_p4_security_asks_from_the_escalation_and_support_cannot(
    quiet_riley: User, staff: Callable[[str], Colleague]
) -> None:
    escalation = Escalation.objects.get(subject=quiet_riley)
    path = f"/admin/fallbacks/escalation/{escalation.pk}/override/"
    refused = staff("support1").client.post(path, {"override-emergency": "account_takeover"})
    assert refused.status_code in (403, 404)
    assert availability_of(quiet_riley.pk, now=read_clock()).quiet
    done = staff("security1").client.post(path, {"override-emergency": "account_takeover"})
    assert done.status_code in (302, 303), done.content[:2000]
    assert not availability_of(quiet_riley.pk, now=read_clock()).quiet


def presence_section(emergencies: str) -> str:
    text = DEFAULT.read_text(encoding="utf-8")
    shipped = "    account_takeover: {when: escalation, lasts: 1h}\n"
    assert shipped in text
    return text.replace(shipped, emergencies)


@pytest.mark.parametrize(
    ("written", "code"),
    [
        # a name that nobody has words for
        ("    boredom: {when: escalation, lasts: 1h}\n", "unknown_word"),
        # a sign that is none
        ("    account_takeover: {when: always, lasts: 1h}\n", "unknown_word"),
        # no sign at all
        ("    account_takeover: {when: [], lasts: 1h}\n", "empty_list"),
        # longer than a day
        ("    account_takeover: {when: escalation, lasts: 2d}\n", "out_of_range"),
        # without an end
        ("    account_takeover: {when: escalation}\n", "missing_key"),
    ],
)
def test_p4_a_policy_cannot_write_a_blank_cheque(written: str, code: str) -> None:
    with pytest.raises(PolicyError) as caught:
        parse_policy(presence_section(written))
    assert caught.value.code == code
    assert caught.value.line > 1


def test_p4_what_the_policy_names_is_stored_as_it_is_written() -> None:
    text = presence_section("    provider_breach: {when: [degraded, emergency], lasts: 30m}\n")
    rules = parse_policy(text).presence
    assert PresenceRules.from_json(rules.to_json()) == rules
    assert rules.emergencies["provider_breach"].when == {"degraded", "emergency"}
    assert PolicyVersion.objects.filter(status="active").exists()
