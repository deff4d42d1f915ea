"""Others have to agree: after the person's own proof, and all of it asked again at the end."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test.utils import CaptureQueriesContext

from config.lifecycle import read_clock
from fallbacks.models import Approval, Escalation, GuessBudget, VerificationCase
from identity.actions import moves
from identity.actions.agreeing import SECOND_PERSON, agreement_stands, agreements
from identity.actions.situation import reassess
from identity.messages import say
from identity.models import Evidence, SessionStatus, User
from identity.models import Session as SignIn
from identity.sessions import revoke_session
from identity.webhooks.sending import deliver_due
from tests.afterwards.conftest import Agreed, Later, activate, medium
from tests.console.conftest import Colleague, says
from tests.pages.reading import Page, check_shape
from tests.policy.conftest import SHIPPED
from tests.world.demo import Application, Visitor, stored
from tests.world.receiver import Receiver

pytestmark = pytest.mark.django_db
Visit = Callable[[str], Visitor]
Staff = Callable[[str], Colleague]


def needing(number: int) -> str:
    """The shipped policy, where `number` others agree to whatever is high."""
    found = SHIPPED.replace(
        "high: {like: medium, max_proof_age: 5m}",
        f"high: {{like: medium, max_proof_age: 5m, approvals: {number}}}",
    )
    assert found != SHIPPED
    return found


class Asked:
    """A payout change of tess', proved by her, with those who have to agree."""

    def __init__(self, payroll: Application, visitor: Visitor, staff: Staff) -> None:
        self.payroll, self.visitor, self.staff = payroll, visitor, staff
        self.id = str(payroll.ask(visitor.name).json()["id"])
        assert visitor.verify(self.id).status_code == 303

    @property
    def case(self) -> VerificationCase:
        """The latest case."""
        return VerificationCase.objects.filter(action_id=self.id).latest("opened_at")

    def act(self, name: str, what: str = "agree", **fields: str) -> int:
        """What `name` answers at the desk; the HTTP status."""
        sent = {f"{what}-{field}": value for field, value in fields.items()}
        path = f"fallbacks/verificationcase/{self.case.pk}/{what}/"
        return int(self.staff(name).post(path, **sent).status_code)


@pytest.fixture
def asked(payroll: Application, receiver: Receiver, visit: Visit, staff: Staff) -> Asked:
    """Two others have to agree to it."""
    activate(needing(2))
    return Asked(payroll, visit("tess"), staff)


def test_d2_after_the_proof_it_waits_for_others(asked: Asked) -> None:
    found = asked.payroll.get(asked.id)
    assert (found["status"], found["message"]["code"]) == (
        "review",
        "action.review.second_person_needed",
    )
    page = Page(asked.visitor.client.get(f"/requests/{asked.id}/"))
    check_shape(page)
    assert page.heading == say("action.review.second_person_needed.title")
    assert (asked.case.asks, asked.case.needed) == ("action", 2)
    deliver_due()
    assert stored(asked.id).status == "review"


def test_d10_two_others_agree_and_it_is_done(asked: Asked) -> None:
    desk = f"fallbacks/verificationcase/{asked.case.pk}/change/"
    assert says(asked.staff("support1").get(desk), "console.case.agreed", agreed="0", needed="2")
    assert asked.act("support1") == 302
    assert says(asked.staff("support2").get(desk), "console.case.agreed", agreed="1", needed="2")
    assert stored(asked.id).status == "review"
    assert asked.act("support2") == 302
    row = stored(asked.id)
    assert (row.status, row.reason) == ("approved", "second_person_agreed")
    assert row.decisions.count() >= 3
    deliver_due()
    assert stored(asked.id).status == "committed"
    assert {each.person.username for each in Approval.objects.all()} == {"support1", "support2"}
    check_shape(Page(asked.visitor.client.get(f"/requests/{asked.id}/")))


def test_d10_the_agreement_to_many_is_that_to_each_alone(asked: Asked, visit: Visit) -> None:
    """One has the two that policy wants, one has one, one has two and another password since."""
    others = [Asked(asked.payroll, visit(name), asked.staff) for name in ("sam", "avery")]
    for number, each in ((2, asked), (1, others[0]), (2, others[1])):
        assert [each.act(name) for name in ("support1", "support2")[:number]] == [302] * number
    found = []
    for each in (asked, *others):
        row = moves.locked(stored(each.id).pk)
        assert row is not None
        row.reason = SECOND_PERSON  # as it was when the last of them agreed
        if each is others[1]:
            User.objects.filter(pk=row.subject_id).update(password="another")
        situation = reassess(row, read_clock())
        assert situation is not None
        found.append((row, situation))
    now = read_clock()
    assert [agreement_stands(*each, now) for each in found] == [True, False, False]
    assert agreements(found, now) == {found[0][0].pk}
    with CaptureQueriesContext(connection) as alone:
        agreements(found[:1], now)
    with CaptureQueriesContext(connection) as together:
        agreements(found, now)
    assert len(together) == len(alone) == 4
    assert agreements([], now) == frozenset()


