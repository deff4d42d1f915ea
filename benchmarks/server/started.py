"""The product's own web server, as it is deployed, for as long as a row needs it."""

from __future__ import annotations

import http.client
import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from urllib.parse import urlencode

from benchmarks.scratch import ROOT

START_SECONDS = 60


@contextmanager
def server(environment: Mapping[str, str]) -> Iterator[int]:
    """The server with `environment`, on a free port of this machine: its number."""
    command = ["-m", "gunicorn", "-c", "config/gunicorn.py", "--log-level", "critical"]
    with listening([*command, "config.wsgi:application"], environment) as (_, port):
        yield port


@contextmanager
def listening(
    command: Sequence[str], environment: Mapping[str, str], within: float = START_SECONDS
) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """Python with the arguments `command`, once it listens on a free port of this machine, and the
    number of that. Raises OSError if it does not `within` so many seconds."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, *command],
        env={**environment, "PORT": str(port)},
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        ends = time.monotonic() + within
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                if time.monotonic() > ends or process.poll() is not None:
                    raise
                time.sleep(0.1)
        yield process, port
    finally:
        process.terminate()
        process.wait(60)


def connected(port: int) -> http.client.HTTPConnection:
    """A connection that is kept."""
    return http.client.HTTPConnection("127.0.0.1", port, timeout=30)


def token(port: int, scope: str) -> str:
    """What the demo application may do `scope` with."""
    connection = connected(port)
    form = {
        "grant_type": "client_credentials",
        "scope": scope,
        "client_id": "demo-payroll",
        "client_secret": "demo-payroll-secret",
    }
    headers = {"content-type": "application/x-www-form-urlencoded"}
    connection.request("POST", "/oauth/token/", urlencode(form), headers)
    found: str = json.loads(connection.getresponse().read())["access_token"]
    connection.close()
    return found
