"""The table of the six demo people: one request, six different and explained answers."""

from __future__ import annotations

import pytest

from fallbacks.models import Escalation
from identity.models import Action
from tests.world.demo import Application, stored

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("person", "status", "outcome", "read_only"),
    [
        # reachable: asked at once
        ("avery", "pending", "challenge", False),
        # the app is in the background and the push unanswered: held, with an ETA
        ("tess", "queued", "queue", False),
        # the network is gone but what was proved stands: held, reading goes on
        ("sam", "queued", "read_only", True),
        # do-not-disturb is a choice and not a failure: held until her morning
        ("noor", "queued", "queue", False),
        # the usual device is stale: another factor
        ("kai", "fallback", "fallback", False),
        # no answer and an anomaly: stopped, and a person looks at it
        ("riley", "blocked", "block", False),
    ],
)
def test_p2_payout_change_first_becomes(
    payroll: Application, person: str, status: str, outcome: str, read_only: bool
) -> None:
    answer = payroll.ask(person)
    assert answer.status_code == 201, answer.content
    action = answer.json()
    assert (action["status"], action["outcome"], action["read_only"]) == (
        status,
        outcome,
        read_only,
    )
    assert action["message"]["code"].startswith(f"action.{status}")
    assert action["decision"]["reasons"]
    assert action["resume_url"].endswith(f"/requests/{action['id']}/")


@pytest.mark.parametrize("person", ["tess", "sam", "noor"])
def test_u1_a_queued_action_says_when(payroll: Application, person: str) -> None:
    action = payroll.ask(person).json()
    assert action["message"]["eta"] == action["next_attempt_at"]
    assert action["created_at"] < action["next_attempt_at"] < action["expires_at"]


def test_p4_noor_is_asked_when_her_quiet_ends(payroll: Application) -> None:
    action = stored(payroll.ask("noor").json()["id"])
    assert action.next_attempt_at == action.subject.preference.dnd_until
    assert action.reason == "do_not_disturb"


@pytest.mark.parametrize("person", ["avery", "tess", "sam", "noor", "kai"])
@pytest.mark.parametrize("kind", ["payslip.view", "draft.save"])
def test_u2_reading_and_drafting_go_on(payroll: Application, person: str, kind: str) -> None:
    answer = payroll.ask(person, kind)
    assert answer.status_code == 201
    assert answer.json()["outcome"] == "proceed"
    assert answer.json()["status"] == "approved"


def test_f7_riley_is_put_to_the_security_staff(payroll: Application) -> None:
    action = payroll.ask("riley").json()
    escalation = Escalation.objects.get(action_id=action["id"])
    assert escalation.queue == "security"
    assert escalation.facts["risk"] == "red"
    assert payroll.names(action["id"]) == ["auth.requested", "escalation.triggered"]


@pytest.mark.parametrize("kind", ["email.change", "role.grant"])
@pytest.mark.parametrize(("person", "status"), [("avery", "pending"), ("riley", "blocked")])
def test_d2_other_sensitive_types_follow_the_same_matrix(
    payroll: Application, kind: str, person: str, status: str
) -> None:
    payload = {"email": "new@harbour.example"} if kind == "email.change" else {"role": "admin"}
    assert payroll.ask(person, kind, payload).json()["status"] == status


def test_q1_the_payload_is_stored_sealed_only(payroll: Application) -> None:
    action = Action.objects.get(pk=payroll.ask("tess").json()["id"])
    assert b"DE8937" not in bytes(action.sealed_payload)
    assert "DE8937" not in str(action.__dict__ | {"sealed_payload": ""})
