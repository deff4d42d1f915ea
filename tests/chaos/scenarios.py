"""The scenarios: what is done to the product while applications use it."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from itertools import cycle

from config.embedded.server import ROLE
from tests.chaos.field import Arrangement, Field, Scenario
from tests.chaos.judging import LEASE
from tests.chaos.outside import Clocks, Redis
from tests.chaos.proxy import Proxy
from tests.chaos.receiver import dawdles, misbehaving

PAUSE = LEASE.total_seconds() + 4
HOUR = 3600
BACK_SECONDS = 30.0
"""Within this after its cause is gone a fault is over: the sweeps run, and nobody is refused."""

_IN_TRANSACTION = """
SELECT client_port, xact_start FROM pg_stat_activity
WHERE usename = %s AND state IN ('active', 'idle in transaction') AND xact_start IS NOT NULL
  AND query NOT ILIKE '%%pgmq%%'
"""
_CUT = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE usename = %s AND pid <> pg_backend_pid()
"""


# -- workers -------------------------------------------------------------------------------------


def kill_workers(field: Field) -> None:
    """Kill one that works, every two seconds (F33)."""
    while field.rest(2.0):
        alive = field.house.running("worker")
        if alive and field.house.signal(field.luck.choice(alive), signal.SIGKILL):
            field.count("killed")


def pause_workers(field: Field) -> None:
    """Pause one in the middle of a message and one in the middle of a transaction, for longer
    than any lease, and let them go on with what they remember (F38); once more if there is time.
    """
    while True:
        field.receiver.misbehave = lambda _message, _times: dawdles
        paused: list[str] = []
        try:
            for what, holds in (("message", _sending), ("transaction", _in_transaction)):
                name = _pause_while(field, holds, besides=paused)
                if name:
                    paused.append(name)
                    field.count(f"paused in a {what}")
            time.sleep(PAUSE)
        finally:
            field.receiver.misbehave = lambda _message, _times: None
            for name in paused:
                field.house.signal(name, signal.SIGCONT)
        field.sweeps_again(BACK_SECONDS)
        if not field.rest(5.0):
            return


def _pause_while(
    field: Field, holds: Callable[[Field, str], object], besides: list[str], seconds: float = 20.0
) -> str:
    """Stop a worker that holds something, and make sure that it still does when it stands."""
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        for name in set(field.house.running("worker")) - set(besides):
            held = holds(field, name)
            if not held:
                continue
            field.house.signal(name, signal.SIGSTOP)
            time.sleep(0.1)
            if holds(field, name) == held:
                return name
            field.house.signal(name, signal.SIGCONT)
        time.sleep(0.005)
    return ""


def _sending(field: Field, name: str) -> object:
    """The messages that the worker waits for an answer to."""
    return field.ports_of(name) & set(field.receiver.waiting)


def _in_transaction(field: Field, name: str) -> object:
    """The transactions that the worker is in."""
    ports = field.ports_of(name)
    return {row for row in field.ask(_IN_TRANSACTION, ROLE) if row[0] in ports}


# -- database and broker -------------------------------------------------------------------------


def restart_broker(field: Field) -> None:
    """The broker is PostgreSQL: stop it in order, then let it crash, and so on (F35)."""
    for crash in cycle((False, True)):
        if not field.rest(2.5):
            break
        field.house.restart_database(0.5, crash=crash)
        field.count("crashed" if crash else "restarted")
    field.sweeps_again(BACK_SECONDS)
    field.workers_take_part(BACK_SECONDS)


def restart_redis(field: Field) -> None:
    """Redis is killed and comes back with nothing in it (F32, F35)."""
    while field.rest(2.0):
        field.redis.kill()
        time.sleep(2.0)
        field.redis.start()
        field.count("killed")
    field.sweeps_again(BACK_SECONDS)
    field.workers_take_part(BACK_SECONDS)


@contextmanager
def on_redis(field: Field) -> Iterator[Arrangement]:
    """A Redis of its own on a free port."""
    field.redis = Redis(field.state / "redis")
    try:
        yield {"changed": {"CELERY_BROKER_URL": field.redis.start()}}
    finally:
        field.redis.kill()


def terminate_backends(field: Field) -> None:
    """Cut one connection after another, in the middle of whatever it does."""
    while field.rest(0.3):
        cut = field.ask(f"{_CUT} ORDER BY random() LIMIT 1", ROLE)
        field.count_many("cut", len(cut))
    field.sweeps_again(BACK_SECONDS)


