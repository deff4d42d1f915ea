"""Two worker processes that are let go at one moment, and the time until both are done."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import perf_counter

from django.db import connection

WORKERS = 2


def serve(run: Callable[[], object], fill: Callable[[int], object] | None = None) -> None:
    """In a worker: do what each line on standard input says, `run` or `fill N`."""
    print("ready", flush=True)
    for line in sys.stdin:
        word, _, number = line.strip().partition(" ")
        if word == "fill" and fill is not None:
            fill(int(number))
        else:
            run()
        print("done", flush=True)


def where() -> dict[str, str]:
    """How a worker reaches the database of this process."""
    connection.ensure_connection()
    found = connection.connection.info
    return {
        "host": found.host,
        "port": str(found.port),
        "user": found.user,
        "password": found.password,
        "dbname": found.dbname,
    }


class Crew:
    """The workers of one kind, kept from round to round."""

    def __init__(self, module: str) -> None:
        command = [sys.executable, "-m", module, json.dumps(where())]
        self.workers = [
            subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
            for _ in range(WORKERS)
        ]
        for each in self.workers:
            self._heard(each)

    def fill(self, number: int) -> None:
        """Let one of them put so many jobs into its queue."""
        self._say(self.workers[0], f"fill {number}")
        self._heard(self.workers[0])

    def run(self) -> float:
        """Seconds until all of them found nothing more to do."""
        start = perf_counter()
        for each in self.workers:
            self._say(each, "run")
        for each in self.workers:
            self._heard(each)
        return perf_counter() - start

    def close(self) -> None:
        """Let them end by themselves."""
        for each in self.workers:
            assert each.stdin is not None
            each.stdin.close()
            each.wait(30)

    def _say(self, worker: subprocess.Popen[str], line: str) -> None:
        assert worker.stdin is not None
        worker.stdin.write(f"{line}\n")
        worker.stdin.flush()

    def _heard(self, worker: subprocess.Popen[str]) -> None:
        assert worker.stdout is not None
        if not worker.stdout.readline():
            raise RuntimeError(f"a worker broke: {worker.args}")


@contextmanager
def crew(module: str) -> Iterator[Crew]:
    """Two workers of `module`, gone afterwards."""
    workers = Crew(module)
    try:
        yield workers
    finally:
        workers.close()
