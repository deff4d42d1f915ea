"""The world these tests live in, and processes that sweep."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection

from tests.console.conftest import staff
from tests.sweep.worker import sweep
from tests.world.demo import demo, later, payroll, visit

__all__ = ["demo", "later", "payroll", "staff", "visit"]

SPAWN = multiprocessing.get_context("spawn")
Start = Callable[..., Any]


@pytest.fixture
def start() -> Iterator[Start]:
    """Start a process that sweeps; what still runs at the end is ended."""
    begun = []

    def go(task: dict[str, Any], signs: Any, out: Any) -> Any:
        name = {"NAME": connection.settings_dict["NAME"]}
        process = SPAWN.Process(target=sweep, args=(name, task, signs, out))
        process.start()
        begun.append(process)
        return process

    yield go
    for process in begun:
        process.kill()
        process.join(30)
