"""Workers, broker and schedule. Due times stand in PostgreSQL; a task only says: look now.

Losing the broker, a worker or beat loses time and never an action, so nothing here is durable
by itself: messages expire after seconds, and publishing may fail.
"""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path
from typing import Any
from urllib.parse import quote

import structlog
from celery import Celery
from celery.beat import Scheduler
from celery.signals import beat_init, task_failure, task_revoked, worker_ready
from django.conf import settings
from django.db import connection
from psycopg.conninfo import make_conninfo

from identity.database import leave_when_away

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

logger = structlog.get_logger("holdfast.celery")

SWEEP_SECONDS = 5.0
KEEP_SECONDS = 60.0
"""Hardly ever is there anything to do; a longer step would be lost by a worker busy just then."""
FEED_SECONDS = 20.0
STALE_SECONDS = 5
"""A tick or nudge that was not taken by then is dropped: the next sweep does the same."""
NUDGE_PAUSE_SECONDS = 0.1
"""At most one nudge of a kind in this time from one process; a sweep takes all that is due."""

SWEEPS = (
    "identity.sweep_actions",
    "identity.deliver_webhooks",
    "identity.chain_events",
    "presence.sweep_availability",
    "fallbacks.send_prompts",
    "fallbacks.send_messages",
)
KEEP = "presence.keep_partitions"
FORGET = "fallbacks.forget_messages"
FORGET_KEYS = "identity.forget_keys"
NOW_AND_THEN = (KEEP, FORGET, FORGET_KEYS)
FEED = "config.feed_demo"

PGMQ_OPTIONS = {
    "init_extension": False,  # its tables come with a migration of ours
    "use_notify": True,
    "wait_time_seconds": 0,
    "polling_interval": 1.0,  # NOTIFY wakes at once; this only finds what was left by the lost
    "notify_throttle_interval_ms": 0,
    "visibility_timeout": 60,
    "pool_size": 2,
    "pool_timeout": 5,
}


def broker_settings() -> dict[str, Any]:
    """Where the broker is and what its schedule holds; asked for when Celery first needs it."""
    return _broker() | {"beat_schedule": beat_schedule()}


def beat_schedule() -> dict[str, dict[str, Any]]:
    """What beat says and how often, in seconds."""
    every = dict.fromkeys(SWEEPS, SWEEP_SECONDS) | dict.fromkeys(NOW_AND_THEN, KEEP_SECONDS)
    if settings.DEMO:
        every[FEED] = FEED_SECONDS
    return {
        name: {"task": name, "schedule": seconds, "options": {"expires": STALE_SECONDS}}
        for name, seconds in every.items()
    }


def _broker() -> dict[str, Any]:
    url: str = settings.ENVIRONMENT.broker_url
    if url and not url.startswith("pgmq://"):
        return {"broker_url": url}
    options: dict[str, Any] = dict(PGMQ_OPTIONS)
    if url in ("", "pgmq://"):
        # The transport would read the server's address out of the environment otherwise.
        params = connection.get_connection_params()
        names = ("host", "port", "user", "password", "dbname")
        options["conn_string"] = make_conninfo(**{n: params[n] for n in names if params.get(n)})
        url = "pgmq://" + quote(str(params.get("host") or "localhost"), safe="") + "/"
    else:
        options["conn_string"] = "postgresql" + url.removeprefix("pgmq")
    return {"broker_url": url, "broker_transport_options": options}


class TickScheduler(Scheduler):
    """Beat without a file: after a restart every sweep is due within its own few seconds anyway,
    and what is not written cannot be left half-written by a kill."""

    def __init__(self, *args: Any, **options: Any) -> None:
        self.due: dict[str, float] = {}
        super().__init__(*args, **options)

    def setup_schedule(self) -> None:
        """Take the schedule as it is configured."""
        self.update_from_dict(self.app.conf.beat_schedule)

    def tick(self, *_: Any, **__: Any) -> float:
        """Say what is due; the seconds until the next is.

        By the monotonic clock: Celery's own goes by the machine's, and a beat whose clock is set
        back by an hour would say nothing for an hour.
        """
        for name, entry in self.schedule.items():
            if time.monotonic() >= self.due.get(name, 0.0):
                self._say(entry)
                every: float = entry.schedule.run_every.total_seconds()
                self.due[name] = time.monotonic() + every
        soonest = min(self.due.values(), default=float("inf"))
        return min(max(0.0, soonest - time.monotonic()), float(self.max_interval))

    def _say(self, entry: Any) -> None:
        """Send one message. A connection on which that fails is given up: one that was made to a
        server which may only be read would refuse for ever (F42)."""
        try:
            self.apply_async(entry, producer=self.producer, advance=False)
        except Exception as error:  # whatever the broker's library raises
            logger.warning("no tick", task=entry.task, reason=type(error).__name__)
            self.__dict__.pop("producer", None)
            connection = self.__dict__.pop("connection", None)
            if connection is not None:
                connection.close()


@worker_ready.connect
@beat_init.connect
def _say_ready(**_: Any) -> None:
    """Tell the supervisor, if one started us, that this process works."""
    path = os.environ.get("READY_FILE")
    if path:
        Path(path).touch()


@task_failure.connect
def _leave_a_lost_database(exception: BaseException | None = None, **_: Any) -> None:
    """A worker's thread does not stay connected to a server that was demoted (F42)."""
    leave_when_away(exception)


@task_revoked.connect
def _look_all_the_same(sender: Any = None, expired: bool = False, **_: Any) -> None:
    """A message was dropped because it seemed stale: it may only come from a machine whose clock
    is behind ours, and then all of them would be. One in a while is acted upon."""
    name = getattr(sender, "name", "")
    if expired and time.monotonic() >= _looked.get(name, 0.0) + SWEEP_SECONDS:
        _looked[name] = time.monotonic()
        nudge(name)


app = Celery("holdfast")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.add_defaults(broker_settings)
app.autodiscover_tasks()
app.autodiscover_tasks(["config.demo"])


_looked: dict[str, float] = {}
"""When a message that seemed stale was last acted upon, by task and the monotonic clock."""
_wanted: set[str] = set()
_mutex = threading.Lock()
_bell = threading.Event()
_messenger: tuple[int, threading.Thread] | None = None


def nudge(task: str) -> None:
    """Have a worker run `task` soon. Never waits, never fails: a thread of its own publishes.

    Of many nudges in a short time one is sent; without a broker none is, and the next sweep
    finds what is due.
    """
    global _messenger
    with _mutex:
        _wanted.add(task)
        if _messenger is None or _messenger[0] != os.getpid() or not _messenger[1].is_alive():
            thread = threading.Thread(target=_carry, name="nudge", daemon=True)
            _messenger = (os.getpid(), thread)
            thread.start()
    _bell.set()


def _carry() -> None:
    pause = threading.Event()
    while True:
        _bell.wait()
        _bell.clear()
        with _mutex:
            tasks = sorted(_wanted)
            _wanted.clear()
        for task in tasks:
            try:
                app.send_task(task, expires=STALE_SECONDS, retry=False)
            except Exception as error:  # whatever the broker's library raises
                logger.warning("no nudge", task=task, reason=type(error).__name__)
        pause.wait(NUDGE_PAUSE_SECONDS)
