"""Policy versions on their way: the staff who write, sign and activate them."""

from __future__ import annotations

from typing import Any

import pytest

from identity.models import PolicyVersion, User
from identity.policy_activation import DEFAULT
from identity.policy_lifecycle import draft_policy, sign_policy, submit_policy
from tests.console.conftest import staff
from tests.world.demo import demo, later, payroll, visit

__all__ = ["demo", "later", "payroll", "staff", "visit"]

SHIPPED = DEFAULT.read_text(encoding="utf-8")
STRICTER = SHIPPED.replace(
    "\nrules:\n",
    """
rules:
  - id: stop.everything
    when: {sensitivity: [low, medium, high]}
    outcome: block
    profile: blocked
    because: [person_must_decide]
""",
    1,
)
"""The shipped policy under one more rule, which stops everything for a person to look at."""
BROKEN = SHIPPED.replace(
    "\nrules:\n",
    """
rules:
  - id: let.everything.through
    when: {sensitivity: [low, medium, high]}
    outcome: proceed
    profile: low
    because: [low_stakes]
""",
    1,
)
"""The shipped policy under one more rule that breaks guardrails."""
SIGNERS = {
    "security": "security1",
    "compliance": "compliance1",
    "product": "product1",
    "support": "support1",
}
AUTHOR = "security2"


def person(name: str) -> User:
    """A member of staff, read anew with what they may do."""
    return User.objects.get(username=name)


def in_review(text: str = STRICTER) -> PolicyVersion:
    """A version that waits for its signatures."""
    row = draft_policy(text, by=person(AUTHOR))
    return submit_policy(row.number, by=person(AUTHOR))


def signed(text: str = STRICTER) -> PolicyVersion:
    """A version that all four areas signed."""
    row = in_review(text)
    for area, name in SIGNERS.items():
        sign_policy(row.number, area, by=person(name))
    row.refresh_from_db()
    return row


def stored(row: Any) -> dict[str, Any]:
    """The row as the database has it."""
    return PolicyVersion.objects.filter(pk=row.pk).values().get()


@pytest.fixture(autouse=True)
def _demo(demo: None) -> None:
    """Every test here starts from the demo, with the shipped policy in force."""
