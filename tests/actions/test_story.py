"""The payout story over HTTP: away, kept, back, proved, done once; or out of time, step by step."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group

from config.demo.people import backup_codes_of
from config.lifecycle import read_clock
from fallbacks.cases import confirm_case, propose_case
from fallbacks.errors import DistinctPeopleNeeded, PermissionNeeded
from fallbacks.escalations import resolve_escalation
from fallbacks.models import Challenge, Escalation, VerificationCase
from identity.actions.sweeping import sweep_actions
from identity.models import Delivery, Evidence, User
from identity.webhooks.sending import deliver_due
from tests.world.demo import Application, Visitor, stored
from tests.world.receiver import Receiver

pytestmark = pytest.mark.django_db

Later = Callable[[timedelta], datetime]
Visit = Callable[[str], Visitor]


def test_q2_avery_confirms_and_it_is_committed_once(
    payroll: Application, visit: Visit, receiver: Receiver
) -> None:
    action = payroll.ask("avery", binding_message="Payout 4711").json()
    assert action["challenge"]["factor"] == "totp"
    answer = visit("avery").verify(action["id"])
    assert (answer.status_code, answer.headers["location"]) == (303, f"/requests/{action['id']}/")
    assert payroll.get(action["id"])["status"] == "approved"
    deliver_due()
    deliver_due()
    assert payroll.get(action["id"])["status"] == "committed"
    assert [each["body"]["type"] for each in receiver.received] == ["action.committed"]
    assert receiver.received[0]["body"]["data"]["payload"] == {"account": "DE89370400440532013000"}
    assert bytes(stored(action["id"]).sealed_payload) == b""
    assert payroll.names(action["id"]) == [
        "auth.requested",
        "challenge.issued",
        "challenge.answered",
        "action.approved",
        "delivery.acknowledged",
        "action.committed",
    ]


@pytest.mark.parametrize("person", ["tess", "sam"])
def test_q2_a_heartbeat_brings_the_challenge(
    payroll: Application, visit: Visit, receiver: Receiver, person: str
) -> None:
    action = payroll.ask(person).json()
    assert action["status"] == "queued"
    sweep_actions()
    assert payroll.get(action["id"])["status"] == "queued"
    assert payroll.signal(person, "heartbeat").json() == {"accepted": 1, "rejected": []}
    sweep_actions()
    back = payroll.get(action["id"])
    assert (back["status"], back["read_only"]) == ("pending", False)
    assert back["challenge"]["factor"] == "totp"
    visit(person).verify(action["id"])
    deliver_due()
    assert payroll.get(action["id"])["status"] == "committed"
    assert "resume.completed" in payroll.names(action["id"])
    assert len(receiver.received) == 1


def test_p1_network_returned_is_a_sign_of_life(payroll: Application) -> None:
    action = payroll.ask("sam").json()
    payroll.signal("sam", "network", "returned")
    sweep_actions()
    assert payroll.get(action["id"])["status"] == "pending"


@pytest.mark.parametrize("person", ["tess", "sam", "noor"])
def test_p4_a_queued_user_can_finish_at_any_hour(
    payroll: Application, visit: Visit, person: str
) -> None:
    action = payroll.ask(person).json()
    visit(person).verify(action["id"])
    assert payroll.get(action["id"])["status"] == "approved"
    assert "resume.completed" in payroll.names(action["id"])


def test_p4_noor_is_woken_in_her_morning(payroll: Application, later: Later) -> None:
    action = payroll.ask("noor").json()
    until = stored(action["id"]).next_attempt_at
    assert until is not None
    payroll.signal("noor", "heartbeat")
    sweep_actions()
    assert payroll.get(action["id"])["status"] == "queued"
    later(until - datetime.now(until.tzinfo) + timedelta(seconds=1))
    sweep_actions()
    assert payroll.get(action["id"])["status"] == "pending"


def test_q3_unanswered_is_delayed_and_asked_again(payroll: Application, later: Later) -> None:
    action = payroll.ask("avery").json()
    later(timedelta(minutes=10))
    sweep_actions()
    delayed = payroll.get(action["id"])
    assert delayed["status"] == "delayed"
    assert delayed["challenge"] is None
    assert delayed["next_attempt_at"] > delayed["updated_at"]
    assert Challenge.objects.get().status == "expired"
    later(timedelta(minutes=20))
    sweep_actions()
    again = payroll.get(action["id"])
    assert again["status"] == "pending"
    assert Challenge.objects.count() == 2
    assert payroll.names(action["id"]).count("challenge.issued") == 2


@pytest.mark.parametrize("person", ["tess", "sam", "noor"])
def test_q4_a_passed_window_leads_to_another_way_and_only_then_ends(
    payroll: Application, later: Later, person: str
) -> None:
    action = payroll.ask(person, requested_expiry=300).json()
    later(timedelta(seconds=300))
    sweep_actions()
    fallback = payroll.get(action["id"])
    assert fallback["status"] == "fallback"
    assert fallback["message"]["code"] == "action.fallback.window_passed"
    assert fallback["expires_at"] > action["expires_at"]
    assert bytes(stored(action["id"]).sealed_payload)
    later(timedelta(seconds=299))
    sweep_actions()
    assert payroll.get(action["id"])["status"] == "fallback"
    later(timedelta(seconds=2))
    sweep_actions()
    ended = payroll.get(action["id"])
    assert ended["status"] == "expired"
    assert bytes(stored(action["id"]).sealed_payload) == b""
    told = Delivery.objects.filter(action_id=action["id"]).values_list("type", flat=True)
    assert list(told) == ["action.expired"]


def test_q4_a_backup_code_still_finishes_after_the_first_window(
    payroll: Application, visit: Visit, later: Later
) -> None:
    action = payroll.ask("sam", requested_expiry=300).json()
    later(timedelta(seconds=301))
    sweep_actions()
    visit("sam").verify(action["id"], "backup_code", backup_codes_of("sam")[0])
    assert payroll.get(action["id"])["status"] == "approved"


def test_f11_expiry_is_checked_at_use_with_beat_dead(
    payroll: Application, visit: Visit, later: Later
) -> None:
    action = payroll.ask("avery", requested_expiry=60).json()
    sam = visit("avery")
    later(timedelta(seconds=61))
    answer = sam.verify(action["id"])
    assert answer.status_code == 409
    assert payroll.get(action["id"])["status"] == "fallback"
    later(timedelta(seconds=61))
    assert sam.verify(action["id"]).status_code == 409
    assert payroll.get(action["id"])["status"] == "expired"


def test_f1_kai_needs_another_way_and_a_code_works_once(
    payroll: Application, visit: Visit, receiver: Receiver
) -> None:
    first = payroll.ask("kai").json()
    kai = visit("kai")
    code = backup_codes_of("kai")[0]
    assert kai.verify(first["id"], "backup_code", f" {code.upper()} ").status_code == 303
    deliver_due()
    assert payroll.get(first["id"])["status"] == "committed"
    second = payroll.ask("kai").json()
    again = kai.verify(second["id"], "backup_code", code)
    assert again.status_code == 400
    assert payroll.get(second["id"])["status"] == "fallback"


def test_f2_kai_cannot_use_what_he_does_not_have(payroll: Application, visit: Visit) -> None:
    action = payroll.ask("kai").json()
    assert visit("kai").verify(action["id"], "totp", "000000").status_code in (403, 404)
    assert payroll.get(action["id"])["status"] == "fallback"


def test_f7_security_lets_riley_go_on_and_riley_still_proves_it(
    payroll: Application, visit: Visit
) -> None:
    action = payroll.ask("riley").json()
    riley = visit("riley")
    assert riley.verify(action["id"]).status_code == 409
    officer = User.objects.get(username="security1")
    escalation = Escalation.objects.get(action_id=action["id"])
    resolve_escalation(
        escalation.pk, by=officer, verdict="release", reason_code="genuine_contacted"
    )
    released = payroll.get(action["id"])
    assert released["status"] in ("pending", "fallback")
    assert riley.verify(action["id"]).status_code == 303
    assert payroll.get(action["id"])["status"] == "approved"
    assert Evidence.objects.get().factor == "totp"


@pytest.mark.parametrize(
    ("verdict", "code", "status"),
    [("deny", "suspected_takeover", "denied"), ("hold", "not_reached", "review")],
)
def test_f7_other_verdicts(payroll: Application, verdict: str, code: str, status: str) -> None:
    action = payroll.ask("riley").json()
    officer = User.objects.get(username="security1")
    resolve_escalation(Escalation.objects.get().pk, by=officer, verdict=verdict, reason_code=code)
    assert payroll.get(action["id"])["status"] == status


def test_f25_a_right_that_was_taken_away_does_not_decide(payroll: Application) -> None:
    payroll.ask("riley")
    officer = User.objects.get(username="security1")
    officer.groups.remove(Group.objects.get(name="security"))
    with pytest.raises(PermissionNeeded):
        resolve_escalation(
            Escalation.objects.get().pk,
            by=User.objects.get(pk=officer.pk),
            verdict="release",
            reason_code="genuine_contacted",
        )
    assert Escalation.objects.get().status == "open"


def test_f6_support_confirms_with_two_people(payroll: Application, visit: Visit) -> None:
    action = payroll.ask("kai").json()
    kai = visit("kai")
    assert kai.client.post(f"/requests/{action['id']}/support/").status_code in (302, 303)
    case = VerificationCase.objects.get()
    one = User.objects.get(username="support1")
    two = User.objects.get(username="support2")
    propose_case(case.pk, by=one, reason_code="evidence_matched")
    with pytest.raises(DistinctPeopleNeeded):
        confirm_case(case.pk, by=one)
    assert payroll.get(action["id"])["status"] == "review"
    confirm_case(case.pk, by=two)
    assert payroll.get(action["id"])["status"] == "approved"


def test_not_me_denies_and_warns(payroll: Application, visit: Visit) -> None:
    action = payroll.ask("avery", session="payroll-avery").json()
    avery = visit("avery")
    assert avery.client.post(f"/requests/{action['id']}/not-me/").status_code in (302, 303)
    assert payroll.get(action["id"])["status"] == "denied"
    assert Escalation.objects.filter(action_id=action["id"], status="open").exists()
    assert stored(action["id"]).session is not None
    assert stored(action["id"]).session.status == "revoked"  # type: ignore[union-attr]
    assert User.objects.get(username="avery").anomaly_points > 0


def test_not_me_stops_everything_from_that_session(payroll: Application, visit: Visit) -> None:
    stolen = payroll.ask("avery", session="payroll-avery").json()
    other = payroll.ask("avery", "email.change", {"email": "x@y.example"}, session="payroll-avery")
    own = payroll.ask("avery", "role.grant", {"role": "admin"}).json()
    visit("avery").client.post(f"/requests/{stolen['id']}/not-me/")
    assert payroll.get(other.json()["id"])["message"]["code"] == "action.cancelled.session_revoked"
    assert payroll.get(own["id"])["status"] == "pending"


def test_d6_what_a_person_vouched_for_is_usual_from_then_on(
    payroll: Application, visit: Visit
) -> None:
    here = {"ip": "203.0.113.5", "country": "PT"}
    first = payroll.ask("avery", context=here).json()
    assert "network_unknown" in reasons_of(first)
    visit("avery").verify(first["id"])
    again = payroll.ask("avery", "role.grant", {"role": "admin"}, context=here).json()
    assert not {"network_unknown", "network_changed", "geography_unknown"} & reasons_of(again)
    there = {"ip": "198.51.100.5", "country": "BR"}
    moved = payroll.ask("avery", "email.change", {"email": "x@y.example"}, context=there).json()
    assert {"network_changed", "geography_changed"} <= reasons_of(moved)


def reasons_of(action: dict[str, Any]) -> set[str]:
    """The reason codes of an action's decision."""
    return {reason["code"] for reason in action["decision"]["reasons"]}


def test_d10_what_became_risky_meanwhile_is_blocked_though_the_proof_was_good(
    payroll: Application, visit: Visit
) -> None:
    action = payroll.ask("avery").json()
    avery = visit("avery")
    User.objects.filter(username="avery").update(anomaly_points=100, anomaly_at=_now())
    assert avery.verify(action["id"]).status_code == 303
    assert payroll.get(action["id"])["status"] == "blocked"
    assert Escalation.objects.get(action_id=action["id"]).facts["risk"] == "red"
    assert not Delivery.objects.filter(type="action.committed").exists()


def _now() -> datetime:
    return read_clock()
