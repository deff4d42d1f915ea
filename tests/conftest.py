"""What every test stands on: real PostgreSQL, no network beyond loopback, no test's luck."""

from __future__ import annotations

import ipaddress
import os
import shutil
import socket
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

IN_CI = os.environ.get("CI", "").lower() in ("1", "true", "yes")

settings.register_profile("ci", derandomize=True, deadline=None, print_blob=True, database=None)
settings.register_profile(
    "dev", deadline=None, suppress_health_check=[HealthCheck.too_slow], database=None
)
settings.load_profile("ci" if IN_CI else "dev")


class NetworkClosed(AssertionError):
    """A test wanted to speak to something that is not this machine."""


def _is_loopback(address: Any) -> bool:
    if not isinstance(address, tuple):
        return True  # a Unix socket
    host = str(address[0])
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host in ("", "localhost")


@pytest.fixture(scope="session", autouse=True)
def loopback_only() -> Iterator[None]:
    """Close every socket but those to this machine."""
    connect, connect_ex = socket.socket.connect, socket.socket.connect_ex

    def guarded(self: socket.socket, address: Any) -> None:
        if not _is_loopback(address):
            raise NetworkClosed(f"no network in tests: {address!r}")
        connect(self, address)

    def guarded_ex(self: socket.socket, address: Any) -> int:
        if not _is_loopback(address):
            raise NetworkClosed(f"no network in tests: {address!r}")
        return connect_ex(self, address)

    socket.socket.connect = guarded  # type: ignore[method-assign]
    socket.socket.connect_ex = guarded_ex  # type: ignore[method-assign]
    yield
    socket.socket.connect = connect  # type: ignore[method-assign]
    socket.socket.connect_ex = connect_ex  # type: ignore[method-assign]


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """The demo is loaded once; a test that empties the tables has it loaded again for itself.

    Between tests the record is emptied too, which the product forbids even to its owner.
    """
    from config.demo.load import load_demo  # noqa: PLC0415 (Django is set up by now)
    from tests.world.record import let_record_be_emptied  # noqa: PLC0415

    with django_db_blocker.unblock():
        let_record_be_emptied()
        load_demo()


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of Chromium. Without one the test is skipped, and fails in CI."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        found = shutil.which(name)
        if found:
            return found
    if IN_CI:
        pytest.fail("Chromium is missing: install Debian's package chromium")
    pytest.skip("Chromium is not installed")


@pytest.fixture(scope="session")
def browser_type_launch_args(chromium: str) -> dict[str, Any]:
    """How pytest-playwright starts the browser: the system's own, without its sandbox as root."""
    return {"executable_path": chromium, "args": ["--no-sandbox"], "headless": True}
