"""A loopback server that answers as it is told: for the faults a real server has only when broken.

The story against the real product is told elsewhere.
"""

from __future__ import annotations

import json
import threading
from collections import deque
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple


class Asked(NamedTuple):
    """One request that arrived."""

    method: str
    path: str
    headers: dict[str, str]
    body: str


class ScriptedHoldfast:
    """Answers the next scripted answer to every call, and counts tokens by itself."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.answers: deque[tuple[int, bytes] | None] = deque()
        self.tokens = 0
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                self.answer()

            def do_POST(self) -> None:
                self.answer()

            def answer(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
                headers = {name.lower(): value for name, value in self.headers.items()}
                outer.asked.append(Asked(self.command, self.path, headers, body))
                scripted = outer.next_answer(self.path)
                if scripted is None:  # hang up without a word
                    self.close_connection = True
                    return
                status, raw = scripted
                self.send_response(status)
                self.send_header("Content-Length", str(len(raw)))
                self.end_headers()
                self.wfile.write(raw)

            def log_message(self, format: str, *args: Any) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.01}
        )

    def __enter__(self) -> ScriptedHoldfast:
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def will_answer(self, status: int, body: object) -> None:
        """Script an answer: JSON, or raw bytes as they are."""
        self.answers.append(
            (status, body if isinstance(body, bytes) else json.dumps(body).encode())
        )

    def will_hang_up(self) -> None:
        """Script a connection that closes without an answer."""
        self.answers.append(None)

    def next_answer(self, path: str) -> tuple[int, bytes] | None:
        """The answer to a call of `path`."""
        if path == "/oauth/token/":
            self.tokens += 1
            return 200, json.dumps(
                {"access_token": f"token-{self.tokens}", "expires_in": 900}
            ).encode()
        return self.answers.popleft()

    def calls(self) -> list[Asked]:
        """What arrived, without the calls for a token."""
        return [asked for asked in self.asked if asked.path != "/oauth/token/"]
