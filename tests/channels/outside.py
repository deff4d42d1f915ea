"""The other side of the channels, on loopback: a real SMTP server, one that hangs, a gateway."""

from __future__ import annotations

import email
import email.message
import email.policy
import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.headerregistry import AddressHeader
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from config.reaching import Mail, Texts


@dataclass
class Letter:
    """A mail as it arrived: the envelope, and the message taken apart."""

    sender: str
    recipients: list[str]
    raw: bytes

    @property
    def message(self) -> email.message.EmailMessage:
        """Parsed."""
        found = email.message_from_bytes(self.raw, policy=email.policy.default)
        assert isinstance(found, email.message.EmailMessage)
        return found

    @property
    def text(self) -> str:
        """The plain part."""
        part = self.message.get_body(("plain",))
        assert part is not None
        return str(part.get_content())

    @property
    def html(self) -> str:
        """The part with markup."""
        part = self.message.get_body(("html",))
        assert part is not None
        return str(part.get_content())

    @property
    def to(self) -> list[str]:
        """Every address that a header names."""
        found = []
        for name in ("to", "cc", "bcc"):
            header = self.message[name]
            if isinstance(header, AddressHeader):
                found += [each.addr_spec for each in header.addresses]
        return found


@dataclass
class Sink:
    """A mail server that keeps what it takes. `answers` are given to RCPT and DATA in turn;
    when they are used up everything is taken."""

    port: int = 0
    letters: list[Letter] = field(default_factory=list)
    at_recipient: list[str] = field(default_factory=list)
    at_data: list[str] = field(default_factory=list)
    at_quit: list[str] = field(default_factory=list)
    tries: int = 0
    down: bool = False
    """It takes nothing, and says that it is closing (RFC 5321 §3.8)."""
    never_for: str = ""
    """It breaks off at this recipient."""

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: Any
    ) -> str:
        """RCPT TO."""
        self.tries += 1
        if self.down or address == self.never_for:
            return "421 4.3.2 not now"
        if self.at_recipient:
            answer = self.at_recipient.pop(0)
            if not answer.startswith("2"):
                return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """The message itself."""
        answer = self.at_data.pop(0) if self.at_data else "250 OK"
        if answer.startswith("2"):
            raw = envelope.original_content or b""
            self.letters.append(Letter(str(envelope.mail_from), list(envelope.rcpt_tos), raw))
        return answer

    async def handle_QUIT(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """The goodbye."""
        return self.at_quit.pop(0) if self.at_quit else "221 Bye"

    @property
    def mail(self) -> Mail:
        """The setting that leads here."""
        return smtp_at(self.port)

    def last(self) -> Letter:
        """The newest one."""
        return self.letters[-1]


def smtp_at(port: int) -> Mail:
    """SMTP without TLS to this machine."""
    options = {
        "host": "127.0.0.1",
        "port": port,
        "username": "",
        "password": "",
        "use_tls": False,
        "use_ssl": False,
    }
    return Mail("smtp", options)


@contextmanager
def mail_server() -> Iterator[Sink]:
    """A real SMTP server, in a thread."""
    sink = Sink()
    with socket.create_server(("127.0.0.1", 0)) as found:
        sink.port = found.getsockname()[1]
    controller = Controller(sink, hostname="127.0.0.1", port=sink.port)
    controller.start()
    try:
        yield sink
    finally:
        controller.stop()


class Hanging:
    """A server that takes every connection and never says a word."""

    def __init__(self) -> None:
        self._server = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.port: int = self._server.getsockname()[1]
        self.held: list[socket.socket] = []
        self._grown = threading.Condition()
        self._thread = threading.Thread(target=self._take, daemon=True)
        self._thread.start()

    def _take(self) -> None:
        while True:
            try:
                connection, _ = self._server.accept()
            except OSError:
                return
            with self._grown:
                self.held.append(connection)
                self._grown.notify_all()
            self.met(connection)

    def met(self, connection: socket.socket) -> None:
        """What is done with a connection: nothing."""

    def wait_for(self, count: int) -> int:
        """How many connections hang, once there are `count`."""
        with self._grown:
            self._grown.wait_for(lambda: len(self.held) >= count, timeout=30)
            return len(self.held)

    def let_go(self) -> None:
        """Cut every connection, and take no more."""
        self._server.close()
        for connection in self.held:
            connection.close()


@contextmanager
def hanging_server() -> Iterator[Hanging]:
    """One that hangs."""
    server = Hanging()
    try:
        yield server
    finally:
        server.let_go()


@dataclass
class Gateway:
    """A text message gateway that speaks Twilio's API; `answers` are statuses in turn."""

    port: int = 0
    texts: list[dict[str, str]] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    seen: list[dict[str, str]] = field(default_factory=list)

    @property
    def setting(self) -> Texts:
        """The setting that leads here."""
        return Texts(
            "twilio",
            {
                "base": f"http://127.0.0.1:{self.port}",
                "account": "AC1",
                "token": "secret",
                "sender": "+351910000000",
            },
        )


@contextmanager
def text_gateway() -> Iterator[Gateway]:
    """The gateway, in a thread."""
    gateway = Gateway()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            """Messages.json."""
            size = int(self.headers["content-length"])
            form = {
                name: values[0] for name, values in parse_qs(self.rfile.read(size).decode()).items()
            }
            entry = {**form, "path": self.path, "id": self.headers["idempotency-key"]}
            entry["login"] = self.headers["authorization"]
            gateway.seen.append(entry)
            status = gateway.answers.pop(0) if gateway.answers else 201
            if status == 201:
                gateway.texts.append(entry)
            body = json.dumps({"sid": "SM1"}).encode()
            self.send_response(status)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    gateway.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield gateway
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
