"""Keeping the family alive: a child that dies comes back; at the end all stop in order."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType

from config.embedded import EmbeddedServerError, ensure, server_pid
from config.supervisor.child import Child

LOOK_SECONDS = 0.2
READY_SECONDS = 60.0

Say = Callable[[str], None]


class Interrupted(Exception):
    """Somebody wants us to stop while we are still getting ready."""


class StopSignal:
    """Ctrl-C, SIGTERM or a closed terminal. The first asks for an orderly stop, a second forces.

    Until `serve` is called a signal raises Interrupted where it happens to arrive.
    """

    def __init__(self) -> None:
        self.asked = threading.Event()
        self.forced = threading.Event()
        self._serving = False
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._receive)

    def serve(self) -> None:
        """From now on a signal is only noted."""
        self._serving = True
        if self.asked.is_set():
            raise Interrupted

    def _receive(self, _number: int, _frame: FrameType | None) -> None:
        if self.asked.is_set():
            self.forced.set()
            return
        self.asked.set()
        if not self._serving:
            raise Interrupted


def start_all(children: list[Child], cwd: Path, stop: StopSignal, say: Say) -> bool:
    """Start the children and wait until all are ready; False if one will not be.

    `say` hears of each that is. Returns early, True, when a stop is asked for.
    """
    for child in children:
        child.start(cwd)
    deadline = time.monotonic() + READY_SECONDS
    waiting = list(children)
    while waiting and not stop.asked.wait(LOOK_SECONDS):
        for child in list(waiting):
            if child.has_ended() or time.monotonic() > deadline:
                _tell_failure(child, say)
                return False
            if child.is_ready():
                waiting.remove(child)
                say(f"{child.plan.name} is ready ({time.monotonic() - child.started:.1f} s)")
    return True


def keep_alive(
    children: list[Child], cwd: Path, embedded: Path | None, stop: StopSignal, say: Say
) -> None:
    """Restart whatever dies, the embedded server in `embedded` too, until a stop is asked for."""
    pid = None if embedded is None else server_pid(embedded)
    while not stop.asked.wait(LOOK_SECONDS):
        if embedded is not None:
            pid = _see_to_server(embedded, pid, say)
        for child in children:
            if child.has_ended():
                how = child.bury()
                say(f"{child.plan.name} {how}; it starts again (see {child.plan.log})")
            if child.process is None and time.monotonic() >= child.due:
                child.start(cwd)


def stop_all(stages: list[list[Child]], stop: StopSignal) -> None:
    """Stop them stage by stage, each child given its time, all at once when forced.

    First the web, so that nothing new comes in; then who makes the work and who does it.
    """
    for stage in stages:
        began = time.monotonic()
        for child in stage:
            child.ask_to_stop()
        for child in stage:
            while not stop.forced.is_set() and not child.wait(0.05):
                if time.monotonic() - began > child.plan.stop_seconds:
                    break
            child.kill_group()


def _see_to_server(state_dir: Path, known: int | None, say: Say) -> int | None:
    """Start the server if it died; somebody who needed it may have done so already."""
    pid = server_pid(state_dir)
    if pid is None:
        try:
            ensure(state_dir)
        except EmbeddedServerError as error:
            say(str(error))
            time.sleep(1)
        pid = server_pid(state_dir)
    if pid is not None and pid != known:
        say("PostgreSQL had died; it started again")
    return known if pid is None else pid


def _tell_failure(child: Child, say: Say) -> None:
    how = child.bury() if child.has_ended() else f"was not ready within {READY_SECONDS:.0f} s"
    say(f"{child.plan.name} {how}; the end of {child.plan.log}:")
    for line in child.tail():
        say(f"    {line[:300]}")
