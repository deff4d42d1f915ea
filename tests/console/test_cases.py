"""Verification cases at the desk: two people, reason codes, the least data (F6, F21, F22)."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest

from fallbacks.models import VerificationCase
from identity.actions.reviewing import ask_support
from identity.models import Event, User
from tests.console.conftest import Colleague, has_text, says
from tests.world.demo import IBAN, Application

TAIL = IBAN[-4:]


@pytest.fixture
def case(payroll: Application) -> VerificationCase:
    """Kai has no way left and asked for help."""
    action_id = payroll.ask("kai").json()["id"]
    ask_support(uuid.UUID(action_id), user=User.objects.get(username="kai"))
    return VerificationCase.objects.get(action_id=action_id)


def _act(colleague: Colleague, case: VerificationCase, name: str, **fields: str) -> Any:
    sent = {f"{name}-{field}": value for field, value in fields.items()}
    return colleague.post(f"fallbacks/verificationcase/{case.pk}/{name}/", **sent)


def _page(colleague: Colleague, case: VerificationCase) -> Any:
    return colleague.get(f"fallbacks/verificationcase/{case.pk}/change/")


def test_f6_two_people_confirm(
    payroll: Application, case: VerificationCase, staff: Callable[[str], Colleague]
) -> None:
    first, second = staff("support1"), staff("support2")
    answer = _act(first, case, "propose", reason_code="evidence_matched", note="read back at once")
    assert answer.status_code == 302
    case.refresh_from_db()
    assert case.status == "proposed"
    assert payroll.get(str(case.action_id))["status"] == "review"
    page = _page(second, case)
    assert says(page, "console.case.lede.second", name="Kai")
    assert has_text(page, "read back at once")
    assert _act(second, case, "confirm").status_code == 302
    case.refresh_from_db()
    assert case.status == "confirmed"
    assert {case.proposed_by, case.decided_by} == {first.user, second.user}
    assert payroll.get(str(case.action_id))["status"] in ("approved", "committed")
    actors = Event.objects.filter(kind="case").order_by("id").values_list("name", "actor")
    assert list(actors) == [("case.proposed", "support1"), ("case.confirmed", "support2")]


def test_f22_the_same_person_twice_is_refused(
    payroll: Application, case: VerificationCase, staff: Callable[[str], Colleague]
) -> None:
    colleague = staff("support1")
    _act(colleague, case, "propose", reason_code="evidence_matched")
    page = _page(colleague, case)
    assert says(page, "console.case.lede.own")
    assert not has_text(page, "/confirm/")
    answer = _act(colleague, case, "confirm")
    assert answer.status_code == 409
    assert says(answer, "error.distinct_people_needed.detail")
    case.refresh_from_db()
    assert (case.status, case.decided_by) == ("proposed", None)
    assert payroll.get(str(case.action_id))["status"] == "review"


def test_f21_one_person_cannot_confirm_without_a_proposal(
    payroll: Application, case: VerificationCase, staff: Callable[[str], Colleague]
) -> None:
    answer = _act(staff("support1"), case, "confirm")
    assert answer.status_code == 409
    case.refresh_from_db()
    assert case.status == "open"
    assert payroll.get(str(case.action_id))["status"] == "review"


def test_one_person_refuses(
    payroll: Application, case: VerificationCase, staff: Callable[[str], Colleague]
) -> None:
    answer = _act(staff("support1"), case, "refuse", reason_code="evidence_failed")
    assert answer.status_code == 302
    case.refresh_from_db()
    assert case.status == "refused"
    assert payroll.get(str(case.action_id))["status"] == "denied"


@pytest.mark.parametrize(
    ("name", "code"),
    [
        # codes of the other decision, of the board, of nobody, none
        ("propose", "evidence_failed"),
        ("refuse", "evidence_matched"),
        ("refuse", "suspected_takeover"),
        ("propose", "because"),
        ("propose", ""),
    ],
)
def test_wrong_reason_codes_change_nothing(
    case: VerificationCase, staff: Callable[[str], Colleague], name: str, code: str
) -> None:
    answer = _act(staff("support1"), case, name, reason_code=code)
    assert answer.status_code == 422
    case.refresh_from_db()
    assert (case.status, case.version) == ("open", 0)


def test_a_note_longer_than_the_record_is_refused_not_cut(
    case: VerificationCase, staff: Callable[[str], Colleague]
) -> None:
    answer = _act(
        staff("support1"), case, "propose", reason_code="evidence_matched", note="x" * 2001
    )
    assert answer.status_code == 422
    case.refresh_from_db()
    assert case.status == "open"


def test_a_decided_case_stays_decided(
    case: VerificationCase, staff: Callable[[str], Colleague]
) -> None:
    _act(staff("support1"), case, "refuse", reason_code="evidence_failed")
    for name in ("propose", "confirm", "refuse"):
        code = {"propose": "evidence_matched", "refuse": "user_denied"}.get(name, "")
        assert _act(staff("support2"), case, name, reason_code=code).status_code == 409, name
    case.refresh_from_db()
    assert case.status == "refused"
    page = _page(staff("support2"), case)
    for name in ("propose", "confirm", "refuse"):
        assert not has_text(page, f"/{name}/")


def test_f6_the_masked_value_is_on_the_case_only_while_it_is_open(
    case: VerificationCase, staff: Callable[[str], Colleague]
) -> None:
    colleague = staff("support1")
    page = _page(colleague, case)
    assert has_text(page, TAIL)
    assert not has_text(page, IBAN)
    request = colleague.get(f"identity/action/{case.action_id}/change/")
    assert request.status_code == 200
    assert not has_text(request, TAIL)
    _act(colleague, case, "refuse", reason_code="evidence_failed")
    assert not has_text(_page(colleague, case), TAIL)


def test_the_desk_says_what_it_cannot_do(
    case: VerificationCase, staff: Callable[[str], Colleague]
) -> None:
    page = _page(staff("support1"), case)
    for each in ("lower", "call", "alone", "codes"):
        assert says(page, f"console.case.cannot.{each}")
