"""The world these tests live in."""

from tests.console.conftest import staff
from tests.world.demo import demo, later, payroll, visit
from tests.world.receiver import receiver

__all__ = ["demo", "later", "payroll", "receiver", "staff", "visit"]
