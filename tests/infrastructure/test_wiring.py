"""Small parts of the wiring: addresses through proxies, logs without secrets, headers, broker."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.test import Client, RequestFactory
from pytest_django.fixtures import Settings

from config.celery import NOW_AND_THEN, PGMQ_OPTIONS, STALE_SECONDS, beat_schedule
from config.client_address import UNKNOWN, client_address, coarse_address
from config.logs import hide_secrets

ROOT = Path(__file__).resolve().parent.parent.parent

NUDGER = """
import logging, threading, time
import django
django.setup()
from config.celery import nudge

class Told(logging.Handler):
    told = threading.Event()
    def emit(self, record):
        self.told.set()

logging.getLogger("holdfast.celery").addHandler(Told())
began = time.monotonic()
for _ in range(1000):
    nudge("identity.sweep_actions")
assert time.monotonic() - began < 2
assert Told.told.wait(30)
"""

CHAINS = [
    # trusted hops, X-Forwarded-For, peer, whom we believe
    (0, "203.0.113.9", "198.51.100.7", "198.51.100.7"),
    (1, "203.0.113.9", "10.0.0.1", "203.0.113.9"),
    (1, "6.6.6.6, 203.0.113.9", "10.0.0.1", "203.0.113.9"),  # the first is the client's own word
    (2, "6.6.6.6, 203.0.113.9, 10.0.0.2", "10.0.0.1", "203.0.113.9"),
    (2, "203.0.113.9", "10.0.0.1", ""),  # shorter than our own proxies make it
    (1, "", "10.0.0.1", ""),
    (1, "unknown", "10.0.0.1", ""),
    (1, "203.0.113.9:443", "10.0.0.1", ""),
    (1, "203.0.113.9, <script>", "10.0.0.1", ""),
    (1, "2001:db8::1", "10.0.0.1", "2001:db8::1"),
]


@pytest.mark.parametrize(("hops", "header", "peer", "believed"), CHAINS)
def test_f08_only_trusted_hops_are_believed(
    settings: Settings, hops: int, header: str, peer: str, believed: str
) -> None:
    settings.TRUSTED_PROXY_HOPS = hops
    request = RequestFactory().get("/", headers={"x-forwarded-for": header}, REMOTE_ADDR=peer)
    assert client_address(request) == believed
    if not believed:
        assert coarse_address(request) == UNKNOWN


def test_p6_an_address_is_kept_as_a_network_only() -> None:
    factory = RequestFactory()
    assert coarse_address(factory.get("/", REMOTE_ADDR="203.0.113.9")) == "203.0.113.0"
    assert coarse_address(factory.get("/", REMOTE_ADDR="2001:db8:1:2::3")) == "2001:db8:1::"


def test_f23_fields_named_like_secrets_are_hidden() -> None:
    event = {
        "event": "sign-in",
        "code": "123456",
        "password": "x",
        "client_secret": "x",
        "Authorization": "Bearer x",
        "payload": {"account": "DE00"},
        "status_code": 200,
        "reason": "timeout",
    }
    shown = hide_secrets(None, "info", dict(event))
    hidden = {name for name, value in shown.items() if value != event[name]}
    assert hidden == {"code", "password", "client_secret", "Authorization", "payload"}


@pytest.mark.django_db
def test_the_console_alone_gets_what_its_theme_needs(client: Client) -> None:
    console = client.get("/admin/", follow=True).headers["Content-Security-Policy"]
    public = client.get("/status/").headers["Content-Security-Policy"]
    assert "unsafe" not in public
    assert "script-src 'self'" in public
    assert "frame-ancestors 'none'" in public
    if client.get("/admin/login/").status_code == 200:
        assert "'unsafe-eval'" in console


def test_beat_ticks_do_not_pile_up(settings: Settings) -> None:
    settings.DEMO = False
    schedule = beat_schedule()
    assert "config.feed_demo" not in schedule
    for name in NOW_AND_THEN:
        keeping = schedule.pop(name)
        assert (keeping["schedule"], keeping["options"]["expires"]) == (60.0, STALE_SECONDS)
    for entry in schedule.values():
        assert entry["schedule"] == 5.0
        assert entry["options"]["expires"] == STALE_SECONDS
    settings.DEMO = True
    assert "config.feed_demo" in beat_schedule()
    assert PGMQ_OPTIONS["init_extension"] is False


def test_a_nudge_without_a_broker_costs_nothing(tmp_path: Path) -> None:
    """The request that nudged is answered at once and well; the sweep will find the action."""
    done = subprocess.run(
        [sys.executable, "-c", NUDGER],
        cwd=ROOT,
        env={
            "PATH": os.environ["PATH"],
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "ENV_FILE": "",
            "STATE_DIR": str(tmp_path),
            "CELERY_BROKER_URL": "amqp://127.0.0.1:1//",
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    assert '"event": "no nudge"' in done.stderr
