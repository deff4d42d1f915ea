"""A policy comes into force while a request waits: the answer is that of the new one (D10)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from identity.messages import say
from identity.webhooks.sending import deliver_due
from tests.afterwards.conftest import ADDRESS, KIND, activate
from tests.pages.reading import Page, check_shape
from tests.policy.conftest import SHIPPED, STRICTER
from tests.world.demo import Application, Visitor, stored
from tests.world.receiver import Receiver

pytestmark = pytest.mark.django_db
Visit = Callable[[str], Visitor]


def test_d10_a_good_code_is_held_against_the_policy_in_force_now(
    payroll: Application, receiver: Receiver, visit: Visit
) -> None:
    visitor = visit("tess")
    action = payroll.ask("tess", KIND, ADDRESS).json()
    assert action["decision"]["policy_version"] == 1
    activate(STRICTER)
    assert visitor.verify(action["id"]).status_code == 303
    row = stored(action["id"])
    assert (row.status, row.rule, row.policy_number) == ("blocked", "stop.everything", 2)
    deliver_due()
    assert "action.committed" not in [each["body"]["type"] for each in receiver.received]
    told = payroll.get(action["id"])
    assert told["message"]["code"] == "action.blocked.policy"
    page = Page(visitor.client.get(f"/requests/{action['id']}/"))
    check_shape(page)
    name = row.subject.shown_name
    assert page.heading == say("action.blocked.title", name=name)
    assert page.says(say("action.blocked.body"))


def test_d10_a_way_that_is_permitted_no_more_leads_to_another_and_says_so(
    payroll: Application, receiver: Receiver, visit: Visit
) -> None:
    visitor = visit("tess")
    action = payroll.ask("tess", KIND, ADDRESS).json()
    fewer = SHIPPED.replace(
        "[push, totp, backup_code, security_key]", "[backup_code, security_key]"
    )
    assert fewer != SHIPPED
    activate(fewer)
    assert visitor.verify(action["id"]).status_code == 303
    row = stored(action["id"])
    assert (row.status, row.reason, row.policy_number) == ("fallback", "stronger_proof_needed", 2)
    page = Page(visitor.client.get(f"/requests/{action['id']}/"))
    check_shape(page)
    assert page.heading == say("action.fallback.stronger_proof_needed.title")
    assert page.says(say("action.fallback.stronger_proof_needed.body"))
    deliver_due()
    assert "action.committed" not in [each["body"]["type"] for each in receiver.received]
