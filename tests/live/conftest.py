"""One running product for all tests of this folder."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest

from tests.live.outside import ROOT, Payroll, Product, close_clients


@pytest.fixture(scope="session")
def product() -> Iterator[Product]:
    """Started on an empty state directory, stopped at the end."""
    state = ROOT / "var" / "live"
    shutil.rmtree(state, ignore_errors=True)
    state.parent.mkdir(exist_ok=True)
    running = Product(state)
    running.output.unlink(missing_ok=True)
    running.start()
    yield running
    assert running.stop() == 0


@pytest.fixture(autouse=True)
def closed() -> Iterator[None]:
    """Leave no connection behind."""
    yield
    close_clients()


@pytest.fixture
def payroll(product: Product) -> Payroll:
    """A relying application of its own."""
    return Payroll(product.url)
