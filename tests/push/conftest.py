"""A push service on loopback."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.push.phone import PushService
from tests.world.demo import demo, later, payroll, visit

__all__ = ["demo", "later", "payroll", "service", "visit"]


@pytest.fixture
def service() -> Iterator[PushService]:
    """Answers until the test is over."""
    found = PushService()
    yield found
    found.close()
