"""The load: applications ask, people come back, prove who they are, change their minds.

What is asked, of whom and when is decided by the seed; only what the machine makes of it differs.
"""

from __future__ import annotations

import queue
import random
import threading
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from tests.chaos.asking import PATIENCE, Application, Asked, NeverAnswered, new_key
from tests.chaos.people import FINISHABLE, Person

CLIENTS = 6
"""Calls of the application that are on their way at once."""
WINDOWS = (3, 4, 5, 6)
"""Seconds after which a request that waits goes to its next step, and again to its end."""
KINDS = ("at_once", "passes", "comes_back", "is_proved", "is_cancelled")
SHARES = (45, 30, 10, 10, 5)
"""Percent: carried out at once; held until its windows have passed; held, and the person comes
back without answering; finished by the person; withdrawn by the application."""


@dataclass(slots=True)
class Flow:
    """What one scenario asked for."""

    scenario: str
    asked: list[Asked] = field(default_factory=list)
    seconds: float = 0.0


class Load:
    """Sends the requests of one scenario after another, evenly over a time."""

    def __init__(
        self, application: Application, people: Mapping[str, Person], luck: random.Random
    ) -> None:
        self._application = application
        self._people = people
        self._names = sorted(people)
        self._luck = luck
        self._later = Later()

    def run(self, flow: Flow, count: int, seconds: float, stop: threading.Event) -> None:
        """Ask `count` times within `seconds`, or for as many as there is time for; comes back when
        every one that was begun has its answer."""
        began = time.monotonic()
        self._application.ends = began + seconds + PATIENCE
        plan = [self._drawn(flow.scenario, number) for number in range(count)]
        waiting: queue.SimpleQueue[Asked | None] = queue.SimpleQueue()
        with ThreadPoolExecutor(CLIENTS) as pool:
            clients = [pool.submit(self._client, waiting) for _ in range(CLIENTS)]
            for number, asked in enumerate(plan):
                if stop.wait(max(0.0, began + seconds * number / count - time.monotonic())):
                    break
                if time.monotonic() > began + seconds and waiting.qsize() > CLIENTS:
                    break  # the machine is slower than the plan
                flow.asked.append(asked)
                waiting.put(asked)
            for _ in clients:
                waiting.put(None)
            for client in clients:
                client.result()
        flow.seconds = time.monotonic() - began

    def end(self) -> None:
        """Wait for what people still do."""
        self._later.end()

    def _client(self, waiting: queue.SimpleQueue[Asked | None]) -> None:
        while (asked := waiting.get()) is not None:
            self._one(asked)

    def _one(self, asked: Asked) -> None:
        luck = random.Random(asked.key)
        if asked.kind != "at_once":
            self._set_the_scene(asked, luck)
        self._application.ask(asked)
        if not asked.action:
            return
        if luck.random() < 0.1:
            self._application.ask(asked)  # the answer came, and the application asks all the same
        soon = luck.uniform(0.5, 3.0)
        if asked.kind == "comes_back":
            self._later.do(soon, lambda: self._application.signal(asked.subject, kind="heartbeat"))
        elif asked.kind == "is_cancelled":
            self._later.do(soon, lambda: self._application.cancel(asked.action))
        elif asked.kind == "is_proved":
            factor = luck.choice(["totp", "backup_code", "backup_code"])
            self._later.do(soon, lambda: self._prove(asked, factor))

    def _set_the_scene(self, asked: Asked, luck: random.Random) -> None:
        if luck.random() < 0.5:
            self._application.signal(asked.subject, kind="network", value="lost")

    def _prove(self, asked: Asked, factor: str) -> None:
        person = self._people[asked.subject]
        for way in (factor, "backup_code"):
            try:
                if self._application.status(asked.action) not in FINISHABLE:
                    return
            except NeverAnswered:
                return
            person.prove(asked.action, way)

    def _drawn(self, scenario: str, number: int) -> Asked:
        luck = self._luck
        kind = luck.choices(KINDS, SHARES)[0]
        subject = luck.choice(self._names)
        # Every request is another one: an equal one would be joined to the first.
        mark = f"{scenario}.{number}.{luck.getrandbits(32):08x}"
        if kind == "at_once":
            body: dict[str, Any] = {
                "type": "onboarding.step",
                "subject": subject,
                "payload": {"step": mark},
            }
        else:
            body = {
                "type": "address.change",
                "subject": subject,
                "payload": {"address": f"{number} {mark}"},
                "requested_expiry": 30 if kind == "is_proved" else luck.choice(WINDOWS),
            }
        return Asked(scenario, kind, subject, body, new_key(luck))


class Later:
    """Does things after a while, a few at a time."""

    def __init__(self, hands: int = 4) -> None:
        self._pool = ThreadPoolExecutor(hands)
        self._timers: list[threading.Timer] = []

    def do(self, seconds: float, what: Any) -> None:
        """Do `what` in so many seconds."""
        timer = threading.Timer(seconds, lambda: self._pool.submit(what))
        timer.daemon = True
        timer.start()
        self._timers.append(timer)

    def end(self) -> None:
        """Come back when everything is done."""
        for timer in self._timers:
            timer.join()
        self._pool.shutdown(wait=True)


def shared(count: int, parts: int) -> list[int]:
    """`count` in so many equal parts, the first ones taking the rest."""
    each, rest = divmod(count, parts)
    return [each + (number < rest) for number in range(parts)]
