"""The world these tests live in."""

from tests.world.demo import demo, later, payroll, visit

__all__ = ["demo", "later", "payroll", "visit"]
