"""The product as a process, and the people and the application that use it over HTTP."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import httpx

T = TypeVar("T")
ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 60.0
"""Seconds that something may take on a busy machine before the test gives up."""


def free_port() -> int:
    """A port whose neighbour is free too: the example application takes it."""
    while True:
        with socket.socket() as one, socket.socket() as two:
            one.bind(("127.0.0.1", 0))
            port: int = one.getsockname()[1]
            try:
                two.bind(("127.0.0.1", port + 1))
            except OSError:
                continue
            return port


def wait_for(what: Callable[[], T | None], why: str, patience: float = PATIENCE) -> T:
    """Poll until `what` gives something true."""
    ends = time.monotonic() + patience
    while True:
        found = what()
        if found:
            return found
        if time.monotonic() > ends:
            raise AssertionError(f"waited {patience:.0f} s in vain: {why}")
        time.sleep(0.1)


class Product:
    """`manage.py run` on a port and a state directory of its own."""

    def __init__(self, state: Path) -> None:
        self.state = state
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.payroll_url = f"http://127.0.0.1:{self.port + 1}"
        self.environment = {
            **{name: value for name, value in os.environ.items() if name in KEPT},
            "STATE_DIR": str(state),
            "PORT": str(self.port),
            "ENV_FILE": "",
            "DJANGO_SETTINGS_MODULE": "config.settings",
        }
        self.process: subprocess.Popen[str] | None = None
        self.output = state.parent / f"{state.name}.out"

    def start(self) -> None:
        """Start, and wait until it says that it is ready."""
        with self.output.open("a") as out:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "run"],
                cwd=ROOT,
                env=self.environment,
                stdout=out,
                stderr=subprocess.STDOUT,
                text=True,
                start_new_session=True,
            )
        wait_for(lambda: self._ready(), "the product starts", 180)

    def _ready(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, self.output.read_text()[-3000:]
        try:
            return httpx.get(f"{self.url}/health/ready", timeout=5).status_code == 200
        except httpx.HTTPError:
            return False

    def stop(self) -> int:
        """SIGTERM, and the exit code."""
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=60)

    def manage(self, *words: str) -> str:
        """`manage.py …` beside the running product."""
        done = subprocess.run(
            [sys.executable, "manage.py", *words],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=True,
        )
        return done.stdout

    def codes(self, name: str) -> dict[str, Any]:
        """Password and codes of somebody in the demo."""
        found: dict[str, Any] = json.loads(self.manage("demo", "codes", name))
        return found

    def children(self, word: str) -> list[int]:
        """The processes of this product whose command line has `word` in it."""
        assert self.process is not None
        found = []
        for entry in Path("/proc").iterdir():
            if not entry.name.isdigit():
                continue
            try:
                command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                settings = (entry / "environ").read_bytes()
            except OSError:
                continue
            if word in command and f"STATE_DIR={self.state}".encode() in settings:
                found.append(int(entry.name))
        return found


OPENED: list[httpx.Client] = []


def client(url: str, **options: Any) -> httpx.Client:
    """A client that is closed when its test ends."""
    OPENED.append(httpx.Client(base_url=url, timeout=20, **options))
    return OPENED[-1]


def close_clients() -> None:
    """Close every connection that a test opened."""
    while OPENED:
        OPENED.pop().close()


KEPT = ("PATH", "HOME", "LANG", "CI", "VIRTUAL_ENV")


class Payroll:
    """A relying application: a token, and the calls of the contract."""

    def __init__(self, url: str) -> None:
        self.http = client(url)
        answer = self.http.post(
            "/oauth/token/",
            data={"grant_type": "client_credentials", "scope": "actions signals read"},
            auth=("demo-payroll", "demo-payroll-secret"),
        )
        answer.raise_for_status()
        self.http.headers["authorization"] = f"Bearer {answer.json()['access_token']}"

    def ask(
        self, subject: str, account: str = "DE89370400440532013000", **more: Any
    ) -> dict[str, Any]:
        """Ask to change a payout account."""
        body = {
            "type": "payout.change",
            "subject": subject,
            "payload": {"account": account},
            **more,
        }
        answer = self.http.post(
            "/api/v1/actions/", json=body, headers={"idempotency-key": str(uuid.uuid4())}
        )
        assert answer.status_code in (200, 201), answer.text
        found: dict[str, Any] = answer.json()
        return found

    def get(self, action_id: str) -> dict[str, Any]:
        """The action as it stands."""
        found: dict[str, Any] = self.http.get(f"/api/v1/actions/{action_id}/").json()
        return found

    def reaches(self, action_id: str, status: str, patience: float = PATIENCE) -> dict[str, Any]:
        """Wait until the action has this status."""
        return wait_for(
            lambda: found if (found := self.get(action_id))["status"] == status else None,
            f"{action_id} becomes {status}: {self.get(action_id)}",
            patience,
        )

    def heartbeat(self, subject: str) -> None:
        """The person's device is heard of."""
        self._signal(subject, kind="heartbeat")

    def loses_network(self, subject: str) -> None:
        """The person's device says a last word."""
        self._signal(subject, kind="network", value="lost")

    def _signal(self, subject: str, **said: str) -> None:
        item = {"subject": subject, "observed_at": datetime.now(UTC).isoformat(), **said}
        answer = self.http.post("/api/v1/signals/", json={"signals": [item]})
        assert answer.json()["accepted"] == 1, answer.text

    def events(self, action_id: str) -> list[str]:
        """The names of the action's events."""
        found = self.http.get(f"/api/v1/actions/{action_id}/events/").json()["results"]
        return [event["name"] for event in found]


class Person:
    """Somebody at the pages, with cookies and forms and no JavaScript."""

    def __init__(self, product: Product, name: str) -> None:
        self.product, self.name = product, name
        self.http = client(product.url, follow_redirects=True)
        self.post("/sign-in/", username=name, password=product.codes(name)["password"])

    def post(self, path: str, at: str = "", **fields: str) -> httpx.Response:
        """Open the page (`at`, else the form's own), then send the form with the page's token."""
        page = self.http.get(at or path)
        token = page.text.split('name="csrfmiddlewaretoken" value="', 1)[1].split('"', 1)[0]
        return self.http.post(path, data={**fields, "csrfmiddlewaretoken": token})

    def verify(self, action_id: str, factor: str = "totp") -> httpx.Response:
        """Type a code of the person at the page of a factor."""
        codes = self.product.codes(self.name)
        code = codes["totp"] if factor == "totp" else codes["backup_codes"][0]
        return self.post(f"/requests/{action_id}/verify/{factor}/", code=code)
