"""A procrastinate worker with a job that does nothing."""

from __future__ import annotations

import asyncio
import json
import logging
import sys

import procrastinate

from benchmarks.sweeping.crew import serve

CONCURRENCY = 10
"""Jobs at a time in one worker."""

app = procrastinate.App(connector=procrastinate.PsycopgConnector(kwargs=json.loads(sys.argv[1])))


@app.task(name="noop", pass_context=False)
async def noop() -> None:
    """Nothing."""


async def fill(number: int) -> None:
    """So many jobs."""
    async with app.open_async():
        for _ in range(0, number, 1000):
            await noop.batch_defer_async(*[{}] * min(1000, number))


async def run() -> None:
    """Until there is none left."""
    async with app.open_async():
        await app.run_worker_async(
            wait=False, concurrency=CONCURRENCY, install_signal_handlers=False, listen_notify=False
        )


def main() -> None:
    """Install, then serve."""
    logging.disable(logging.CRITICAL)
    serve(lambda: asyncio.run(run()), lambda number: asyncio.run(fill(number)))


if __name__ == "__main__":
    main()
