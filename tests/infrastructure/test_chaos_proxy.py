"""The proxy of `make chaos`: COMMIT is done and its answer lost, by either protocol."""

from __future__ import annotations

import random
from collections.abc import Iterator

import psycopg
import pytest
from django.db import connection

from tests.chaos.proxy import Proxy, is_commit


@pytest.fixture
def proxy(transactional_db: None) -> Iterator[Proxy]:
    """Before the tests' own PostgreSQL; every answer is lost."""
    found = Proxy(int(connection.get_connection_params()["port"]), 1.0, random.Random(1))
    found.begin()
    yield found
    found.end()


def through(proxy: Proxy) -> psycopg.Connection[tuple[int]]:
    given = connection.get_connection_params()
    return psycopg.connect(
        host="127.0.0.1",
        port=proxy.port,
        user=given["user"],
        password=given["password"],
        dbname=given["dbname"],
    )


@pytest.mark.parametrize("extended", [False, True])
def test_f41_the_answer_to_commit_is_lost_and_the_change_is_not(
    proxy: Proxy, extended: bool
) -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE chaos_proxy (n int)")
    cut = through(proxy)
    try:
        cut.execute("INSERT INTO chaos_proxy VALUES (%s)", [7])
        with pytest.raises(psycopg.OperationalError):
            cut.execute("COMMIT", binary=True) if extended else cut.commit()
        with connection.cursor() as cursor:
            cursor.execute("SELECT n FROM chaos_proxy")
            assert cursor.fetchall() == [(7,)]
    finally:
        cut.close()
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE chaos_proxy")
    assert (proxy.seen, proxy.lost) == (1, 1)


def test_f41_without_luck_everything_passes(proxy: Proxy) -> None:
    proxy.share = 0.0
    with through(proxy) as passing:
        assert passing.execute("SELECT %s::int", [7]).fetchone() == (7,)
        passing.commit()
        assert passing.execute("SELECT repeat('x', 200000)").fetchone() == ("x" * 200_000,)
    assert proxy.seen >= 1
    assert proxy.lost == 0


@pytest.mark.parametrize(
    ("kind", "body", "commits"),
    [
        (b"Q", b"COMMIT\0", True),
        (b"Q", b" commit ;\0", True),
        (b"Q", b"END\0", True),
        (b"P", b"\0COMMIT\0\0\0", True),
        (b"P", b"name\0COMMIT\0\0\0", True),
        (b"P", b"COMMIT\0SELECT 1\0\0\0", False),
        (b"Q", b"ROLLBACK\0", False),
        (b"Q", b"SELECT 'COMMIT'\0", False),
        (b"B", b"\0COMMIT\0", False),
    ],
)
def test_f41_a_commit_is_known_by_either_protocol(kind: bytes, body: bytes, commits: bool) -> None:
    assert is_commit(kind, body) is commits
