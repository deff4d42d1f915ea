"""Sending without anybody waiting: a worker hands over and is free at once.

One thread of a process has all messages on their way, each a socket and no thread; another writes
down what came of them. An endpoint has one place until it answered, and a few for as long as it
does: one that hangs holds its own place and nothing else.
"""

from __future__ import annotations

import asyncio
import logging
import os
import threading
from concurrent.futures import ThreadPoolExecutor

import httpx
from django.db import close_old_connections, connection

from identity.database import leave_when_away
from identity.models import Delivery
from identity.webhooks.claiming import PER_ENDPOINT, SLOTS, STRANGER_SLOTS, Room
from identity.webhooks.sending import take
from identity.webhooks.settling import settle
from identity.webhooks.wire import Answer, Letter, new_client, send

logger = logging.getLogger("holdfast.webhooks")

NAMES = 64
"""Threads that ask name servers: one that hangs keeps its thread for longer than its try."""


class Hands:
    """Which messages are on their way from this process, and which endpoints answer."""

    def __init__(self) -> None:
        self._mutex = threading.Lock()
        self._busy: dict[int, int] = {}
        self._well: set[int] = set()

    def room(self) -> Room:
        """What there are hands for."""
        with self._mutex:
            rooms = {
                each: max(0, (PER_ENDPOINT if each in self._well else 1) - self._busy.get(each, 0))
                for each in self._well | self._busy.keys()
            }
            strange = sum(n for each, n in self._busy.items() if each not in self._well)
            return Room(
                rooms=rooms,
                other=1,
                free=SLOTS - sum(self._busy.values()),
                well=frozenset(self._well),
                strangers_free=STRANGER_SLOTS - strange,
            )

    def take(self, application: int) -> None:
        """One more is on its way."""
        with self._mutex:
            self._busy[application] = self._busy.get(application, 0) + 1

    def give_back(self, application: int, answer: Answer) -> None:
        """One came to its end."""
        with self._mutex:
            left = self._busy[application] - 1
            if left:
                self._busy[application] = left
            else:
                del self._busy[application]
            if answer.status is None:
                self._well.discard(application)
            else:
                self._well.add(application)

    def held(self) -> int:
        """How many are on their way."""
        with self._mutex:
            return sum(self._busy.values())


class Courier:
    """The two threads and what they have in hand. Made when it is first needed."""

    def __init__(self) -> None:
        self.hands = Hands()
        self._claiming = threading.Lock()
        self._clerk = ThreadPoolExecutor(1, "webhook-clerk")
        self._loop = asyncio.new_event_loop()
        self._loop.set_default_executor(ThreadPoolExecutor(NAMES, "webhook-names"))
        self._client: httpx.AsyncClient = new_client()
        threading.Thread(target=self._loop.run_forever, name="webhooks", daemon=True).start()

    def dispatch(self) -> int:
        """Start sending what is due and there are hands for; how many."""
        with self._claiming:
            room = self.hands.room()
            taken = take(room) if room.free > 0 else []
            for delivery, _ in taken:
                self.hands.take(delivery.application_id)
        for delivery, letter in taken:
            asyncio.run_coroutine_threadsafe(self._carry(delivery, letter), self._loop)
        return len(taken)

    async def _carry(self, delivery: Delivery, letter: Letter) -> None:
        try:
            answer = await send(self._client, letter)
        except Exception as error:
            # Its text may quote the message, so only its kind is written down.
            logger.error("message %s broke: %s", delivery.pk, type(error).__name__)
            answer = Answer(None, "broken")
        self._clerk.submit(self._write_down, delivery, answer)

    def _write_down(self, delivery: Delivery, answer: Answer) -> None:
        """Settle it, and only then let its place go: what failed is known before more is tried."""
        close_old_connections()
        try:
            settle(delivery, answer)
        except Exception as error:
            # The row is on lease and comes back by itself.
            leave_when_away(error)
            logger.exception("message %s could not be settled", delivery.pk)
        finally:
            self.hands.give_back(delivery.application_id, answer)
        try:
            self.dispatch()
        except Exception as error:
            leave_when_away(error)
            logger.exception("no more messages could be claimed")
        finally:
            if not self.hands.held():
                connection.close()


_mutex = threading.Lock()
_own: tuple[int, Courier] | None = None


def courier() -> Courier:
    """The courier of this process: a fork does not inherit threads."""
    global _own
    with _mutex:
        if _own is None or _own[0] != os.getpid():
            _own = (os.getpid(), Courier())
        return _own[1]


def dispatch_due() -> int:
    """Start sending what is due; nobody waits for it. How many were started."""
    return courier().dispatch()


def on_their_way() -> int:
    """How many messages this process is sending, or has sent and not yet written down."""
    return courier().hands.held()
