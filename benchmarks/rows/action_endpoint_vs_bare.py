"""`POST actions/` against a bare Django view with as many reads and writes, on the same server.

The number of reads and writes is counted from the real request just before. Values are requests
a second from four kept connections in a closed loop; `ratio` is ours over the bare view's.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import uuid
from typing import Any

from benchmarks.sample import Sample, interleave
from benchmarks.scratch import ROOT, environment
from benchmarks.server.started import connected, server, token

NAME = "action_endpoint_vs_bare"
GOAL = 0.6
UNIT = "x"

CONNECTIONS = 4
REQUESTS = 60
"""From each connection in one round."""


def measure() -> Sample:
    """Start the server, count the queries, time both in turns."""
    counted = subprocess.run(
        [sys.executable, "-m", "benchmarks.server.counting"],
        env=environment(),
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    reads, writes = json.loads(counted.stdout.splitlines()[-1])
    with server(environment()) as port:
        allowed = token(port, "actions")
        mine, theirs = interleave(
            lambda: _load(port, "/api/v1/actions/", allowed),
            lambda: _load(port, f"/bare/{reads}/{writes}/", allowed),
        )
    total = CONNECTIONS * REQUESTS
    return Sample(value=total / mine, anchor=total / theirs, ratio=theirs / mine)


def _load(port: int, path: str, allowed: str) -> None:
    failures: list[Any] = []

    def connect() -> None:
        connection = connected(port)
        for _ in range(REQUESTS):
            headers = {
                "authorization": f"Bearer {allowed}",
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
