"""Using the embedded server together: start it or join it, and leave."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from config.embedded import server
from config.embedded.places import Places, open_lock, try_lock
from config.embedded.server import EmbeddedServerError

ROOT = Path(__file__).resolve().parent.parent.parent
LEAVE_SECONDS = 30.0

_joined: dict[Path, int] = {}
_mutex = threading.Lock()


@dataclass(frozen=True, slots=True)
class Address:
    """Where the server answers, and as whom to speak to it."""

    host: str
    port: int
    user: str
    password: str
    database: str


def ensure(state_dir: Path, *, durable: bool = True) -> Address:
    """The address of the server of `state_dir`, which is started or joined.

    The process counts as a user until it ends or leaves, and so do those forked from it. Called
    before every new connection, so a server that died comes back. Raises EmbeddedServerError.
    """
    places = Places(state_dir)
    with _mutex:
        if state_dir not in _joined:
            state_dir.mkdir(parents=True, exist_ok=True)
            descriptor = open_lock(places.users_lock)
            fcntl.flock(descriptor, fcntl.LOCK_SH)  # waits while a keeper stops the server
            _joined[state_dir] = descriptor
            found = None
        else:
            found = server.running(places)
        if found is None:
            found = _start_or_join(places, durable)
    return Address(
        host=server.HOST,
        port=found.port,
        user=server.ROLE,
        password=places.password.read_text().strip(),
        database=server.DATABASE,
    )


def server_pid(state_dir: Path) -> int | None:
    """The process of the server of `state_dir`; None when it is not running."""
    found = server.running(Places(state_dir))
    return None if found is None else found.pid


def is_running(state_dir: Path) -> bool:
    """Whether the server of `state_dir` lives."""
    return server_pid(state_dir) is not None


def leave(state_dir: Path) -> None:
    """Use the server no longer; if nobody else does, come back when it has stopped.

    Not needed by a process that just ends: its lock goes with it.
    """
    places = Places(state_dir)
    with _mutex:
        descriptor = _joined.pop(state_dir, None)
    if descriptor is not None:
        os.close(descriptor)
    deadline = time.monotonic() + LEAVE_SECONDS
    while time.monotonic() < deadline and server.running(places) is not None:
        probe = open_lock(places.users_lock)
        try:
            unused = try_lock(probe, fcntl.LOCK_EX)
            used_by_others = not unused and try_lock(probe, fcntl.LOCK_SH)
        finally:
            os.close(probe)
        if used_by_others:
            return
        time.sleep(0.05)


def _start_or_join(places: Places, durable: bool) -> server.Running:
    lock = open_lock(places.start_lock)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with _keeper(places):
            found = server.running(places)
            if found is None:
                return server.start(places, durable)
            server.await_ready(places, found)
            return found
    finally:
        os.close(lock)


@contextmanager
def _keeper(places: Places) -> Iterator[None]:
    """Start a keeper if there is none, before the server, and see it work at the end."""
    probe = open_lock(places.keeper_lock)
    try:
        missing = try_lock(probe, fcntl.LOCK_EX)
    finally:
        os.close(probe)
    if not missing:
        yield
        return
    keeper = subprocess.Popen(
        [sys.executable, "-m", "config.embedded.keeper", str(places.state_dir)],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    # It outlives us by design: not ours to wait for, and not worth a warning when we end.
    keeper.returncode = 0
    assert keeper.stdout is not None
    with keeper.stdout as word:
        yield
        if not word.readline():
            raise EmbeddedServerError("the keeper of the embedded PostgreSQL did not start.")
