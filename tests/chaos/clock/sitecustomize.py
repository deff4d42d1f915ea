"""Python runs this first in a process that finds it on its path: a wall clock that can jump.

The file that CHAOS_CLOCK names holds how far it is off, in seconds, and is read over and over. The
monotonic clock stays, as it does when somebody sets a machine's clock. The product knows nothing
of it. (Debian's libfaketime cannot leave the monotonic clock alone without breaking sleep().)
"""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path

import time_machine

LOOK_SECONDS = 0.1


class Clock:
    """How far this process is off now; a forked one goes on from there."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._off = 0
        self._travelling: time_machine.travel | None = None

    def begin(self) -> None:
        """Follow the file from now on."""
        threading.Thread(target=self._follow, name="clock", daemon=True).start()

    def _follow(self) -> None:
        wait = threading.Event().wait
        while True:
            off = int(self._path.read_text())
            if off != self._off:
                self._jump(off)
            wait(LOOK_SECONDS)

    def _jump(self, off: int) -> None:
        if self._travelling is not None:
            self._travelling.stop()
            self._travelling = None
        if off:
            self._travelling = time_machine.travel(time.time() + off, tick=True)
            self._travelling.start()
        self._off = off


clock = Clock(Path(os.environ["CHAOS_CLOCK"]))
clock.begin()
os.register_at_fork(after_in_child=clock.begin)
