"""Done first by consent, then confirmed, refused, or met with silence (D2)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from fallbacks.models import Escalation
from identity.actions.sweeping import sweep_actions
from identity.consents import withdraw_consent
from identity.errors import NotFound
from identity.messages import say
from identity.models import ActionType, Consent, Delivery, Event, Evidence, User
from identity.webhooks.backoff import WAITS
from identity.webhooks.sending import deliver_due
from identity.webhooks.settling import send_again
from tests.afterwards.conftest import ADDRESS, KIND, Agreed, activate, escalating
from tests.console.conftest import Colleague
from tests.pages.reading import Page, check_shape
from tests.world.demo import stored

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def test_d2_what_was_agreed_to_is_done_first_and_says_until_when(agreed: Agreed) -> None:
    action = agreed.asks()
    assert (action["status"], action["outcome"]) == ("approved", "proceed_then_confirm")
    assert action["confirm_by"] is None  # the time begins when it is done
    row_before = stored(action["id"])
    deliver_due()
    found, row = agreed.payroll.get(action["id"]), stored(action["id"])
    assert found["status"] == "committed"
    assert found["message"]["code"] == "action.committed.confirm_or_reverse"
    assert found["message"]["eta"] == found["confirm_by"]
    assert row.confirm_by - row.updated_at == DAY
    assert bytes(row.sealed_payload) == bytes(row_before.sealed_payload) != b""
    assert agreed.told() == ["action.committed"]


def test_d2_a_proof_given_for_it_leaves_nothing_to_confirm(agreed: Agreed) -> None:
    # from a device that her proof was not given on, it needs one, consent or not
    first = agreed.asks(device="avery-phone")
    assert first["outcome"] != "proceed_then_confirm"
    assert agreed.visitor.verify(first["id"]).status_code == 303
    deliver_due()
    found = agreed.payroll.get(first["id"])
    assert (found["status"], found["confirm_by"]) == ("committed", None)
    assert bytes(stored(first["id"]).sealed_payload) == b""


def test_d2_confirmed_with_a_code_it_stands(agreed: Agreed) -> None:
    action_id = agreed.done()
    page = Page(agreed.visitor.client.get(f"/requests/{action_id}/"))
    check_shape(page)
    assert page.says(say("status.to_confirm"))
    assert f"/requests/{action_id}/verify/totp/" in page.links
    assert f"/requests/{action_id}/undo/" in page.forms
    before = Evidence.objects.count()
    assert agreed.visitor.verify(action_id).status_code == 303
    row = stored(action_id)
    assert (row.status, row.reason, row.confirm_by, row.due_at) == (
        "committed",
        "confirmed",
        None,
        None,
    )
    assert bytes(row.sealed_payload) == b""
    assert Evidence.objects.count() == before + 1
    assert agreed.payroll.names(action_id)[-1] == "action.confirmed"
    agreed.later(2 * DAY)
    assert sweep_actions() == 0
    deliver_due()
    assert agreed.told() == ["action.committed"]
    assert agreed.visitor.client.post(f"/requests/{action_id}/undo/").status_code == 409


def test_d2_the_list_asks_for_it_until_it_is_settled(agreed: Agreed) -> None:
    action_id = agreed.done()
    page = Page(agreed.visitor.client.get("/"))
    check_shape(page)
    assert page.says(say("requests.needs_you"))
    assert f"/requests/{action_id}/verify/" in page.links
    agreed.visitor.verify(action_id)
    page = Page(agreed.visitor.client.get("/"))
    assert not page.says(say("requests.needs_you"))


def test_d2_a_wrong_code_confirms_nothing_and_counts(agreed: Agreed) -> None:
    action_id = agreed.done()
    wrong = f"{(int(agreed.visitor.code()) + 500_000) % 1_000_000:06d}"
    statuses = [agreed.visitor.verify(action_id, code=wrong).status_code for _ in range(6)]
    assert statuses == [400] * 5 + [429]
    assert agreed.visitor.verify(action_id).status_code == 429
    assert stored(action_id).confirm_by is not None


def test_f09_somebody_else_neither_confirms_nor_refuses(agreed: Agreed, visit: object) -> None:
    action_id = agreed.done()
    other = visit("tess")  # type: ignore[operator]
    assert other.verify(action_id).status_code == 404
    for name in ("undo", "not-me"):
        assert other.client.post(f"/requests/{action_id}/{name}/").status_code == 404
    assert stored(action_id).confirm_by is not None


@pytest.mark.parametrize("way", ["undo", "not-me", "silence"])
def test_d2_refusal_and_silence_have_it_undone_by_the_application(agreed: Agreed, way: str) -> None:
    action_id = agreed.done()
    if way == "silence":
        agreed.later(DAY - timedelta(seconds=1))
        assert sweep_actions() == 0
        agreed.later(timedelta(seconds=2))
        assert sweep_actions() == 1
    else:
        answer = agreed.visitor.client.post(f"/requests/{action_id}/{way}/")
        assert answer.status_code == 303, answer.content
    found = agreed.payroll.get(action_id)
    assert (found["status"], found["confirm_by"]) == ("committed", None)
    assert found["message"]["code"] == "action.committed.reversal_under_way"
    check_shape(Page(agreed.visitor.client.get(f"/requests/{action_id}/")))
    deliver_due()
    found = agreed.payroll.get(action_id)
    why = {"undo": "refused", "not-me": "not_me", "silence": "no_answer"}[way]
    assert found["status"] == "reversed"
    assert stored(action_id).reason == why
    assert bytes(stored(action_id).sealed_payload) == b""
    commit, reverse = (each["body"] for each in agreed.receiver.received)
    assert (reverse["type"], reverse["data"]["status"]) == ("action.reversed", "reversed")
    assert reverse["data"]["payload"] == commit["data"]["payload"] == ADDRESS
    check_shape(Page(agreed.visitor.client.get(f"/requests/{action_id}/")))
    assert agreed.payroll.names(action_id)[-3:-1] == ["action.unconfirmed", "delivery.acknowledged"]
    assert Escalation.objects.filter(action_id=action_id).count() == (way == "not-me")
    assert (User.objects.get(username="avery").anomaly_points > 0) == (way == "not-me")


def test_f11_one_second_late_is_too_late_with_the_sweep_dead(agreed: Agreed) -> None:
    action_id = agreed.done()
    agreed.later(DAY + timedelta(seconds=1))
    page = Page(agreed.visitor.verify(action_id))
    check_shape(page)
    assert page.status == 409
    assert page.says(say("error.too_late_to_confirm.detail"))
    assert stored(action_id).reason == "reversal_under_way"
    deliver_due()
    assert stored(action_id).status == "reversed"


def test_d2_one_second_early_is_in_time(agreed: Agreed) -> None:
    action_id = agreed.done()
    agreed.later(DAY - timedelta(seconds=2))
    assert agreed.visitor.verify(action_id).status_code == 303
    assert stored(action_id).reason == "confirmed"


def test_d2_however_often_it_is_retried_there_is_one_reversal(agreed: Agreed) -> None:
    action_id = agreed.done()
    agreed.receiver.answers = [500, 500]
    agreed.visitor.client.post(f"/requests/{action_id}/undo/")
    for wait in (0, *WAITS[:2]):
        agreed.later(timedelta(seconds=wait * 1.11 + 1))
        deliver_due()
        sweep_actions()
        agreed.visitor.client.post(f"/requests/{action_id}/undo/")
    sent = [
        each["headers"]["webhook-id"]
        for each in agreed.receiver.received
        if each["body"]["type"] == "action.reversed"
    ]
    assert (len(sent), len(set(sent))) == (3, 1)
    assert stored(action_id).status == "reversed"
    assert agreed.payroll.names(action_id).count("action.reversed") == 1


def test_d2_a_receiver_that_is_gone_brings_security_in(agreed: Agreed) -> None:
    action_id = agreed.done()
    agreed.receiver.answers = [410]
    agreed.visitor.client.post(f"/requests/{action_id}/undo/")
    deliver_due()
    row = stored(action_id)
    assert (row.status, row.reason) == ("committed", "with_security")
    assert Escalation.objects.get(action_id=action_id).status == "open"
    assert row.sealed_payload  # somebody may still have to undo it
    page = Page(agreed.visitor.client.get(f"/requests/{action_id}/"))
    check_shape(page)
    assert page.heading == say("action.committed.with_security.title")
    # staff send the message again, and this time somebody is there
    reverse = Delivery.objects.get(action_id=action_id, type="action.reversed")
    send_again(reverse.pk, User.objects.get(username="security1"))
    deliver_due()
    assert stored(action_id).status == "reversed"
    assert Escalation.objects.get(action_id=action_id).status == "closed"


@pytest.mark.parametrize("why", ["irreversible", "policy"])
def test_d2_what_cannot_simply_be_undone_goes_to_security(
    agreed: Agreed, staff: object, why: str
) -> None:
    if why == "policy":
        activate(escalating())
    action_id = agreed.done()
    if why == "irreversible":
        ActionType.objects.filter(pk=KIND).update(reversibility="irreversible")
    agreed.visitor.client.post(f"/requests/{action_id}/undo/")
    found = agreed.payroll.get(action_id)
    assert (found["status"], found["message"]["code"]) == (
        "committed",
        "action.committed.with_security",
    )
    told = Event.objects.get(action_id=action_id, name="escalation.triggered")
    assert told.reason == {"policy": "not_confirmed", "irreversible": "cannot_be_undone"}[why]
    escalation = Escalation.objects.get(action_id=action_id)
    colleague: Colleague = staff("security1")  # type: ignore[operator]
    where = f"fallbacks/escalation/{escalation.pk}"
    assert colleague.get(f"{where}/change/").status_code == 200
    verdict = {"resolve-verdict": "hold", "resolve-reason_code": "not_reached"}
    assert colleague.post(f"{where}/resolve/", **verdict).status_code == 409
    verdict = {"resolve-verdict": "deny", "resolve-reason_code": "suspected_takeover"}
    assert colleague.post(f"{where}/resolve/", **verdict).status_code == 302
    deliver_due()
    row = stored(action_id)
    if why == "policy":
        assert (row.status, row.reason) == ("reversed", "refused_by_security")
    else:
        assert (row.status, row.reason) == ("committed", "refused_by_security")
    assert bytes(row.sealed_payload) == b""
    check_shape(Page(agreed.visitor.client.get(f"/requests/{action_id}/")))


def test_d2_security_may_let_it_stand(agreed: Agreed, staff: object) -> None:
    activate(escalating())
    action_id = agreed.done()
    assert agreed.payroll.get(action_id)["message"]["code"].endswith("confirm_or_escalate")
    agreed.later(DAY + timedelta(minutes=1))
    assert sweep_actions() == 1
    escalation = Escalation.objects.get(action_id=action_id)
    verdict = {"resolve-verdict": "release", "resolve-reason_code": "genuine_contacted"}
    answer = staff("security1").post(  # type: ignore[operator]
        f"fallbacks/escalation/{escalation.pk}/resolve/", **verdict
    )
    assert answer.status_code == 302
    row = stored(action_id)
    assert (row.status, row.reason, bytes(row.sealed_payload)) == (
        "committed",
        "accepted_by_security",
        b"",
    )


def test_p4_silence_is_not_held_against_anybody(agreed: Agreed) -> None:
    action_id = agreed.done()
    agreed.later(DAY + timedelta(minutes=1))
    sweep_actions()
    deliver_due()
    assert stored(action_id).status == "reversed"
    assert User.objects.get(username="avery").anomaly_points == 0
    assert not Escalation.objects.exists()


def test_d2_staff_see_until_when_and_what_follows(agreed: Agreed, staff: object) -> None:
    action_id = agreed.done()
    page = staff("support1").get(  # type: ignore[operator]
        f"identity/action/{action_id}/change/"
    )
    text = page.content.decode()
    assert say("console.label.confirm_by") in text
    assert say("console.silent.reverse") in text


def test_f25_a_consent_taken_back_counts_no_more_and_undoes_nothing(agreed: Agreed) -> None:
    action_id = agreed.done()
    consent = Consent.objects.get()
    answer = agreed.visitor.client.post(f"/account/consents/{consent.pk}/withdraw/")
    assert answer.status_code == 303
    assert stored(action_id).confirm_by is not None
    assert agreed.asks(payload={"address": "Third Street 3"})["outcome"] == "queue"
    assert agreed.visitor.verify(action_id).status_code == 303
    assert stored(action_id).reason == "confirmed"
    with pytest.raises(NotFound):
        withdraw_consent(User.objects.get(username="tess"), consent.pk)


def test_d2_after_its_end_a_consent_counts_no_more(agreed: Agreed) -> None:
    Consent.objects.update(until=agreed.later(timedelta()) + timedelta(seconds=1))
    assert agreed.asks()["outcome"] == "proceed_then_confirm"
    agreed.later(timedelta(seconds=1))
    payload = {"address": "Third Street 3"}
    assert agreed.asks(payload=payload)["outcome"] != "proceed_then_confirm"
