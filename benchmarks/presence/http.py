"""`signals_http_vs_ingest`: see the row of that name."""

from __future__ import annotations

import http.client
import json
import os
import random
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from django.db import connection

from benchmarks.presence.people import add_people, scratch_database
from benchmarks.sample import Sample, interleave
from benchmarks.scratch import ROOT, report
from config.demo import people as demo
from config.demo.load import load_demo
from config.lifecycle import read_clock
from identity.models import Device, User
from presence.ingest import ingest_signals
from presence.models import SignalSource
from presence.signals import SignalIn

PEOPLE = 10_000
BATCHES = 10


def main() -> None:
    """The server and the ingest on one scratch database, in turns."""
    with scratch_database():
        load_demo()
        keys = add_people(PEOPLE)
        names = dict(User.objects.filter(pk__in=keys).values_list("pk", "username"))
        now = read_clock()
        made = Device.objects.bulk_create(
            Device(
                user_id=key,
                reference=uuid.uuid4().hex[:12],
                name="x",
                first_seen_at=now,
                last_seen_at=now,
            )
            for key in keys
        )
        devices = {each.user_id: each for each in made}
        chosen = random.Random(1)

        def ours() -> None:
            for _ in range(BATCHES):
                at = read_clock().isoformat()
                items = [
                    {
                        "subject": names[key],
                        "device": devices[key].reference,
                        "kind": "heartbeat",
                        "observed_at": at,
                        "value": "foreground",
                    }
                    for key in chosen.sample(keys, 1000)
                ]
                answer = caller.post({"signals": items})
                if answer != {"accepted": 1000, "rejected": []}:
                    raise AssertionError(str(answer)[:400])

        def alone() -> None:
            for _ in range(BATCHES):
                at = read_clock()
                signals = [
                    SignalIn(key, "heartbeat", at, "foreground", devices[key].pk)
                    for key in chosen.sample(keys, 1000)
                ]
                if ingest_signals(signals, SignalSource.APPLICATION):
                    raise AssertionError("refused")

        with _server() as port:
            caller = Caller(port)
            mine, anchor = interleave(ours, alone)
            caller.connection.close()
    total = BATCHES * 1000
    report(Sample(value=total / mine, anchor=total / anchor, ratio=anchor / mine))


class Caller:
    """The demo application with one kept connection."""

    def __init__(self, port: int) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        form = {
            "grant_type": "client_credentials",
            "scope": "signals",
            "client_id": demo.APPLICATION,
            "client_secret": demo.APPLICATION_SECRET,
        }
        headers = {"content-type": "application/x-www-form-urlencoded"}
        self.connection.request("POST", "/oauth/token/", urlencode(form), headers)
        self.token = json.loads(self.connection.getresponse().read())["access_token"]

    def post(self, body: dict[str, Any]) -> Any:
        """The answer to a batch."""
        headers = {"authorization": f"Bearer {self.token}", "content-type": "application/json"}
        text = json.dumps(body).encode()
        self.connection.request("POST", "/api/v1/signals/", text, headers)
        return json.loads(self.connection.getresponse().read())


@contextmanager
def _server() -> Iterator[int]:
    """The product's web server on the scratch database, as it is deployed."""
    params = connection.get_connection_params()
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
    address = "postgresql://{user}:{password}@{host}:{port}/{dbname}".format(**params)
    process = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "-c", "config/gunicorn.py", "--log-level", "critical",
         "config.wsgi:application"],
        env={**os.environ, "PORT": str(port), "DATABASE_URL": address, "DEMO": "true",
             "DJANGO_SETTINGS_MODULE": "config.settings"},
        cwd=Path(ROOT),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
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
        yield port
    finally:
        process.terminate()
        process.wait(30)


if __name__ == "__main__":
    main()
