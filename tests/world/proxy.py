"""A proxy on loopback before PostgreSQL that loses the answer to COMMIT when told to (F41)."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

READY = b"Z\x00\x00\x00\x05"
"""How ReadyForQuery begins: the server did what it was asked."""


class Proxy:
    """Passes bytes on, each connection by two threads of its own."""

    def __init__(self, host: str, port: int) -> None:
        self.target = (host, port)
        self.lose = 0
        """How many answers to COMMIT are still to be lost."""
        self.lost = 0
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.open: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            server = socket.create_connection(self.target)
            self.open += [client, server]
            losing = threading.Event()
            for work in (self._ask, self._answer):
                threading.Thread(target=work, args=(client, server, losing), daemon=True).start()

    def _ask(self, client: socket.socket, server: socket.socket, losing: threading.Event) -> None:
        try:
            while data := client.recv(65536):
                if self.lose and b"COMMIT" in data:
                    self.lose -= 1
                    losing.set()
                server.sendall(data)
        except OSError:
            pass
        _shut(client, server)

    def _answer(
        self, client: socket.socket, server: socket.socket, losing: threading.Event
    ) -> None:
        try:
            while data := server.recv(65536):
                if losing.is_set() and READY in data:
                    self.lost += 1
                    break
                client.sendall(data)
        except OSError:
            pass
        _shut(client, server)

    def close(self) -> None:
        """Let go of everything."""
        self.listener.close()
        _shut(*self.open)


def _shut(*sockets: socket.socket) -> None:
    for each in sockets:
        try:
            each.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        each.close()


@contextmanager
def through_a_proxy() -> Iterator[Proxy]:
    """This thread's connection to the database goes through a proxy meanwhile."""
    params = connection.get_connection_params()
    proxy = Proxy(params["host"], params["port"])
    connection.close()
    before = connection.get_connection_params
    connection.get_connection_params = lambda: (
        before()
        | {  # type: ignore[method-assign]
            "host": "127.0.0.1",
            "port": proxy.port,
        }
    )
    try:
        yield proxy
    finally:
        connection.close()
        del connection.get_connection_params  # type: ignore[method-assign]
        proxy.close()
