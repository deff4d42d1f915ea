"""The record with a few people in it."""

from __future__ import annotations

import pytest

from identity.models import User
from tests.world.demo import demo, payroll, visit

__all__ = ["demo", "payroll", "people", "visit"]


@pytest.fixture
def people(demo: None) -> list[tuple[int, str]]:
    """Key and sign-in name of everybody in the demo."""
    return list(User.objects.order_by("pk").values_list("pk", "username"))
