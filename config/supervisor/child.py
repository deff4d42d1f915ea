"""One process of the product: started in a group of its own, known to be ready, put to an end."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

FIRST_PAUSE = 0.25
LONGEST_PAUSE = 30.0
SETTLED_SECONDS = 30.0
"""A child that lived this long has got over it: the next pause is the first again."""
LOG_LIMIT = 10_000_000  # bytes; a longer log is put aside when the child is first started

_PR_SET_PDEATHSIG = 1


@dataclass(frozen=True, slots=True)
class Plan:
    """What to run. Ready when `health_url` answers 2xx, or when `ready_file` is there."""

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str]
    log: Path
    stop_seconds: float
    health_url: str = ""
    ready_file: Path | None = None


@dataclass(slots=True)
class Child:
    """A plan and the process it became. Times are of the monotonic clock, in seconds."""

    plan: Plan
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    pause: float = FIRST_PAUSE
    due: float = 0.0
    last_words: list[str] = field(default_factory=list)

    def start(self, cwd: Path) -> None:
        """Start the process; its output goes to its log."""
        ready = self.plan.ready_file
        if ready is not None:
            ready.unlink(missing_ok=True)
        with _open_log(self.plan.log) as log:
            self.process = subprocess.Popen(
                self.plan.command,
                cwd=cwd,
                env=dict(self.plan.environment),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=_end_with_parent,
            )
        self.started = time.monotonic()

    def is_ready(self) -> bool:
        """Whether it answers, or said that it works."""
        if self.plan.ready_file is not None:
            return self.plan.ready_file.exists()
        try:
            with urllib.request.urlopen(self.plan.health_url, timeout=2) as answer:
                return bool(200 <= answer.status < 300)
        except urllib.error.HTTPError as error:
            error.close()
            return False
        except (OSError, ValueError):
            return False

    def has_ended(self) -> bool:
        """Whether it ran and runs no more."""
        return self.process is not None and self.process.poll() is not None

    def bury(self) -> str:
        """After its end: end what it left behind, set the time of the next start, say how it was.

        The pause doubles as long as it does not live long enough to be of use.
        """
        assert self.process is not None
        code = self.process.returncode
        self.kill_group()
        self.process = None
        now = time.monotonic()
        if now - self.started > SETTLED_SECONDS:
            self.pause = FIRST_PAUSE
        self.due = now + self.pause
        self.pause = min(self.pause * 2, LONGEST_PAUSE)
        if code < 0:
            return f"was killed ({signal.Signals(-code).name})"
        return f"ended (exit code {code})"

    def ask_to_stop(self) -> None:
        """Ask politely; it may finish what it does."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()

    def wait(self, seconds: float) -> bool:
        """Whether it ended within `seconds`."""
        if self.process is None:
            return True
        try:
            self.process.wait(max(0.0, seconds))
        except subprocess.TimeoutExpired:
            return False
        return True

    def kill_group(self) -> None:
        """End it and whatever it started, at once."""
        if self.process is None:
            return
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            pass  # the whole group is gone already
        self.process.wait()

    def tail(self, lines: int = 8) -> list[str]:
        """The last lines of its log."""
        try:
            with self.plan.log.open("rb") as log:
                log.seek(0, os.SEEK_END)
                log.seek(max(0, log.tell() - 8192))
                return log.read().decode(errors="replace").splitlines()[-lines:]
        except OSError:
            return []


def _open_log(path: Path) -> IO[bytes]:
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.is_file() and path.stat().st_size > LOG_LIMIT:
        path.replace(path.with_suffix(".old.log"))
    return path.open("ab")


def _end_with_parent() -> None:
    """Linux: be told to stop when the supervisor dies in whatever way. Runs in the child."""
    if sys.platform == "linux":
        _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


_libc = ctypes.CDLL(None) if sys.platform == "linux" else ctypes.CDLL("libc.dylib")
