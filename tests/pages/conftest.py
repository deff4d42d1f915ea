"""The world these tests live in, and reading a page as a person would."""

from tests.world.demo import demo, later, payroll, visit

__all__ = ["demo", "later", "payroll", "visit"]
