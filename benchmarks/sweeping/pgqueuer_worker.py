"""A pgqueuer worker with a job that does nothing, in batches as its makers recommend."""

from __future__ import annotations

import json
import logging
import sys
from datetime import timedelta

import asyncpg
import uvloop
from pgqueuer import PgQueuer
from pgqueuer.models import Job
from pgqueuer.queries import Queries
from pgqueuer.types import QueueExecutionMode

from benchmarks.sweeping.crew import serve

BATCH = 500
"""Jobs that one statement takes and one completes."""


async def connect() -> asyncpg.Connection:
    """A connection of its own."""
    where = json.loads(sys.argv[1])
    return await asyncpg.connect(database=where.pop("dbname"), **where)


async def fill(number: int) -> None:
    """So many jobs."""
    connection = await connect()
    await Queries.from_asyncpg_connection(connection).enqueue(
        ["noop"] * number, [None] * number, [0] * number
    )
    await connection.close()


async def run() -> None:
    """Until there is none left."""
    connection = await connect()
    queue = PgQueuer.from_asyncpg_connection(connection)

    @queue.entrypoint("noop")
    async def noop(job: Job) -> None:
        """Nothing."""

    await queue.run(
        dequeue_timeout=timedelta(seconds=1), batch_size=BATCH, mode=QueueExecutionMode.drain
    )
    await connection.close()


def main() -> None:
    """Serve."""
    logging.disable(logging.CRITICAL)
    serve(lambda: uvloop.run(run()), lambda number: uvloop.run(fill(number)))


if __name__ == "__main__":
    main()
