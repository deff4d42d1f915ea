"""Sending what is due from threads of its own, so that nobody waits for a mail server.

A worker hands over and is free at once. Of each channel at most `CHANNEL_SLOTS` messages are on
their way from one process, so a channel that hangs holds its own slots and nothing else: no worker,
no request, no other channel. A worker that dies leaves its rows on lease; they come back.
"""

from __future__ import annotations

import logging
import queue
import threading
import time
from dataclasses import dataclass

from django.conf import settings
from django.db import connection

from fallbacks.channels.adapters import (
    WHOLE_SECONDS,
    Adapter,
    TransportError,
    adapter_of,
    channels,
)
from fallbacks.channels.claiming import Outcome, Try, claim, settle

logger = logging.getLogger("holdfast.channels")

GRACE_SECONDS = 5.0
"""How much longer than its adapter promises a try may take before its slot is given away."""


@dataclass(frozen=True, slots=True)
class _Done:
    """A try that came to its end, for whoever writes it down."""

    attempt: Try
    outcome: Outcome


class Slots:
    """How many messages of each channel are on their way from this process, and since when."""

    def __init__(self) -> None:
        self._mutex = threading.Lock()
        self._busy: dict[str, dict[object, float]] = {}

    def free(self, channel: str, now: float) -> int:
        """Slots that are free; one whose holder is long past its time counts as free."""
        with self._mutex:
            busy = self._busy.setdefault(channel, {})
            for holder in [each for each, until in busy.items() if until < now]:
                del busy[holder]
            return max(0, int(settings.CHANNEL_SLOTS) - len(busy))

    def held(self) -> int:
        """How many are held, over all channels."""
        with self._mutex:
            return sum(len(busy) for busy in self._busy.values())

    def take(self, channel: str, holder: object, now: float) -> None:
        """Hold one for `holder`."""
        with self._mutex:
            held = now + WHOLE_SECONDS + GRACE_SECONDS
            self._busy.setdefault(channel, {})[holder] = held

    def give_back(self, channel: str, holder: object) -> None:
        """Let it go, if it is still held."""
        with self._mutex:
            self._busy.get(channel, {}).pop(holder, None)


_slots = Slots()
_claiming = threading.Lock()
_finished: queue.SimpleQueue[_Done] = queue.SimpleQueue()
_clerk: threading.Thread | None = None
_mutex = threading.Lock()


def dispatch_due() -> int:
    """Start what is due, as far as there are slots, and return at once; how many were started."""
    _employ_clerk()
    return sum(_start(channel, _finished) for channel in channels())


def send_due() -> int:
    """The same, and wait for each to end; how many were taken. For commands and for tests."""
    own: queue.SimpleQueue[_Done] = queue.SimpleQueue()
    taken = 0
    waiting = sum(_start(channel, own) for channel in channels())
    while waiting:
        done = own.get(timeout=WHOLE_SECONDS + GRACE_SECONDS)
        _write_down(done)
        taken += done.outcome.error is None
        waiting += _start(done.attempt.message.channel, own) - 1
    return taken


def on_their_way() -> int:
    """How many messages this process is sending, or has sent and not yet written down."""
    return _slots.held()


def _start(channel: str, finished: queue.SimpleQueue[_Done]) -> int:
    """Start due messages of one channel."""
    adapter = adapter_of(channel)
    if adapter is None:
        return 0
    with _claiming:
        tries = claim(channel, _slots.free(channel, time.monotonic()))
        for attempt in tries:
            _slots.take(channel, attempt, time.monotonic())
    for attempt in tries:
        threading.Thread(
            target=_try, args=(adapter, attempt, finished), name=f"send-{channel}", daemon=True
        ).start()
    return len(tries)


def _try(adapter: Adapter, attempt: Try, finished: queue.SimpleQueue[_Done]) -> None:
    """Network and nothing else: whatever hangs here holds no connection to the database."""
    channel = attempt.message.channel
    try:
        outcome = Outcome(adapter.send(attempt.outgoing).code)
    except TransportError as error:
        outcome = Outcome(error.code, error)
    except Exception as error:
        # Its text may quote the message, so only its kind is written down.
        logger.error("channel %s broke: %s", channel, type(error).__name__)
        outcome = Outcome("broken", TransportError("broken", channel_down=True))
    finished.put(_Done(attempt, outcome))


def _write_down(done: _Done) -> None:
    """Settle it, and only then let its slot go: what failed is known before more is tried."""
    try:
        settle(done.attempt.message, done.outcome)
    finally:
        _slots.give_back(done.attempt.message.channel, done.attempt)


def _employ_clerk() -> None:
    """One thread of a process writes down what came of the tries, and starts the next ones."""
    global _clerk
    with _mutex:
        if _clerk is None or not _clerk.is_alive():
            _clerk = threading.Thread(target=_keep_books, name="send-clerk", daemon=True)
            _clerk.start()


def _keep_books() -> None:
    while True:
        done = _finished.get()
        try:
            _write_down(done)
            if _finished.empty():
                dispatch_due()
        except Exception:
            # The row is on lease and comes back by itself.
            logger.exception("message %s could not be settled", done.attempt.message.pk)
        finally:
            if _finished.empty():
                connection.close()
