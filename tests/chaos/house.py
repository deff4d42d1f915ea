"""The product under test: its processes by the plans of `make run`, and its own PostgreSQL.

Everything lives in one state directory. Signals go to processes of this house alone, by their id;
whatever happens to the one who started it, nothing is left running.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import psycopg

from config import embedded
from config.embedded import server
from config.embedded.places import Places
from config.environment import ROOT, Environment
from config.supervisor.child import FIRST_PAUSE, Child, Plan
from config.supervisor.family import plans

NAME = "chaos"
"""What connections of this run call themselves, so that it spares them."""
LOOK_SECONDS = 0.1
START_SECONDS = 90.0
STOP_SECONDS = 30.0


class CannotHappen(Exception):
    """The fault cannot be brought about on this machine; the text says why."""


class House:
    """The processes by name. `worker-1` … are workers, `beat-1` … beats, `web` is the web server.

    Whatever dies is started again at once, as an orchestrator does; whatever is paused is left
    alone.
    """

    def __init__(self, environment: Environment, workers: int = 3) -> None:
        self.environment = environment
        self.state = environment.state_dir
        self.workers = workers
        self.deaths = 0
        self._patterns = {plan.name: plan for plan in plans(environment)}
        self._children: dict[str, Child] = {}
        self._mutex = threading.RLock()
        self._over = threading.Event()
        self._keeper = threading.Thread(target=self._keep, name="keeper", daemon=True)

    # -- from the beginning to the end -----------------------------------------------------------

    def prepare(self, *words: str) -> Any:
        """Make the database with people and an application in it; what `peopling` prints."""
        places = Places(self.state)
        embedded.ensure(self.state)
        with self.database() as db:
            db.execute("ALTER SYSTEM SET track_commit_timestamp = on")
        server.stop(places)
        embedded.ensure(self.state)
        done = subprocess.run(
            [sys.executable, "-m", "tests.chaos.peopling", *words],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
        return json.loads(done.stdout.splitlines()[-1])

    def begin(self) -> None:
        """From now on what dies is started again."""
        self._keeper.start()

    def end(self) -> None:
        """Kill everything that was started, and let PostgreSQL go."""
        self._over.set()
        if self._keeper.ident is not None:
            self._keeper.join()
        for child in self._children.values():
            child.kill_group()
        embedded.leave(self.state)
        # A process that was killed may count as a user for a moment yet.
        ends = time.monotonic() + STOP_SECONDS
        while embedded.is_running(self.state) and time.monotonic() < ends:
            time.sleep(LOOK_SECONDS)

    def clear(self) -> None:
        """Remove what it wrote."""
        shutil.rmtree(self.state, ignore_errors=True)

    # -- which processes there are ---------------------------------------------------------------

    def arrange(
        self,
        changed: Mapping[str, str] | None = None,
        *,
        each: Mapping[str, Mapping[str, str]] | None = None,
        beats: int = 1,
    ) -> None:
        """Have these processes run and no others, with `changed` variables and those that `each`
        gives a process of that name; who runs so already runs on. Comes back when all are ready.
        """
        wanted = self._plans(changed or {}, each or {}, beats)
        with self._mutex:
            leaving = [
                self._children.pop(name)
                for name, child in list(self._children.items())
                if child.plan != wanted.get(name)
            ]
        for child in leaving:
            child.ask_to_stop()
        for child in leaving:
            child.wait(child.plan.stop_seconds)
            child.kill_group()
        with self._mutex:
            for name, plan in wanted.items():
                if name not in self._children:
                    child = self._children[name] = Child(plan)
                    child.start(ROOT)
        self.await_ready()

    def names(self, beats: int = 1) -> list[str]:
        """What its processes are called."""
        workers = [f"worker-{number + 1}" for number in range(self.workers)]
        return ["web", *workers, *(f"beat-{number + 1}" for number in range(beats))]

    def _plans(
        self, changed: Mapping[str, str], each: Mapping[str, Mapping[str, str]], beats: int
    ) -> dict[str, Plan]:
        found = {}
        for name in self.names(beats):
            plan = self._patterns[name.partition("-")[0]]
            ready = plan.ready_file and self.state / f".{name}.ready"
            variables = {**plan.environment, **changed, **each.get(name, {})}
            if ready:
                variables["READY_FILE"] = str(ready)
            log = plan.log.with_name(f"{name}.log")
            found[name] = replace(plan, name=name, environment=variables, log=log, ready_file=ready)
        return found

    def await_ready(self, seconds: float = START_SECONDS) -> None:
        """Wait until all processes work. Raises RuntimeError with the last words of one that will
        not."""
        ends = time.monotonic() + seconds
        for name, child in list(self._children.items()):
            while not child.is_ready():
                if time.monotonic() > ends:
                    raise RuntimeError("\n".join([f"{name} does not get ready", *child.tail()]))
                time.sleep(LOOK_SECONDS)

    def running(self, kind: str) -> list[str]:
        """The names of the processes of a kind that live and work now."""
        with self._mutex:
            return [
                name
                for name, child in self._children.items()
                if name.startswith(kind) and self._lives(child) and child.is_ready()
            ]

    @staticmethod
    def _lives(child: Child) -> bool:
        return child.process is not None and child.process.poll() is None

    def pid_of(self, name: str) -> int | None:
        """The process of this name, while it lives."""
        with self._mutex:
            child = self._children.get(name)
            return child.process.pid if child and child.process and self._lives(child) else None

    def signal(self, name: str, number: signal.Signals) -> bool:
        """Send a signal to the process of this name; False if it is not there."""
        with self._mutex:
            child = self._children.get(name)
            if child is None or child.process is None or child.process.poll() is not None:
                return False
            child.process.send_signal(number)
            return True

    def _keep(self) -> None:
        while not self._over.wait(LOOK_SECONDS):
            with self._mutex:
                for child in self._children.values():
                    if child.has_ended():
                        child.bury()
                        child.pause = FIRST_PAUSE
                        self.deaths += 1
                    if child.process is None:
                        child.start(ROOT)

    # -- the database ----------------------------------------------------------------------------

    @contextmanager
    def database(self) -> Iterator[psycopg.Connection[tuple[Any, ...]]]:
        """A connection of the superuser, past everything that stands before the product's own."""
        address = embedded.ensure(self.state)
        with psycopg.connect(
            host=address.host,
            port=address.port,
            user=server.SUPERUSER,
            password=address.password,
            dbname=self._database_name(address),
            application_name=NAME,
            autocommit=True,
            connect_timeout=5,
        ) as connection:
            yield connection

    def _database_name(self, address: embedded.Address) -> str:
        return address.database

    def database_url(self, port: int | None = None) -> str:
        """DATABASE_URL of this server, or of what stands before it on `port`."""
        address = embedded.ensure(self.state)
        place = f"{address.host}:{port or address.port}"
        return f"postgresql://{address.user}:{address.password}@{place}/{address.database}"

    def database_port(self) -> int:
        """Where PostgreSQL listens."""
        return embedded.ensure(self.state).port

    def restart_database(self, away: float, *, crash: bool) -> None:
        """Stop PostgreSQL (or let it crash), wait, start it again. The wait is the shortest: a
        process of the product that needs it meanwhile starts it itself."""
        pid = embedded.server_pid(self.state)
        if crash and pid is not None:
            os.kill(pid, signal.SIGQUIT)
            while embedded.is_running(self.state):
                time.sleep(LOOK_SECONDS)
        else:
            server.stop(Places(self.state))
        time.sleep(away)
        embedded.ensure(self.state)
