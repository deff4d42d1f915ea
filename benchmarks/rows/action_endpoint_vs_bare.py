"""`POST actions/` against a bare Django view with as many reads and writes, on the same server.

The number of reads and writes is counted from the real request just before. Values are requests
a second from four kept connections in a closed loop; `ratio` is ours over the bare view's.
"""

from __future__ import annotations

import http.client
import json
import os
import socket
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from benchmarks.sample import Sample, interleave

NAME = "action_endpoint_vs_bare"
GOAL = 0.6
UNIT = "x"

CONNECTIONS = 4
REQUESTS = 60
"""From each connection in one round."""
ROOT = Path(__file__).resolve().parents[2]


def measure() -> Sample:
    """Start the server, count the queries, time both in turns."""
    state = Path(os.environ.get("STATE_DIR") or ROOT / "var") / "bench"
    port = _free_port()
    environment = {
        **os.environ,
        "STATE_DIR": str(state),
        "PORT": str(port),
        "DATABASE_URL": "",
        "ENV_FILE": "",
        "LOG_LEVEL": "CRITICAL",
        "DJANGO_SETTINGS_MODULE": "benchmarks.server.settings",
    }
    counted = subprocess.run(
        [sys.executable, "-m", "benchmarks.server.counting"],
        env=environment,
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    reads, writes = json.loads(counted.stdout.splitlines()[-1])
    with _server(environment, port):
        token = _token(port)
        mine, theirs = interleave(
            lambda: _load(port, "/api/v1/actions/", token),
            lambda: _load(port, f"/bare/{reads}/{writes}/", token),
        )
    total = CONNECTIONS * REQUESTS
    return Sample(value=total / mine, anchor=total / theirs, ratio=theirs / mine)


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


@contextmanager
def _server(environment: dict[str, str], port: int) -> Iterator[None]:
    command = [sys.executable, "-m", "gunicorn", "-c", "config/gunicorn.py", "--log-level"]
    process = subprocess.Popen(
        [*command, "critical", "config.wsgi:application"],
        env=environment,
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        ends = time.monotonic() + 60
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                if time.monotonic() > ends or process.poll() is not None:
                    raise
                time.sleep(0.1)
        yield
    finally:
        process.terminate()
        process.wait(30)


def _token(port: int) -> str:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    form = {
        "grant_type": "client_credentials",
        "scope": "actions",
        "client_id": "demo-payroll",
        "client_secret": "demo-payroll-secret",
    }
    headers = {"content-type": "application/x-www-form-urlencoded"}
    connection.request("POST", "/oauth/token/", urlencode(form), headers)
    token: str = json.loads(connection.getresponse().read())["access_token"]
    connection.close()
    return token


def _load(port: int, path: str, token: str) -> None:
    failures: list[Any] = []

    def connect() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        for _ in range(REQUESTS):
            headers = {
                "authorization": f"Bearer {token}",
                "content-type": "application/json",
                "idempotency-key": uuid.uuid4().hex,
            }
            connection.request("POST", path, _body(), headers)
            answer = connection.getresponse()
            text = answer.read()
            if answer.status != 201:
                failures.append((answer.status, text[:400]))
        connection.close()

    threads = [threading.Thread(target=connect) for _ in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise AssertionError(f"{path} answered {failures[0]}")


def _body() -> bytes:
    """A fresh account each time, so that every request is a new action."""
    bban = f"37040044{uuid.uuid4().int % 10**10:010d}"
    account = f"DE{98 - int(f'{bban}131400') % 97:02d}{bban}"
    body = {"type": "payout.change", "subject": "tess", "payload": {"account": account}}
    return json.dumps(body).encode()
