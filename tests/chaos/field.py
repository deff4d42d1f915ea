"""What a fault works with while requests flow: the house, the receiver, chance, and time."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil
import psycopg

from tests.chaos.house import House
from tests.chaos.judging import Found, Kind
from tests.chaos.receiver import Receiver

if TYPE_CHECKING:
    from tests.chaos.outside import Clocks, Redis
    from tests.chaos.proxy import Proxy

Arrangement = Mapping[str, Any]
"""What `House.arrange` is told."""

_RAN = "SELECT count(*) FROM identity_sweeprun WHERE at > %s"
_AT_WORK = """
SELECT client_port FROM pg_stat_activity
WHERE query_start > %s AND query NOT ILIKE '%%pgmq%%' AND query <> ''
"""


@dataclass(slots=True)
class Field:
    """One scenario while it runs. `over` is set when no more requests are sent."""

    house: House
    receiver: Receiver
    luck: random.Random
    seed: int
    state: Path
    refusals: Callable[[], int]
    """How many calls of the application were answered with 5xx so far."""
    over: threading.Event = field(default_factory=threading.Event)
    done: dict[str, int] = field(default_factory=dict)
    """How often each thing was done to the product: what the table shows."""
    found: list[Found] = field(default_factory=list)
    """What is wrong and no single action shows."""
    redis: Redis = field(init=False)
    proxy: Proxy = field(init=False)
    clocks: Clocks = field(init=False)

    def count(self, what: str) -> None:
        """It was done once more."""
        self.count_many(what, 1)

    def count_many(self, what: str, times: int) -> None:
        """It was done so many times more."""
        self.done[what] = self.done.get(what, 0) + times

    def rest(self, seconds: float) -> bool:
        """Wait; False if the requests came to their end meanwhile."""
        return not self.over.wait(seconds)

    def violated(self, why: str) -> None:
        """Write down what is wrong."""
        self.found.append(Found(Kind.VIOLATION, why))

    def ask(self, sql: str, *parameters: object) -> list[tuple[Any, ...]]:
        """Ask the database; nothing while it is away."""
        try:
            with self.house.database() as db:
                return db.execute(sql, parameters).fetchall()
        except psycopg.OperationalError:
            return []

    def _ask_until(self, sql: str) -> tuple[Any, ...]:
        """The one row, as soon as the database answers."""
        while not (rows := self.ask(sql)):
            time.sleep(0.1)
        return rows[0]

    def sweeps_again(self, seconds: float) -> None:
        """Sweeps run to their end after this moment (F35, F36): all that ever did."""
        now, known = self._ask_until("SELECT clock_timestamp(), count(*) FROM identity_sweeprun")
        self._await(
            lambda: self.ask(_RAN, now) == [(known,)], seconds, "not every sweep runs again"
        )

    def workers_take_part(self, seconds: float) -> None:
        """No worker idles: each runs tasks after this moment (F35)."""
        (now,) = self._ask_until("SELECT clock_timestamp()")
        missing = set(self.house.running("worker"))

        def nobody_missing() -> bool:
            busy = {port for (port,) in self.ask(_AT_WORK, now)}
            missing.difference_update([name for name in missing if busy & self.ports_of(name)])
            return not missing

        self._await(nobody_missing, seconds, "a worker idles")

    def _await(self, what: Callable[[], bool], seconds: float, why: str) -> None:
        ends = time.monotonic() + seconds
        while not what():
            if time.monotonic() > ends:
                self.violated(f"{why} within {seconds:.0f} s")
                return
            time.sleep(0.2)

    def ports_of(self, name: str) -> set[int]:
        """The local ports of the connections that a process of the house has."""
        pid = self.house.pid_of(name)
        if pid is None:
            return set()
        try:
            held = psutil.Process(pid).net_connections("tcp")
        except psutil.Error:
            return set()
        return {each.laddr.port for each in held if each.laddr}


@dataclass(frozen=True, slots=True)
class Scenario:
    """One fault. `hurt` runs while requests flow, for `seconds` unless there is less time, and
    never for less than `least`; `prepared` has the house as the fault needs it."""

    name: str
    hurt: Callable[[Field], None]
    seconds: float = 10.0
    least: float = 4.0
    prepared: Callable[[Field], AbstractContextManager[Arrangement]] | None = None
    """Gives what `House.arrange` is told. Raises CannotHappen."""
    bounds_take_over: bool = False
    """Whether the time for which things stood still is held against the bound."""