def test_d2_where_no_proof_is_needed_others_are_asked_at_once(agreed: Agreed, staff: Staff) -> None:
    """Agreed to beforehand: nobody proves anything first, and the person confirms afterwards."""
    activate(medium("approvals: 1"))
    action = agreed.asks()
    assert (action["status"], action["message"]["code"]) == (
        "review",
        "action.review.second_person_needed",
    )
    deliver_due()
    assert agreed.receiver.received == []
    case = VerificationCase.objects.get(action_id=action["id"])
    assert (case.asks, case.needed) == ("action", 1)
    answer = staff("support1").post(f"fallbacks/verificationcase/{case.pk}/agree/")
    assert answer.status_code == 302
    deliver_due()
    assert stored(action["id"]).status == "committed"
    assert not Evidence.objects.filter(action_id=action["id"]).exists()
    assert stored(action["id"]).confirm_by is not None


def test_f22_the_same_person_counts_once(asked: Asked) -> None:
    assert asked.act("support1") == 302
    page = asked.staff("support1").get(f"fallbacks/verificationcase/{asked.case.pk}/change/")
    assert says(page, "console.case.lede.agreed", agreed="1", needed="2")
    assert asked.act("support1") == 409
    assert Approval.objects.count() == 1
    assert stored(asked.id).status == "review"


def test_f22_nobody_agrees_to_their_own(asked: Asked) -> None:
    VerificationCase.objects.update(subject=User.objects.get(username="support1"))
    assert asked.act("support1") == 403
    assert not Approval.objects.exists()


@pytest.mark.parametrize("name", ["compliance1", "product1", "auditor1", "legal1"])
def test_f24_only_the_desk_and_security_may_agree(asked: Asked, name: str) -> None:
    assert asked.act(name) == 403
    assert not Approval.objects.exists()


@pytest.mark.parametrize("what", ["propose", "confirm"])
def test_f21_it_cannot_be_settled_as_a_check_of_the_person(asked: Asked, what: str) -> None:
    code = {"reason_code": "evidence_matched"} if what == "propose" else {}
    assert asked.act("support1", what, **code) == 409
    assert stored(asked.id).status == "review"


def test_d2_one_who_refuses_ends_it(asked: Asked) -> None:
    asked.act("support1")
    assert asked.act("support2", "disagree", reason_code="evidence_failed") == 422
    assert asked.act("support2", "disagree", reason_code="not_agreed") == 302
    row = stored(asked.id)
    assert (row.status, row.reason) == ("denied", "refused_by_colleague")
    page = Page(asked.visitor.client.get(f"/requests/{asked.id}/"))
    assert page.says(say("action.denied.refused_by_colleague.body"))


def test_d10_the_proof_stands_however_long_they_take(asked: Asked, later: Later) -> None:
    asked.act("support1")
    asked.staff("support2")
    later(timedelta(hours=7))
    assert asked.act("support2") == 302
    assert stored(asked.id).status == "approved"


def test_d10_a_changed_password_asks_for_another_proof(asked: Asked) -> None:
    asked.act("support1")
    user = User.objects.get(username="tess")
    user.set_password("another-long-password")
    user.save()
    assert asked.act("support2") == 302
    assert stored(asked.id).status in ("pending", "queued", "fallback")


def test_d10_a_lockout_asks_for_another_proof(asked: Asked) -> None:
    asked.act("support1")
    GuessBudget.objects.filter(subject__username="tess").update(short_count=5)
    assert asked.act("support2") == 302
    assert stored(asked.id).status in ("pending", "queued", "fallback")


def test_d10_a_revoked_sign_in_takes_its_proof_along(asked: Asked) -> None:
    asked.act("support1")
    session = Evidence.objects.get(action_id=asked.id).session
    revoke_session(session.user, session.pk, actor=session.user)
    assert SignIn.objects.get(pk=session.pk).status == SessionStatus.REVOKED
    assert asked.act("support2") == 302
    assert stored(asked.id).status in ("pending", "queued", "fallback")


def test_d10_what_became_risky_meanwhile_is_stopped(asked: Asked) -> None:
    asked.act("support1")
    Escalation.objects.create(
        action_id=asked.payroll.ask("tess", "role.grant", {"role": "admin"}).json()["id"],
        subject=User.objects.get(username="tess"),
        opened_at=stored(asked.id).created_at,
        due_at=stored(asked.id).created_at,
    )
    assert asked.act("support2") == 302
    assert stored(asked.id).status == "blocked"


def test_f25_whoever_lost_the_right_since_does_not_count(asked: Asked) -> None:
    asked.act("support1")
    Group.objects.get(name="support").user_set.remove(User.objects.get(username="support1"))
    assert asked.act("support2") == 302
    assert stored(asked.id).status != "approved"


def test_d10_a_stricter_policy_meanwhile_asks_more_people(asked: Asked) -> None:
    asked.act("support1")
    activate(needing(3))
    assert asked.act("support2") == 302
    assert stored(asked.id).status != "approved"


def test_d2_a_proof_given_again_needs_nobody_twice(asked: Asked, later: Later) -> None:
    asked.act("support1")
    GuessBudget.objects.filter(subject__username="tess").update(short_count=5)
    asked.act("support2")
    later(timedelta(minutes=10))
    assert asked.visitor.verify(asked.id).status_code == 303
    assert stored(asked.id).status == "approved"
