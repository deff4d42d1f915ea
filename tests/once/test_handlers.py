"""Effects in our own process, and where a request came from: one effect, or none and said so."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from config.lifecycle import read_clock
from identity.actions import committing
from identity.actions.sweeping import sweep_actions
from identity.messages import say
from identity.models import Action, ActionType, Device, Event, IdempotencyKey, User
from identity.sessions import SESSION_KEY
from tests.pages.reading import Page
from tests.world.demo import Application, Visitor, stored

pytestmark = pytest.mark.django_db
NAME = "tests.mark"
Visit = Callable[[str], Visitor]


class Effect:
    """Adds one mark to a person; breaks after its write where it is told to."""

    def __init__(self) -> None:
        self.breaks = False

    def do(self, action: Action, payload: Mapping[str, str]) -> None:
        """What is asked for."""
        user = User.objects.get(pk=action.subject_id)
        User.objects.filter(pk=user.pk).update(last_name=user.last_name + "x")
        if self.breaks:
            raise RuntimeError("the effect broke after its write")


@pytest.fixture
def effect(payroll: Application, monkeypatch: pytest.MonkeyPatch) -> Effect:
    """What the two types do here."""
    found = Effect()
    monkeypatch.setitem(committing._handlers, NAME, found.do)
    ActionType.objects.filter(pk__in=["payslip.view", "payout.change"]).update(handler=NAME)
    User.objects.filter(username="avery").update(last_name="")
    return found


def marks() -> str:
    """How often it took effect."""
    return User.objects.get(username="avery").last_name


def test_q6_a_handler_that_raises_leaves_nothing_and_may_be_asked_again(
    payroll: Application, effect: Effect
) -> None:
    payroll.client.raise_request_exception = False
    effect.breaks = True
    answer = payroll.ask("avery", "payslip.view", key="k")
    assert (answer.status_code, answer.json()["code"]) == (500, "server_error")
    assert not Action.objects.exists()
    assert not IdempotencyKey.objects.exists()
    assert marks() == ""
    effect.breaks = False
    again = payroll.ask("avery", "payslip.view", key="k")
    assert (again.status_code, again.json()["status"]) == (201, "committed")
    assert payroll.ask("avery", "payslip.view", key="k").status_code == 200
    assert marks() == "x"


def test_q6_a_handler_that_raises_on_a_proof_keeps_the_request(
    payroll: Application, effect: Effect, visit: Visit
) -> None:
    action_id = payroll.ask("avery").json()["id"]
    person = visit("avery")
    person.client.raise_request_exception = False
    effect.breaks = True
    assert person.verify(action_id).status_code == 500
    kept = stored(action_id)
    assert kept.status == "pending"
    assert kept.sealed_payload
    assert marks() == ""
    assert not Event.objects.filter(action_id=action_id, name="action.approved").exists()


def test_q6_what_is_committed_is_never_run_again(
    payroll: Application, effect: Effect, visit: Visit
) -> None:
    action_id = payroll.ask("avery").json()["id"]
    person = visit("avery")
    assert person.verify(action_id).status_code == 303
    assert stored(action_id).status == "committed"
    person.verify(action_id)
    sweep_actions()
    payroll.call("POST", f"actions/{action_id}/cancel/")
    assert (marks(), stored(action_id).status) == ("x", "committed")
    assert bytes(stored(action_id).sealed_payload) == b""


def test_q1_another_session_goes_on_only_with_a_proof(payroll: Application, visit: Visit) -> None:
    first, second = visit("avery"), visit("avery")
    origin = first.client.session[SESSION_KEY]
    action_id = payroll.ask("avery", session=origin).json()["id"]
    second.client.get(f"/requests/{action_id}/")
    second.client.post(f"/requests/{action_id}/verify/totp/", {"code": "000000"})
    assert stored(action_id).status == "pending"
    assert second.verify(action_id).status_code == 303
    assert stored(action_id).status == "approved"


def test_q1_removing_the_device_of_origin_cancels_and_says_so(
    payroll: Application, visit: Visit
) -> None:
    person = visit("tess")
    now = read_clock()
    device = Device.objects.create(
        user=User.objects.get(username="tess"),
        reference="old",
        name="Old phone",
        first_seen_at=now,
        last_seen_at=now,
    )
    action_id = payroll.ask("tess", device="old").json()["id"]
    assert person.client.post(f"/sessions/devices/{device.pk}/remove/").status_code == 303
    found = payroll.get(action_id)
    assert (found["status"], found["message"]["code"]) == (
        "cancelled",
        "action.cancelled.device_revoked",
    )
    assert bytes(stored(action_id).sealed_payload) == b""
    page = Page(person.client.get(f"/requests/{action_id}/"))
    assert page.says(say("action.cancelled.device_revoked.body"))