def lose_replies(field: Field) -> None:
    """The proxy does it; here it is counted (F41)."""
    while field.rest(0.5):
        pass
    field.proxy.share = 0.0
    field.count_many("COMMITs", field.proxy.seen)
    field.count_many("replies lost", field.proxy.lost)
    field.sweeps_again(BACK_SECONDS)


@contextmanager
def behind_a_proxy(field: Field) -> Iterator[Arrangement]:
    """Everything but beat speaks to PostgreSQL through something that loses answers."""
    field.proxy = Proxy(field.house.database_port(), share=0.04, luck=field.luck)
    field.proxy.begin()
    try:
        url = field.house.database_url(field.proxy.port)
        yield {"changed": {"DATABASE_URL": url, "DEMO": "true"}}
    finally:
        field.proxy.end()


def make_read_only(field: Field) -> None:
    """A failover: connections break, new ones may only read for ten seconds, and those that were
    made meanwhile go on refusing to write (F42)."""
    field.rest(1.0)
    with field.house.database() as db:
        db.execute("ALTER DATABASE holdfast SET default_transaction_read_only = on")
        db.execute(_CUT, [ROLE])
        time.sleep(10.0)
        db.execute("SET default_transaction_read_only = off")
        db.execute("ALTER DATABASE holdfast RESET default_transaction_read_only")
    field.count_many("seconds", 10)
    field.sweeps_again(BACK_SECONDS)
    refused = field.refusals()
    field.rest(5.0)
    if field.refusals() > refused:
        field.violated("requests are still refused when the database can be written again")
        field.ask(_CUT, ROLE)  # so that the next scenario shows its own faults


# -- time and the others -------------------------------------------------------------------------


def several_beats(field: Field) -> None:
    """Three at once, then none for a while, then one again (F36)."""
    field.count_many("beats", 3)
    field.rest(6.0)
    field.house.arrange(beats=0)
    field.count_many("seconds without", 8)
    time.sleep(8.0)
    field.house.arrange(beats=1)
    field.sweeps_again(BACK_SECONDS)


@contextmanager
def with_three_beats(_field: Field) -> Iterator[Arrangement]:
    """Each says everything."""
    yield {"beats": 3}


def jump_clocks(field: Field) -> None:
    """The clocks of all processes jump by an hour to and fro, then those of single ones."""
    everybody = [*field.clocks.names]
    jumps: tuple[tuple[Mapping[str, int], float], ...] = (
        (dict.fromkeys(everybody, HOUR), 4.0),
        (dict.fromkeys(everybody, -HOUR), 4.0),
        ({"worker-1": HOUR, "web": -HOUR}, 4.0),
        ({name: HOUR for name in everybody if name.startswith("worker")}, 4.0),
    )
    while True:
        for jump, seconds in jumps:
            field.clocks.set(jump)
            field.count("jumps")
            field.rest(seconds)
            field.sweeps_again(BACK_SECONDS)
        if field.over.is_set():
            break
    field.clocks.set({})
    field.count("jumps")
    field.sweeps_again(BACK_SECONDS)


@contextmanager
def with_clocks(field: Field) -> Iterator[Arrangement]:
    """Each process under a wall clock of its own."""
    field.clocks = Clocks(field.state / "clocks", field.house.names(beats=1))
    yield {"each": field.clocks.variables()}


def misbehave(field: Field) -> None:
    """The receiver answers 500 and 302, hangs, sends ten megabytes, says nothing, answers twice."""
    before = field.receiver.faults
    field.receiver.misbehave = misbehaving(field.seed)
    while field.rest(0.5):
        pass
    time.sleep(6.0)  # the second tries
    field.receiver.misbehave = lambda _message, _times: None
    field.count_many("faults", field.receiver.faults - before)


SCENARIOS = (
    Scenario("worker_killed", kill_workers, seconds=16, bounds_take_over=True),
    Scenario("worker_paused", pause_workers, seconds=40, least=25, bounds_take_over=True),
    Scenario("broker_restarted", restart_broker, seconds=12, least=9),
    Scenario("redis_restarted", restart_redis, seconds=12, least=8, prepared=on_redis),
    Scenario("backends_terminated", terminate_backends, seconds=12),
    Scenario("commit_reply_lost", lose_replies, seconds=12, prepared=behind_a_proxy),
    Scenario("three_beats", several_beats, seconds=14, least=8, prepared=with_three_beats),
    Scenario("clock_jumps", jump_clocks, seconds=18, least=12, prepared=with_clocks),
    Scenario("receiver_faults", misbehave, seconds=12),
    Scenario("read_only", make_read_only, seconds=22, least=18),
)
