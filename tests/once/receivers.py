"""Receivers that behave badly, on real sockets: they hang, or answer without end, or nonsense."""

from __future__ import annotations

import socket
import threading

from tests.channels.outside import Hanging


def url_of(receiver: Hanging) -> str:
    """Where it takes connections."""
    return f"http://127.0.0.1:{receiver.port}/"


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
