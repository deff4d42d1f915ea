"""The tables of the queues that the product is held against, in the same database."""

from __future__ import annotations

import asyncio
from pathlib import Path

import asyncpg
import procrastinate
from django.db import connection
from pgqueuer.queries import Queries
from procrastinate.schema import SchemaManager

from benchmarks.sweeping.crew import where


def install_procrastinate() -> None:
    """Its tables and functions."""
    assert Path(procrastinate.__file__).exists()
    with connection.cursor() as cursor:
        cursor.execute(SchemaManager.get_schema())


def install_pgqueuer() -> None:
    """Its tables and functions."""

    place = where()

    async def install() -> None:
        own = await asyncpg.connect(database=place.pop("dbname"), **place)
        await Queries.from_asyncpg_connection(own).install()
        await own.close()

    asyncio.run(install())
