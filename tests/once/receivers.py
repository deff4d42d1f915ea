"""Receivers that behave badly, on real sockets: they hang, trickle, or answer without end."""

from __future__ import annotations

import socket
import threading


class Hanging:
    """Takes every connection and never says a word."""

    def __init__(self) -> None:
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=512)
        self.port = self.listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}/"
        self.open: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            self.open.append(connection)
            self.met(connection)

    def met(self, connection: socket.socket) -> None:
        """What is done with a connection: nothing."""

    def close(self) -> None:
        """Let go of everybody."""
        self.listener.close()
        for each in self.open:
            each.close()


class Endless(Hanging):
    """Answers 200 and ten megabytes, as far as anybody takes them."""

    sent = 0
    MEGABYTES = 10

    def met(self, connection: socket.socket) -> None:
        """Send until the other side has had enough."""
        threading.Thread(target=self._pour, args=(connection,), daemon=True).start()

    def _pour(self, connection: socket.socket) -> None:
        size = self.MEGABYTES * 1024 * 1024
        try:
            connection.recv(65536)
            connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n" % size)
            for _ in range(size // 65536):
                connection.sendall(b"x" * 65536)
                self.sent += 65536
        except OSError:
            pass


class Garbled(Hanging):
    """Answers with what is no HTTP, and hangs up."""

    def met(self, connection: socket.socket) -> None:
        """One line of nonsense."""
        try:
            connection.recv(65536)
            connection.sendall(b"nonsense\r\n\r\n")
        except OSError:
            pass
        connection.close()
