"""The application's own storage: one effect, whoever delivers at the same moment."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from examples.payroll.store import Message, Reception, Store
from tests.examples.conftest import ROOT, committed, signed

BODY = {"type": "payout.change", "payload": {"account": "DE89370400440532013000"}}

DELIVERER = """
import sys
from pathlib import Path
from examples.payroll.store import Message, Store

store = Store(Path(sys.argv[1]))
print("ready", flush=True)
sys.stdin.readline()
for number in range(5):
    message = Message("msg_1", "action.committed", "a1", "payout.change", "avery", "committed", "x")
    print(store.receive(message), flush=True)
"""


def commit(webhook_id: str = "msg_1", action_id: str = "a1", value: str = "x") -> Message:
    return Message(
        webhook_id, "action.committed", action_id, "payout.change", "avery", "committed", value
    )


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "payroll.sqlite3"


def test_q6_one_effect_when_threads_deliver_at_one_moment(path: Path) -> None:
    store, gate = Store(path), threading.Barrier(8)

    def race(number: int) -> Reception:
        gate.wait()
        return store.receive(commit(f"msg_{number % 2}"))

    with ThreadPoolExecutor(8) as pool:
        seen = Counter(pool.map(race, range(8)))
    assert seen == {Reception.APPLIED: 1, Reception.NOTED: 1, Reception.DUPLICATE: 6}
    [effect] = store.effects()
    assert effect["deliveries"] == 8


def test_q6_one_effect_when_processes_deliver_at_one_moment(path: Path) -> None:
    store = Store(path)
    workers = [
        subprocess.Popen(
            [sys.executable, "-c", DELIVERER, str(path)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(4)
    ]
    for worker in workers:
        assert worker.stdout is not None
        assert worker.stdout.readline() == "ready\n"
    for worker in workers:
        assert worker.stdin is not None
        worker.stdin.write("go\n")
        worker.stdin.flush()
    seen = Counter(line for worker in workers for line in worker.communicate()[0].split())
    assert seen == {"applied": 1, "duplicate": 19}
    assert [row["deliveries"] for row in store.effects()] == [20]


def test_q6_one_effect_through_the_server_as_it_is_run(served: str) -> None:
    raw = json.dumps(committed()).encode()
    headers, gate = signed(raw), threading.Barrier(8)

    def post(_: int) -> str:
        with httpx.Client(trust_env=False) as http:
            gate.wait()
            answer = http.post(f"{served}/webhooks/holdfast/", content=raw, headers=headers)
        return str(answer.json()["result"])

    with ThreadPoolExecutor(8) as pool:
        assert Counter(pool.map(post, range(8))) == {"applied": 1, "duplicate": 7}
    with httpx.Client(trust_env=False) as http:
        [effect] = http.get(f"{served}/effects.json").json()["results"]
        too_long = http.post(  # in chunks, so that no length is announced
            f"{served}/webhooks/holdfast/", content=iter([raw, b" " * 70_000]), headers=headers
        )
    assert effect["deliveries"] == 8
    assert too_long.status_code == 413


def test_q6_a_delivery_whose_effect_fails_was_never_here(path: Path) -> None:
    store = Store(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute(
            "CREATE TRIGGER full BEFORE INSERT ON effects BEGIN SELECT RAISE(ABORT, 'full'); END"
        )
        with pytest.raises(sqlite3.IntegrityError):
            store.receive(commit())
        db.execute("DROP TRIGGER full")
    assert store.receive(commit()) is Reception.APPLIED
    assert [row["deliveries"] for row in store.effects()] == [1]


def test_q6_an_end_is_never_taken_back_but_a_commit_may_be_reversed(path: Path) -> None:
    store = Store(path)
    store.remember("r1", "avery", BODY, "")
    store.answered("r1", "a1", "pending")
    for told, then in [
        ("queued", "queued"),
        ("committed", "committed"),
        ("blocked", "committed"),
        ("expired", "committed"),
        ("reversed", "reversed"),
        ("committed", "reversed"),
    ]:
        store.saw("a1", told)
        [asked] = store.requests_of("avery")
        assert asked.status == then


def test_q2_a_form_sent_twice_is_one_request(path: Path) -> None:
    store = Store(path)
    first = store.remember("r1", "avery", BODY, "")
    other = store.remember("r1", "avery", {**BODY, "payload": {"account": "other"}}, "")
    assert first == other
    assert len(store.requests_of("avery")) == 1


def test_q2_a_request_that_joins_an_open_one_is_shown_as_that_one(path: Path) -> None:
    store = Store(path)
    draft = {"type": "draft.save", "payload": {}}
    store.remember("r1", "avery", draft, "first words")
    assert store.answered("r1", "a1", "queued") == "r1"
    store.remember("r2", "avery", draft, "better words")
    assert store.answered("r2", "a1", "queued") == "r1"
    [asked] = store.requests_of("avery")
    assert (asked.ref, asked.note) == ("r1", "better words")


def test_q2_equal_requests_answered_at_one_moment_become_one(path: Path) -> None:
    store, gate = Store(path), threading.Barrier(8)
    for number in range(8):
        store.remember(f"r{number}", "avery", BODY, "")

    def race(number: int) -> str:
        gate.wait()
        return store.answered(f"r{number}", "a1", "queued")

    with ThreadPoolExecutor(8) as pool:
        shown = set(pool.map(race, range(8)))
    assert [asked.ref for asked in store.requests_of("avery")] == list(shown)


def test_q2_an_answered_request_keeps_nothing_of_the_browser(path: Path) -> None:
    store = Store(path)
    store.remember("r1", "avery", {**BODY, "context": {"ip": "203.0.113.77"}}, "")
    store.answered("r1", "a1", "pending")
    with closing(sqlite3.connect(path)) as db:
        assert "203.0.113.77" not in "\n".join(db.iterdump())


def test_q2_a_draft_counts_as_saved_though_its_webhook_came_before_the_answer(path: Path) -> None:
    store = Store(path)
    store.remember("r1", "avery", {"type": "draft.save", "payload": {}}, "my words")
    store.receive(
        Message("msg_1", "action.committed", "a1", "draft.save", "avery", "committed", "")
    )
    store.answered("r1", "a1", "approved")
    assert [row["note"] for row in store.drafts_of("avery")] == ["my words"]
