"""Parts that are not ours and are not always there: Redis, and clocks that can be set."""

from __future__ import annotations

import shutil
import socket
import time
from collections.abc import Iterable, Mapping
from importlib.util import find_spec
from pathlib import Path

from config.environment import ROOT
from config.supervisor.child import Child, Plan
from tests.chaos.house import CannotHappen

LIBRARIES = ("libfaketimeMT.so.1", "libfaketime.so.1")


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
    """The wall clock of each process, by Debian's libfaketime: read from a file at every look, so
    that it can jump while the process runs. The monotonic clock and the database's stay.

    Raises CannotHappen where the library is not installed.
    """

    def __init__(self, place: Path, names: Iterable[str]) -> None:
        found = [path for name in LIBRARIES for path in Path("/usr/lib").glob(f"*/faketime/{name}")]
        if not found:
            raise CannotHappen("Debian's package libfaketime is not installed")
        self._library = found[0]
        self._place = place
        self.names = tuple(names)
        place.mkdir(parents=True, exist_ok=True)
        self.set({})

    def set(self, seconds: Mapping[str, int]) -> None:
        """How far each clock is off; those that are not named are right."""
        for name in self.names:
            part = self._place / f"{name}.part"
            part.write_text(f"{seconds.get(name, 0):+d}\n")
            part.replace(self._place / name)

    def variables(self) -> Mapping[str, Mapping[str, str]]:
        """What each process is started with."""
        return {
            name: {
                "LD_PRELOAD": str(self._library),
                "FAKETIME_TIMESTAMP_FILE": str(self._place / name),
                "FAKETIME_NO_CACHE": "1",
                "FAKETIME_DONT_FAKE_MONOTONIC": "1",
                "DONT_FAKE_MONOTONIC": "1",
                "NO_FAKE_STAT": "1",
            }
            for name in self.names
        }
