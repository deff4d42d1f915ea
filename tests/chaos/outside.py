"""Parts that are not the product's: a Redis, and clocks that can be set."""

from __future__ import annotations

import os
import shutil
import socket
import time
from collections.abc import Iterable, Mapping
from importlib.util import find_spec
from pathlib import Path

from config.environment import ROOT
from config.supervisor.child import Child, Plan
from tests.chaos.house import CannotHappen

FOLLOWER = Path(__file__).resolve().parent / "clock"
"""What Python finds first on the path of a process whose clock is to jump."""


class Redis:
    """A Redis that remembers nothing. Raises CannotHappen where there is none."""

    def __init__(self, place: Path) -> None:
        program = shutil.which("redis-server")
        if program is None:
            raise CannotHappen("redis-server is not installed")
        if find_spec("redis") is None:
            raise CannotHappen("the Python package redis is not installed")
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        place.mkdir(parents=True, exist_ok=True)
        self._child = Child(
            Plan(
                name="redis",
                command=(program, "--port", str(self.port), "--bind", "127.0.0.1")
                + ("--save", "", "--appendonly", "no", "--dir", str(place)),
                environment={},
                log=place / "redis.log",
                stop_seconds=2.0,
            )
        )

    def start(self) -> str:
        """Start it and wait until it answers; its address."""
        self._child.start(ROOT)
        for _ in range(100):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return f"redis://127.0.0.1:{self.port}/0"
            time.sleep(0.1)
        raise RuntimeError("redis-server does not answer")

    def kill(self) -> None:
        """At once, with whatever was in it."""
        self._child.kill_group()


class Clocks:
    """The wall clock of each process: how far it is off stands in a file, and can be changed while
    the process runs. The monotonic clock and the database's stay (`clock/sitecustomize.py`)."""

    def __init__(self, place: Path, names: Iterable[str]) -> None:
        self._place = place
        self.names = tuple(names)
        place.mkdir(parents=True, exist_ok=True)
        self.set({})

    def set(self, seconds: Mapping[str, int]) -> None:
        """How far each clock is off; those that are not named are right."""
        for name in self.names:
            part = self._place / f"{name}.part"
            part.write_text(f"{seconds.get(name, 0)}\n")
            part.replace(self._place / name)

    def variables(self) -> Mapping[str, Mapping[str, str]]:
        """What each process is started with."""
        path = os.pathsep.join(filter(None, (str(FOLLOWER), os.environ.get("PYTHONPATH"))))
        return {
            name: {"PYTHONPATH": path, "CHAOS_CLOCK": str(self._place / name)}
            for name in self.names
        }
