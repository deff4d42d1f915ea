"""The world these tests live in."""

from tests.console.conftest import staff
from tests.world.demo import demo, later, payroll, visit

__all__ = ["demo", "later", "payroll", "staff", "visit"]
