"""Which processes make up the product on one machine."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path

from config.environment import Environment
from config.supervisor.child import Plan

ANYWHERE = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}
OURS_ALONE = (
    "SECRET_KEY",
    "SEAL_KEYS",
    "METRICS_TOKEN",
    "DATABASE_URL",
    "CELERY_BROKER_URL",
    "EMAIL_URL",
    "SMS_URL",
)
CELERY = (sys.executable, "-m", "celery", "-A", "config", "--skip-checks")


@dataclass(frozen=True, slots=True)
class Household:
    """What every process of one installation is given."""

    environment: Environment
    variables: dict[str, str]

    def log(self, name: str) -> Path:
        """Where the process `name` writes."""
        return self.environment.state_dir / "log" / f"{name}.log"

    def ready_file(self, name: str) -> Path:
        """What a process without an address of its own makes when it is ready."""
        return self.environment.state_dir / f".{name}.ready"


def plans(environment: Environment) -> list[Plan]:
    """The processes in the order in which they are started."""
    variables = dict(os.environ, PYTHONUNBUFFERED="1", DJANGO_SETTINGS_MODULE="config.settings")
    house = Household(environment, variables)
    found = [_web(house), _worker(house), _beat(house)]
    return [*found, _payroll(house)] if environment.demo else found


def local_address(environment: Environment, port: int) -> str:
    """The address under which this machine reaches what listens on `port`."""
    return f"http://{ANYWHERE.get(environment.host, _bracketed(environment.host))}:{port}"


def _web(house: Household) -> Plan:
    return Plan(
        name="web",
        command=(sys.executable, "-m", "gunicorn", "-c", "config/gunicorn.py")
        + ("config.wsgi:application",),
        environment=house.variables,
        log=house.log("web"),
        health_url=local_address(house.environment, house.environment.port) + "/health/live",
        stop_seconds=6.0,
    )


def _worker(house: Household) -> Plan:
    """Threads, not processes: a kill ends all of the worker at once and leaves no pool behind
    with half-done work; what it had taken is seen again after the visibility timeout."""
    ready = house.ready_file("worker")
    return Plan(
        name="worker",
        command=(*CELERY, "worker", "--pool", "threads", "--concurrency", "2")
        + ("--without-gossip", "--without-mingle", "--without-heartbeat")
        + ("--loglevel", house.environment.log_level),
        environment=house.variables | {"READY_FILE": str(ready)},
        log=house.log("worker"),
        ready_file=ready,
        stop_seconds=6.0,
    )


def _beat(house: Household) -> Plan:
    ready = house.ready_file("beat")
    return Plan(
        name="beat",
        command=(*CELERY, "beat", "--scheduler", "config.celery:TickScheduler")
        + ("--loglevel", house.environment.log_level),
        environment=house.variables | {"READY_FILE": str(ready)},
        log=house.log("beat"),
        ready_file=ready,
        stop_seconds=3.0,
    )


def _payroll(house: Household) -> Plan:
    """The example application: another company's, so it is given none of our secrets."""
    port = house.environment.port + 1
    theirs = {name: text for name, text in house.variables.items() if name not in OURS_ALONE}
    state = house.environment.state_dir / "payroll.sqlite3"
    return Plan(
        name="payroll",
        command=(sys.executable, "-m", "gunicorn", "-w", "1", "--threads", "8")
        + ("--bind", f"{_bracketed(house.environment.host)}:{port}", "--no-control-socket")
        + ("--graceful-timeout", "3", "examples.payroll.app:create_app()"),
        environment=theirs
        | {
            "PORT": str(port),
            "HOLDFAST_URL": house.environment.base_url,
            "PAYROLL_STATE": str(state),
        },
        log=house.log("payroll"),
        health_url=local_address(house.environment, port) + "/",
        stop_seconds=4.0,
    )


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host
