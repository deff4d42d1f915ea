"""Escalations at the board: a verdict with its reason code moves the request, or nothing (F7)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from fallbacks.models import Escalation
from identity.models import Action, Event
from tests.console.conftest import Colleague, blocked, has_text, says
from tests.world.demo import Application

KINDS = ("payout.change", "payslip.view")


def _escalation(action_id: str) -> Escalation:
    return Escalation.objects.get(action_id=action_id)


def _resolve(colleague: Colleague, row: Escalation, verdict: str, code: str, note: str = ""):  # type: ignore[no-untyped-def]
    return colleague.post(
        f"fallbacks/escalation/{row.pk}/resolve/",
        **{
            "resolve-verdict": verdict,
            "resolve-reason_code": code,
            "resolve-note": note,
        },
    )


@pytest.mark.parametrize(
    ("verdict", "code", "statuses"),
    [
        # released: the person still proves who they are, by a live prompt or another way
        ("release", "genuine_contacted", {"pending", "fallback", "queued"}),
        # the request is over
        ("deny", "suspected_takeover", {"denied"}),
        # held: with support
        ("hold", "not_reached", {"review"}),
    ],
)
def test_f7_verdict_moves_the_request(
    payroll: Application,
    staff: Callable[[str], Colleague],
    verdict: str,
    code: str,
    statuses: set[str],
) -> None:
    action_id = blocked(payroll)
    row = _escalation(action_id)
    answer = _resolve(staff("security1"), row, verdict, code, "called the stored number")
    assert answer.status_code == 302
    row.refresh_from_db()
    assert (row.status, row.verdict, row.reason_code) == ("resolved", verdict, code)
    assert row.resolved_by.get_username() == "security1"  # type: ignore[union-attr]
    assert payroll.get(action_id)["status"] in statuses
    told = Event.objects.get(name="escalation.resolved", object_id=str(row.pk))
    assert told.actor == "security1"
    assert told.reason == code
    page = staff("security1").get(f"fallbacks/escalation/{row.pk}/change/")
    assert says(page, "console.resolve.done", name=str(row))
    assert has_text(page, "called the stored number")
    assert not has_text(page, "/resolve/")


def test_f7_context_is_on_the_page(payroll: Application, staff: Callable[[str], Colleague]) -> None:
    action = Action.objects.get(pk=blocked(payroll))
    page = staff("security1").get(f"fallbacks/escalation/{_escalation(str(action.pk)).pk}/change/")
    for message_id in ("console.request.inputs", "console.risk.red", "console.resolve.button"):
        assert says(page, message_id), message_id
    assert has_text(page, "escalation.triggered")
    assert has_text(page, action.reference)


@pytest.mark.parametrize(
    ("verdict", "code", "status"),
    [
        # a code of another verdict
        ("release", "suspected_takeover", 422),
        # a code of the verification desk
        ("deny", "evidence_failed", 422),
        # no code at all
        ("deny", "", 422),
        # no such verdict
        ("ignore", "user_denied", 422),
        # nothing sent
        ("", "", 422),
    ],
)
def test_f10_wrong_verdicts_change_nothing(
    payroll: Application,
    staff: Callable[[str], Colleague],
    verdict: str,
    code: str,
    status: int,
) -> None:
    action_id = blocked(payroll)
    row = _escalation(action_id)
    answer = _resolve(staff("security1"), row, verdict, code, "kept as typed")
    assert answer.status_code == status
    assert has_text(answer, "kept as typed")
    row.refresh_from_db()
    assert (row.status, row.verdict, row.version) == ("open", "", 0)
    assert payroll.get(action_id)["status"] == "blocked"


def test_refusal_is_in_the_words_of_the_catalogue(
    payroll: Application, staff: Callable[[str], Colleague]
) -> None:
    row = _escalation(blocked(payroll))
    answer = _resolve(staff("security1"), row, "release", "user_denied")
    assert says(
        answer, "error.wrong_reason_code.detail", verdict="release", reason_code="user_denied"
    )


def test_the_second_verdict_comes_too_late(
    payroll: Application, staff: Callable[[str], Colleague]
) -> None:
    action_id = blocked(payroll)
    row = _escalation(action_id)
    assert _resolve(staff("security1"), row, "hold", "not_reached").status_code == 302
    answer = _resolve(staff("security2"), row, "deny", "user_denied")
    assert answer.status_code == 409
    assert says(answer, "error.illegal_transition.detail")
    row.refresh_from_db()
    assert row.verdict == "hold"
    assert row.resolved_by.get_username() == "security1"  # type: ignore[union-attr]
    assert payroll.get(action_id)["status"] == "review"


def test_f22_nobody_decides_about_themselves(
    payroll: Application, staff: Callable[[str], Colleague]
) -> None:
    colleague = staff("security1")
    row = _escalation(blocked(payroll))
    Escalation.objects.filter(pk=row.pk).update(subject=colleague.user)
    answer = _resolve(colleague, row, "release", "genuine_contacted")
    assert answer.status_code == 403
    row.refresh_from_db()
    assert row.status == "open"


def test_f24_reading_is_not_deciding(
    payroll: Application, staff: Callable[[str], Colleague]
) -> None:
    row = _escalation(blocked(payroll))
    page = staff("auditor1").get(f"fallbacks/escalation/{row.pk}/change/")
    assert page.status_code == 200
    assert not has_text(page, "/resolve/")
    assert _resolve(staff("auditor1"), row, "deny", "user_denied").status_code == 403
    assert staff("support1").get(f"fallbacks/escalation/{row.pk}/change/").status_code == 403
    row.refresh_from_db()
    assert row.status == "open"


def test_open_ones_come_first(payroll: Application, staff: Callable[[str], Colleague]) -> None:
    first, second = (_escalation(blocked(payroll, kind)) for kind in KINDS)
    _resolve(staff("security1"), first, "deny", "user_denied")
    staff("security1").get("")  # takes the notice of the verdict off the next page
    page = staff("security1").get("fallbacks/escalation/").content.decode()
    assert page.index(str(second)) < page.index(str(first))
