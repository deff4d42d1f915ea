"""The example application on a file of its own, with signatures made as Holdfast makes them."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from flask import Flask
from flask.testing import FlaskClient
from standardwebhooks import Webhook

from examples.payroll.app import create_app
from examples.payroll.settings import DEMO_WEBHOOK_SECRET, Settings
from examples.payroll.store import Store
from tests.examples.scripted import ScriptedHoldfast

ROOT = Path(__file__).resolve().parents[2]


def free_port() -> int:
    """A loopback port on which nothing listens."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def committed(
    action_id: str = "a1", account: str = "DE89370400440532013000", subject: str = "avery"
) -> dict[str, Any]:
    """The body of a commit webhook for a payout account."""
    return {
        "type": "action.committed",
        "timestamp": "2026-11-21T10:00:00Z",
        "data": {
            "id": action_id,
            "type": "payout.change",
            "subject": subject,
            "status": "committed",
            "payload": {"account": account},
        },
    }


def told(event: str, action_id: str = "a1", status: str = "") -> dict[str, Any]:
    """The body of any other webhook about a payout change of avery's."""
    status = status or event.removeprefix("action.")
    data = {"id": action_id, "type": "payout.change", "subject": "avery", "status": status}
    return {"type": event, "timestamp": "2026-11-21T10:00:00Z", "data": data}


def signed(raw: bytes, webhook_id: str = "msg_1", age: timedelta = timedelta(0)) -> dict[str, str]:
    """The three headers for `raw`, signed `age` ago."""
    at = datetime.now(UTC) - age
    return {
        "webhook-id": webhook_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": Webhook(DEMO_WEBHOOK_SECRET).sign(webhook_id, at, raw.decode()),
        "content-type": "application/json",
    }


Deliver = Callable[..., tuple[int, str]]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Nothing listens where Holdfast should be."""
    return Settings(
        holdfast_url=f"http://127.0.0.1:{free_port()}", state=tmp_path / "payroll.sqlite3"
    )


MakeApp = Callable[[Settings], Flask]


@pytest.fixture
def make_app() -> Iterator[MakeApp]:
    """Make applications; their connections are closed after the test."""
    made: list[Flask] = []

    def make(settings: Settings) -> Flask:
        made.append(create_app(settings))
        return made[-1]

    yield make
    for app in made:
        app.extensions["holdfast"].close()


@pytest.fixture
def app(make_app: MakeApp, settings: Settings) -> Flask:
    return make_app(settings)


@pytest.fixture
def store(app: Flask) -> Store:
    found = app.extensions["store"]
    assert isinstance(found, Store)
    return found


@pytest.fixture
def visitor(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def deliver(visitor: FlaskClient) -> Deliver:
    """Deliver a body as Holdfast would; gives the status and the result."""

    def post(body: dict[str, Any], webhook_id: str = "msg_1") -> tuple[int, str]:
        raw = json.dumps(body).encode()
        answer = visitor.post("/webhooks/holdfast/", data=raw, headers=signed(raw, webhook_id))
        return answer.status_code, answer.json["result"] if answer.json else ""

    return post


@pytest.fixture
def scripted() -> Iterator[ScriptedHoldfast]:
    """A loopback server for what the real Holdfast does only when it is broken."""
    with ScriptedHoldfast() as server:
        yield server


def form(visitor: FlaskClient, path: str, button: str) -> dict[str, str]:
    """The hidden fields of the form with `button` on a page."""
    page = visitor.get(path).get_data(as_text=True)
    found = next(part for part in re.findall(r"<form.*?</form>", page, re.S) if button in part)
    return dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', found))


def sign_in(visitor: FlaskClient, person: str = "avery") -> None:
    """Pick a demo person as a visitor does."""
    fields = form(visitor, "/", person) | {"person": person}
    assert visitor.post("/sign-in/", data=fields).status_code == 303


@pytest.fixture
def served(settings: Settings) -> Iterator[str]:
    """The application as it is run for real: gunicorn on loopback. Gives its address."""
    port = free_port()
    env = os.environ | {
        "HOLDFAST_URL": settings.holdfast_url,
        "PORT": str(port),
        "PAYROLL_STATE": str(settings.state),
    }
    command = [sys.executable, "-m", "gunicorn", "-w", "1", "--threads", "8"]
    command += ["--no-control-socket", "-b", f"127.0.0.1:{port}"]
    process = subprocess.Popen(
        [*command, "examples.payroll.app:create_app()"],
        cwd=ROOT,
        env=env,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        address = f"http://127.0.0.1:{port}"
        until = time.monotonic() + 30
        while True:
            try:
                httpx.get(address, trust_env=False)
                break
            except httpx.TransportError:
                assert process.poll() is None
                assert time.monotonic() < until
        yield address
    finally:
        process.terminate()
        process.wait(10)
