"""The shipped action types and the value bands of their payloads (D1)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from identity.actions.sweeping import sweep_actions
from identity.models import Action, ActionType
from identity.payloads import KINDS
from identity.policy.facts import Value
from identity.shipped_types import MONEY, SHIPPED, install_shipped_types
from identity.values import value_band
from tests.world.demo import IBAN, Application


@pytest.mark.parametrize(
    ("amount", "band"),
    [
        # below a thousand is low, the borders belong to the band above
        ("0", Value.LOW),
        ("999.99", Value.LOW),
        ("1000", Value.MEDIUM),
        ("9999.99", Value.MEDIUM),
        ("10000", Value.HIGH),
        ("999999999999.99", Value.HIGH),
        # what cannot be read is the highest
        ("many", Value.HIGH),
        ("", Value.HIGH),
    ],
)
def test_d1_the_band_follows_the_declared_rule(amount: str, band: Value) -> None:
    assert value_band({"amount": amount}, MONEY) == band


def test_d1_no_rule_no_value_and_a_missing_field_is_the_highest() -> None:
    assert value_band({"amount": "5"}, {}) == Value.NONE
    assert value_band({}, MONEY) == Value.HIGH


@given(st.decimals(min_value=0, max_value=10**11, places=2), st.decimals(0, 10**11, places=2))
def test_d1_more_money_is_never_a_lower_band(one: object, other: object) -> None:
    less, more = sorted((one, other))  # type: ignore[type-var]
    assert value_band({"amount": str(less)}, MONEY) <= value_band({"amount": str(more)}, MONEY)


@pytest.mark.parametrize("bad", ["1,5", "1e3", "-1", "01", "1.234", "NaN", "∞", " 1"])
def test_d1_an_amount_has_one_spelling(bad: str) -> None:
    assert KINDS["amount"](bad) is None


@pytest.mark.django_db
def test_d1_fifteen_types_ship_and_what_staff_changed_stays() -> None:
    assert len(SHIPPED) == 15
    ActionType.objects.filter(pk="role.grant").update(title="Another title")
    ActionType.objects.filter(pk="key.create").delete()
    assert install_shipped_types() == 1
    assert ActionType.objects.get(pk="role.grant").title == "Another title"
    assert {kind for each in SHIPPED for kind in each.payload.values()} <= set(KINDS)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("amount", "rule"),
    [("20.00", "medium.available"), ("20000.00", "high.available")],
)
def test_d1_a_small_transfer_is_not_a_large_one(
    payroll: Application, amount: str, rule: str
) -> None:
    payload = {"amount": amount, "account": IBAN}
    action = payroll.ask("avery", "transfer.queue", payload).json()
    assert action["decision"]["rule"] == rule
    body = {"type": "transfer.queue", "subject": "avery", "payload": payload}
    assert payroll.call("POST", "decisions/", body).json()["rule"] == rule


@pytest.mark.django_db
def test_d10_the_band_stays_with_the_action(payroll: Application) -> None:
    payload = {"amount": "20000.00", "account": IBAN}
    action = payroll.ask("tess", "transfer.queue", payload).json()
    assert Action.objects.get(pk=action["id"]).facts["value"] == "high"
    payroll.signal("tess", "heartbeat")
    sweep_actions()
    assert payroll.get(action["id"])["decision"]["rule"] == "high.available"
