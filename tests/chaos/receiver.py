"""The relying application's end: it believes what is signed, acts once, and can misbehave.

What it counts is the truth about effects: it knows nothing of what Holdfast thinks it sent.
"""

from __future__ import annotations

import json
import random
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from standardwebhooks import Webhook, WebhookVerificationError

LARGE = 10_000_000
"""Bytes of an answer that nobody asked for."""
HANG_SECONDS = 12.0
"""Longer than Holdfast waits for a receiver (ten seconds)."""
COMMITTED = "action.committed"

Fault = Callable[["Handler"], None]


@dataclass(slots=True)
class Effect:
    """What one message did, and how often it came."""

    action: str
    payload: dict[str, str]
    deliveries: int = 1


@dataclass(slots=True)
class Ledger:
    """What the application remembers; `effects` by webhook-id, for commits alone."""

    effects: dict[str, Effect] = field(default_factory=dict)
    told: dict[str, int] = field(default_factory=dict)
    """How often each message came, whatever became of it."""
    forged: int = 0
    """Messages that were not rightly signed, or not of this time."""


class Receiver:
    """A small HTTP server on a free port. `misbehave` is asked about each message that is rightly
    signed; what it answers is done in place of a good answer."""

    def __init__(self) -> None:
        self.ledger = Ledger()
        self.secret = ""
        self.misbehave: Callable[[str, int], Fault | None] = lambda _message, _times: None
        self.mutex = threading.Lock()
        self.waiting: dict[int, float] = {}
        """Of the connections that are being answered: the sender's port, and since when."""
        self.faults = 0
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._server.receiver = self  # type: ignore[attr-defined]
        self.port: int = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    @property
    def url(self) -> str:
        """Where webhooks go."""
        return f"http://127.0.0.1:{self.port}/webhooks/"

    def begin(self) -> None:
        """Listen."""
        self._thread.start()

    def end(self) -> None:
        """Listen no more."""
        if self._thread.ident is not None:
            self._server.shutdown()
        self._server.server_close()

    def verified(self, raw: bytes, headers: dict[str, str]) -> bool:
        """Whether the message is Holdfast's and of this time; counted if it is not."""
        try:
            Webhook(self.secret).verify(raw, headers, json_parse=False)
        except (WebhookVerificationError, ValueError):
            with self.mutex:
                self.ledger.forged += 1
            return False
        return True

    def came(self, message: str) -> int:
        """The message came once more; how often by now."""
        with self.mutex:
            self.ledger.told[message] = self.ledger.told.get(message, 0) + 1
            return self.ledger.told[message]

    def act(self, message: str, body: dict[str, Any]) -> None:
        """Do what a commit tells to do, once for each message."""
        if body["type"] != COMMITTED:
            return
        with self.mutex:
            known = self.ledger.effects.get(message)
            if known is not None:
                known.deliveries += 1
            else:
                data = body["data"]
                self.ledger.effects[message] = Effect(data["id"], dict(data.get("payload", {})))


class Handler(BaseHTTPRequestHandler):
    """One message: verify, perhaps misbehave, act, answer."""

    protocol_version = "HTTP/1.1"
    server: ThreadingHTTPServer

    def do_POST(self) -> None:
        """Take a webhook in."""
        receiver: Receiver = self.server.receiver  # type: ignore[attr-defined]
        raw = self.rfile.read(int(self.headers.get("content-length", 0)))
        receiver.waiting[self.client_address[1]] = time.monotonic()
        try:
            headers = {name.lower(): value for name, value in self.headers.items()}
            if not receiver.verified(raw, headers):
                self.answer(401)
                return
            message = headers["webhook-id"]
            fault = receiver.misbehave(message, receiver.came(message))
            self.act = lambda: receiver.act(message, json.loads(raw))
            if fault is None:
                self.act()
                self.answer(200)
            else:
                receiver.faults += 1
                fault(self)
        except OSError:
            pass  # the sender was killed, or waited long enough
        finally:
            receiver.waiting.pop(self.client_address[1], None)

    def answer(self, status: int, body: bytes = b"", **headers: str) -> None:
        """A whole answer; the connection ends with it."""
        self.send_response(status)
        for name, value in {**headers, "connection": "close"}.items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def hang_up(self) -> None:
        """End the connection without a word."""
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)

    def log_message(self, format: str, *args: Any) -> None:
        """Nobody reads it."""


def dawdles(handler: Handler) -> None:
    """Takes its time, then acts and answers well."""
    time.sleep(0.4)
    handler.act()
    handler.answer(200)


def breaks(handler: Handler) -> None:
    """500, and nothing was done."""
    handler.answer(500)


def redirects(handler: Handler) -> None:
    """Elsewhere, please: to an address that would count as a success if it were followed."""
    host, port = handler.server.server_address[:2]
    handler.answer(302, location=f"http://{host!s}:{port}/elsewhere/")


def hangs(handler: Handler) -> None:
    """Takes the message and says nothing for longer than anybody waits."""
    time.sleep(HANG_SECONDS)
    handler.hang_up()


def says_nothing(handler: Handler) -> None:
    """Takes the message and hangs up."""
    handler.hang_up()


def forgets_to_answer(handler: Handler) -> None:
    """Acts, and then hangs up: the same message comes again."""
    handler.act()
    handler.hang_up()


def answers_at_length(handler: Handler) -> None:
    """Acts, and answers 200 with ten megabytes."""
    handler.act()
    handler.answer(200, b"x" * LARGE)


def answers_twice(handler: Handler) -> None:
    """Acts, and gives two answers to the one message: 200, then 500."""
    handler.act()
    handler.wfile.write(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")
    handler.answer(500)


QUICK: tuple[Fault, ...] = (
    breaks,
    redirects,
    says_nothing,
    forgets_to_answer,
    answers_at_length,
    answers_twice,
)


def misbehaving(seed: int, share_hanging: float = 0.03) -> Callable[[str, int], Fault | None]:
    """Each message meets one fault, every fifth a second one; a few meet one that hangs.

    More would only wait for longer: after the second try the next is two minutes later.
    """

    def misbehave(message: str, times: int) -> Fault | None:
        luck = random.Random(f"{seed}/{message}")
        faults = 2 if luck.random() < 0.2 else 1
        chosen = [hangs if luck.random() < share_hanging else luck.choice(QUICK) for _ in "12"]
        return chosen[times - 1] if times <= faults else None

    return misbehave
