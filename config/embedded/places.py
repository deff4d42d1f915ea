"""Where the embedded server keeps its things in the state directory, and its locks."""

from __future__ import annotations

import fcntl
import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Places:
    """The paths under one state directory; one directory is one server."""

    state_dir: Path

    @property
    def data(self) -> Path:
        """PostgreSQL's data directory."""
        return self.state_dir / "postgres"

    @property
    def log(self) -> Path:
        """What the server says."""
        return self.data / "server.log"

    @property
    def port(self) -> Path:
        """The port it had last, taken again if it is free."""
        return self.state_dir / "postgres_port"

    @property
    def password(self) -> Path:
        """The generated password of its two roles, mode 0600."""
        return self.state_dir / "postgres_password"

    @property
    def users_lock(self) -> Path:
        """Held shared by everybody who uses the server, exclusively by who stops it."""
        return self.state_dir / ".postgres.users"

    @property
    def start_lock(self) -> Path:
        """Held exclusively by the one who looks whether to start."""
        return self.state_dir / ".postgres.start"

    @property
    def keeper_lock(self) -> Path:
        """Held by the keeper for as long as it lives."""
        return self.state_dir / ".postgres.keeper"


def open_lock(path: Path) -> int:
    """A descriptor to lock with; closed by the system whenever and however the process ends."""
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


def try_lock(descriptor: int, kind: int) -> bool:
    """Whether the lock of `kind` (`fcntl.LOCK_SH`, `LOCK_EX`) could be had at once."""
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
