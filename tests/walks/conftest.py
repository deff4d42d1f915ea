"""The world these tests live in."""

from tests.channels.conftest import careful, gateway, sink
from tests.push.conftest import service
from tests.world.demo import demo, later, payroll, visit

__all__ = ["careful", "demo", "gateway", "later", "payroll", "service", "sink", "visit"]
