"""What was done first is confirmed by every way that a request has, as far as policy takes it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from fallbacks.channels.sending import send_due
from fallbacks.contacts import Kind
from fallbacks.models import Challenge, SentSecret
from identity.actions.sweeping import sweep_actions
from identity.messages import say
from identity.models import Action, Evidence, Session
from tests.afterwards.conftest import Agreed, agreed
from tests.channels.conftest import gateway, sink
from tests.channels.outside import Gateway, Sink
from tests.channels.sent import LINK, ask, mailed, reached, texted
from tests.pages.reading import Page, check_shape
from tests.push.conftest import service
from tests.push.phone import PushService
from tests.push.test_afterwards import add_phone
from tests.security_keys.using import options_at, page_of, send, with_key
from tests.world.authenticator import SoftKey
from tests.world.demo import stored
from tests.world.receiver import receiver

__all__ = ["agreed", "gateway", "receiver", "service", "sink"]
pytestmark = pytest.mark.django_db


def weak(agreed: Agreed) -> str:
    """One that is done, under obligations that a link or a text satisfies."""
    action_id = agreed.done()
    row = Action.objects.get(pk=action_id)
    row.obligations |= {"required_aal": 1, "permitted_factors": ["email_link", "sms"]}
    Action.objects.filter(pk=action_id).update(obligations=row.obligations)
    return action_id


def confirmed(action_id: str, factor: str) -> bool:
    """It stands, by a proof of `factor`, and no question about it is open."""
    row = stored(action_id)
    assert not Challenge.objects.filter(action_id=action_id, status="issued").exists()
    proved = Evidence.objects.filter(action_id=action_id, factor=factor).exists()
    return (row.status, row.reason, proved) == ("committed", "confirmed", True)


def test_d2_confirmed_with_a_link(agreed: Agreed, sink: Sink) -> None:
    action_id = weak(agreed)
    reached("avery", Kind.EMAIL)
    page = Page(agreed.visitor.client.get(f"/requests/{action_id}/verify/email_link/"))
    check_shape(page)
    send_due()  # what was told before
    path = mailed(agreed.visitor.client, action_id, sink)
    assert agreed.visitor.client.get(path).status_code == 200
    assert not confirmed(action_id, "email_link"), "reading is not confirming (F15)"
    assert agreed.visitor.client.post(path).status_code == 303
    assert confirmed(action_id, "email_link")
    assert agreed.visitor.client.post(path).status_code == 410


def test_d2_confirmed_with_a_text(agreed: Agreed, gateway: Gateway) -> None:
    action_id = weak(agreed)
    reached("avery", Kind.SMS)
    code = texted(agreed.visitor.client, action_id, gateway)
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    assert agreed.visitor.verify(action_id, "sms", wrong).status_code == 400
    assert not confirmed(action_id, "sms")
    assert agreed.visitor.verify(action_id, "sms", code).status_code == 303
    assert confirmed(action_id, "sms")


def test_d2_confirmed_with_a_security_key(agreed: Agreed) -> None:
    action_id = agreed.done()
    key = with_key(agreed.visitor, SoftKey())
    page = page_of(action_id)
    answer = key.get(options_at(agreed.visitor, page))
    assert send(agreed.visitor, page, answer).status_code == 303
    assert confirmed(action_id, "security_key")
    assert send(agreed.visitor, page, answer).status_code == 409


def test_d2_a_link_is_refused_where_policy_wants_more(agreed: Agreed, sink: Sink) -> None:
    action_id = agreed.done()
    reached("avery", Kind.EMAIL)
    assert ask(agreed.visitor.client, action_id).status_code == 403
    assert not SentSecret.objects.exists()


def test_d2_not_me_in_the_mail_undoes_it(agreed: Agreed, sink: Sink) -> None:
    action_id = weak(agreed)
    reached("avery", Kind.EMAIL)
    send_due()  # what was told before
    path = mailed(agreed.visitor.client, action_id, sink)
    elsewhere = type(agreed.visitor.client)()
    assert elsewhere.post(path, {"not_me": "1"}).status_code == 200
    assert not stored(action_id).to_confirm
    assert "action.unconfirmed" in agreed.payroll.names(action_id)
    assert Session.objects.filter(user__username="avery", status="revoked").exists()


@pytest.mark.parametrize("factor", ["email_link", "sms"])
def test_f11_nothing_is_sent_once_the_time_to_confirm_is_over(
    agreed: Agreed, sink: Sink, gateway: Gateway, factor: str
) -> None:
    action_id = weak(agreed)
    reached("avery", Kind.EMAIL)
    reached("avery", Kind.SMS)
    agreed.later(timedelta(hours=25))
    page = Page(ask(agreed.visitor.client, action_id, factor))
    assert page.status == 409
    assert page.says(say("error.too_late_to_confirm.title"))
    assert not SentSecret.objects.exists()
    send_due()
    assert not [each for each in sink.letters if LINK.search(each.text)]


def test_d2_confirmed_with_the_number_that_the_application_shows(
    agreed: Agreed, service: PushService
) -> None:
    action_id = agreed.done()
    add_phone(agreed.visitor, service)
    assert agreed.payroll.get(action_id)["challenge"] is None
    due = stored(action_id).due_at
    prompt = f"/requests/{action_id}/prompt/"
    assert agreed.visitor.client.post(prompt).status_code == 303
    first = agreed.payroll.get(action_id)["challenge"]
    assert agreed.visitor.client.post(prompt).status_code == 303
    shown = agreed.payroll.get(action_id)["challenge"]
    assert shown["factor"] == "push"
    assert stored(action_id).due_at == due, "silence leads where it led"
    wrong = f"{(int(shown['number']) + 1) % 1_000_000:06d}"
    assert agreed.visitor.verify(action_id, "push", wrong).status_code == 400
    if first["number"] != shown["number"]:
        assert agreed.visitor.verify(action_id, "push", first["number"]).status_code == 400
    assert agreed.visitor.verify(action_id, "push", shown["number"]).status_code == 303
    assert confirmed(action_id, "push")
    assert agreed.payroll.get(action_id)["challenge"] is None


def test_f11_a_number_for_what_was_done_is_over_after_ten_minutes(
    agreed: Agreed, service: PushService
) -> None:
    action_id = agreed.done()
    add_phone(agreed.visitor, service)
    agreed.visitor.client.post(f"/requests/{action_id}/prompt/")
    number = agreed.payroll.get(action_id)["challenge"]["number"]
    agreed.later(timedelta(minutes=10))
    assert agreed.payroll.get(action_id)["challenge"] is None
    assert agreed.visitor.verify(action_id, "push", number).status_code == 410
    assert stored(action_id).to_confirm


def test_d2_silence_ends_an_open_question_too(agreed: Agreed, service: PushService) -> None:
    action_id = agreed.done()
    add_phone(agreed.visitor, service)
    agreed.visitor.client.post(f"/requests/{action_id}/prompt/")
    agreed.later(timedelta(hours=25))
    assert sweep_actions() == 1
    assert not stored(action_id).to_confirm
    assert not Challenge.objects.filter(action_id=action_id, status="issued").exists()
