"""The world these tests live in."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.conf import LazySettings

from identity.policy_activation import DEFAULT
from tests.afterwards.conftest import activate
from tests.channels.outside import Gateway, Hanging, Sink, hanging_server, mail_server, text_gateway
from tests.console.conftest import staff
from tests.world.demo import demo, later, payroll, visit

__all__ = ["demo", "later", "payroll", "staff", "visit"]


LOW = """\
    outcome: proceed
    profile: low
"""


@pytest.fixture
def careful(demo: None) -> None:
    """A policy that asks for a proof where little is at stake too: the shipped one never does."""
    text = DEFAULT.read_text(encoding="utf-8")
    assert text.count(LOW) == 1
    activate(text.replace(LOW, LOW.replace("proceed", "fallback")))


@pytest.fixture
def sink(settings: LazySettings) -> Iterator[Sink]:
    """Mail goes to a real server."""
    with mail_server() as server:
        settings.MAIL = server.mail
        yield server


@pytest.fixture
def gateway(settings: LazySettings) -> Iterator[Gateway]:
    """Texts go to a gateway."""
    with text_gateway() as server:
        settings.TEXTS = server.setting
        yield server


@pytest.fixture
def hanging() -> Iterator[Hanging]:
    """A server that never answers."""
    with hanging_server() as server:
        yield server
