"""The action types that ship: what applications can ask for without anybody adding anything.

Installed by `migrate` where they are missing; what staff changed since stays as it is.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from identity.models import ActionType


@dataclass(frozen=True, slots=True)
class Shipped:
    """One type: the four variables of the matrix, its journey, its payload, its value rule."""

    name: str
    title: str
    sensitivity: str
    reversibility: str
    fraud_cost: str
    time_sensitivity: str
    journey: str
    payload: dict[str, str] = field(default_factory=dict)
    value_rule: dict[str, Any] = field(default_factory=dict)
    reach: str = "ordinary"


MONEY = {"field": "amount", "medium": 1000, "high": 10000}
"""In the account's currency; below a thousand is low."""

SHIPPED = (
    Shipped("payslip.view", "View payslips", "low", "reversible", "low", "low", "session_renewal"),
    Shipped("draft.save", "Save a draft", "low", "reversible", "low", "low", "session_renewal"),
    Shipped("onboarding.step", "Finish an onboarding step", "low", "reversible", "low", "low",
            "enrolment", {"step": "word"}),
    Shipped("device.reauthenticate", "Sign in again on a device", "medium", "reversible", "medium",
            "high", "session_renewal", {"device": "text"}),
    Shipped("password.reset", "Approve a password reset", "medium", "reversible", "high", "high",
            "recovery"),
    Shipped("transaction.confirm", "Confirm a payment", "medium", "irreversible", "medium", "high",
            "step_up", {"amount": "amount", "payee": "text"}, MONEY),
    Shipped("transfer.queue", "Make a transfer", "medium", "irreversible", "medium", "low",
            "step_up", {"amount": "amount", "account": "iban"}, MONEY),
    Shipped("admin.approve", "Approve somebody’s request", "high", "reversible", "medium", "low",
            "privileged_action", {"request": "text"}),
    Shipped("email.change", "Change contact email", "high", "reversible", "high", "low",
            "privileged_action", {"email": "email"}),
    Shipped("phone.change", "Change phone number", "high", "reversible", "high", "low",
            "privileged_action", {"phone": "phone"}),
    Shipped("address.change", "Change postal address", "medium", "reversible", "medium", "low",
            "step_up", {"address": "text"}),
    Shipped("payout.change", "Change payout account", "high", "irreversible", "high", "low",
            "privileged_action", {"account": "iban"}),
    Shipped("role.grant", "Grant a role", "high", "reversible", "high", "high",
            "privileged_action", {"role": "word"}, reach="authority"),
    Shipped("key.create", "Create an API key", "high", "reversible", "high", "low",
            "privileged_action", {"label": "text"}, reach="authority"),
    Shipped("records.export", "Export records", "medium", "irreversible", "medium", "low",
            "export"),
)  # fmt: skip


def install_shipped_types() -> int:
    """Add the shipped types that are missing; how many were."""
    known = set(ActionType.objects.values_list("pk", flat=True))
    missing = [ActionType(**asdict(each)) for each in SHIPPED if each.name not in known]
    ActionType.objects.bulk_create(missing, ignore_conflicts=True)
    return len(missing)
