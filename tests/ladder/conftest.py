"""The world these tests live in."""

from tests.channels.conftest import sink
from tests.console.conftest import staff
from tests.world.demo import demo, later, payroll, visit
from tests.world.receiver import receiver

__all__ = ["demo", "later", "payroll", "receiver", "sink", "staff", "visit"]
