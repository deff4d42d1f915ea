"""Rehearsals: recorded traffic, and policies to try on it."""

from __future__ import annotations

from identity.policy.compiled import compile_policy
from identity.policy.document import parse_policy
from identity.policy_activation import DEFAULT
from identity.simulation.replay import Draft
from tests.console.conftest import staff
from tests.policy.conftest import STRICTER
from tests.world.demo import demo, later, payroll, visit

__all__ = ["STRICTER", "demo", "draft_of", "later", "payroll", "staff", "visit"]

SHIPPED = DEFAULT.read_text(encoding="utf-8")


def draft_of(text: str) -> Draft:
    """The policy of `text`, ready to decide anew."""
    policy = parse_policy(text)
    return Draft(compile_policy(policy), policy.risk)
