"""A push service on loopback."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.push.phone import Phone, PushService, enrol
from tests.world.demo import Visitor, demo, later, payroll, visit

__all__ = ["demo", "later", "payroll", "service", "visit"]

Visit = Callable[[str], Visitor]


@pytest.fixture
def service() -> Iterator[PushService]:
    """Answers until the test is over."""
    found = PushService()
    yield found
    found.close()


@pytest.fixture
def phone(service: PushService) -> Phone:
    """Avery's."""
    return Phone(service)


@pytest.fixture
def avery(visit: Visit, phone: Phone) -> Visitor:
    """Avery, whose phone takes prompts."""
    visitor = visit("avery")
    assert enrol(visitor, phone).status_code == 303
    return visitor
