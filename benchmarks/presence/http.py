"""`signals_http_vs_ingest`: see the row of that name."""

from __future__ import annotations

import json
import os
import random
import uuid
from typing import Any

from django.db import connection

from benchmarks.presence.people import add_people, scratch_database
from benchmarks.sample import Sample, interleave
from benchmarks.scratch import report
from benchmarks.server.started import connected, server, token
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

        with server(_environment()) as port:
            caller = Caller(port)
            mine, anchor = interleave(ours, alone)
            caller.connection.close()
    total = BATCHES * 1000
    report(Sample(value=total / mine, anchor=total / anchor, ratio=anchor / mine))


class Caller:
    """The demo application with one kept connection."""

    def __init__(self, port: int) -> None:
        self.connection = connected(port)
        self.token = token(port, "signals")

    def post(self, body: dict[str, Any]) -> Any:
        """The answer to a batch."""
        headers = {"authorization": f"Bearer {self.token}", "content-type": "application/json"}
        text = json.dumps(body).encode()
        self.connection.request("POST", "/api/v1/signals/", text, headers)
        return json.loads(self.connection.getresponse().read())


def _environment() -> dict[str, str]:
    """The scratch database of this process, by its address."""
    params = connection.get_connection_params()
    address = (
        "postgresql://{user}:{password}@{host}:{port}/{dbname}"
        "?prepare_threshold={prepare_threshold}"
    )
    return {
        **os.environ,
        "DATABASE_URL": address.format(**params),
        "DEMO": "true",
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }


if __name__ == "__main__":
    main()
