"""The world these tests live in, and processes that sweep."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterator
from time import monotonic, sleep
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


def alone(seconds: float = 30) -> None:
    """Wait until no other session is left in the database: the server saw that they are gone."""
    ends = monotonic() + seconds
    others = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> "
    with connection.cursor() as cursor:
        while True:
            cursor.execute(f"{others} pg_backend_pid() AND backend_type = 'client backend'")
            if not cursor.fetchone()[0]:
                return
            if monotonic() > ends:
                raise AssertionError("a session is left")
            sleep(0.02)  # the server's own time, not ours
