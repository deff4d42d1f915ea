"""The catalogue of action types in the console: added, changed, and told which rule catches it."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from identity.models import ActionType
from tests.console.conftest import Colleague, has_text
from tests.world.demo import Application

pytestmark = pytest.mark.django_db
Staff = Callable[[str], Colleague]

FIELDS = {
    "name": "loan.request",
    "title": "Ask for a loan",
    "sensitivity": "medium",
    "reversibility": "irreversible",
    "fraud_cost": "medium",
    "time_sensitivity": "low",
    "journey": "step_up",
    "reach": "ordinary",
    "payload": json.dumps({"amount": "amount"}),
    "value_rule": json.dumps({"field": "amount", "medium": 500, "high": 5000}),
}


def test_d1_a_type_is_added_used_and_its_rules_are_told(staff: Staff, payroll: Application) -> None:
    admin = staff("admin")
    assert admin.post("identity/actiontype/add/", **FIELDS).status_code == 302
    page = admin.get("identity/actiontype/loan.request/change/")
    # a small loan is caught by the medium rules, a large one by the high ones
    assert has_text(page, "medium.available")
    assert has_text(page, "high.available")
    assert has_text(page, "blocked.red")
    action = payroll.ask("avery", "loan.request", {"amount": "9000"}).json()
    assert action["decision"]["rule"] == "high.available"


@pytest.mark.parametrize(
    "change",
    [
        {"name": "Loan Request"},
        {"name": "loan"},
        {"sensitivity": "extreme"},
        {"journey": "holiday"},
        {"payload": "{"},
        {"payload": json.dumps({"amount": "money"})},
        {"payload": json.dumps(["amount"])},
        {"value_rule": json.dumps({"field": "amount", "medium": 5000, "high": 500})},
        {"value_rule": json.dumps({"field": "other", "medium": 1, "high": 2})},
        {"value_rule": json.dumps({"field": "amount", "medium": "1", "high": True})},
    ],
)
def test_d1_what_is_no_type_is_refused_beside_its_field(
    staff: Staff, change: dict[str, str]
) -> None:
    answer = staff("admin").post("identity/actiontype/add/", **{**FIELDS, **change})
    assert answer.status_code == 200
    assert not ActionType.objects.filter(title="Ask for a loan").exists()


@pytest.mark.parametrize("name", ["security1", "product1", "auditor1"])
def test_f24_only_the_configuration_role_adds_a_type(staff: Staff, name: str) -> None:
    assert staff(name).post("identity/actiontype/add/", **FIELDS).status_code == 403
    assert not ActionType.objects.filter(pk="loan.request").exists()
