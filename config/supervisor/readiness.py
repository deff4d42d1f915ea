"""What must be so before anything is started: nobody else runs here, the ports are free. And
whether what was started answers by a name."""

from __future__ import annotations

import errno
import fcntl
import os
import socket
from pathlib import Path

import httpx

from config.embedded.places import open_lock, try_lock


class CannotStart(Exception):
    """The text is a sentence for people."""


def claim_state(state_dir: Path, address: str) -> int:
    """Be the only one that runs on `state_dir`, until the returned descriptor is closed.

    `address` is what a second one is told. Raises CannotStart.
    """
    descriptor = open_lock(state_dir / ".run")
    if not try_lock(descriptor, fcntl.LOCK_EX):
        other = os.pread(descriptor, 200, 0).decode(errors="replace").strip() or "somewhere"
        os.close(descriptor)
        raise CannotStart(
            f"already running at {other} with the state in {state_dir}; "
            "stop it first, or set STATE_DIR and PORT to run another."
        )
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, address.encode(), 0)
    return descriptor


def answers(origin: str) -> bool:
    """Whether Holdfast itself answers at `origin` within two seconds: a name may lead elsewhere
    than the address that it is another word for."""
    try:
        answer = httpx.get(f"{origin}/health/live", timeout=2, trust_env=False)
        return answer.status_code == 200 and answer.json() == {"live": True}
    except (httpx.HTTPError, ValueError):
        return False


def require_free_port(host: str, port: int, what: str) -> None:
    """Raises CannotStart if `port` (named `what` in the sentence) cannot be listened on."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
            probe.listen(1)
        except socket.gaierror as error:
            raise CannotStart(f"HOST {host!r} is no address of this machine.") from error
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise CannotStart(
                    f"{what} is taken by another program on {host}; set PORT to a free one."
                ) from error
            if error.errno == errno.EACCES:
                raise CannotStart(f"{what} needs rights this user does not have.") from error
            if error.errno == errno.EADDRNOTAVAIL:
                raise CannotStart(f"HOST {host!r} is no address of this machine.") from error
            raise CannotStart(f"{what} cannot be listened on ({error.strerror}).") from error
