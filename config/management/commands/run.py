"""`manage.py run`: start everything, keep it running, stop it cleanly."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from config import embedded
from config.demo.people import sign_ins
from config.environment import ROOT, Environment, refuse
from config.supervisor import preparation
from config.supervisor.child import Child
from config.supervisor.family import local_address, plans
from config.supervisor.readiness import CannotStart, answers, claim_state, require_free_port
from config.supervisor.screen import Screen
from config.supervisor.watch import Interrupted, StopSignal, keep_alive, start_all, stop_all
from fallbacks.security_keys.relying_party import relying_party

STOP_ORDER = (("web",), ("beat", "worker"), ("payroll",))


class Command(BaseCommand):
    """The supervisor. Exit code 0 after a clean stop."""

    help = "Run web, worker and beat (and the demo's example application) until Ctrl-C."

    def handle(self, *args: Any, **options: Any) -> None:
        """Nothing is started before it is clear that everything can be."""
        environment: Environment = settings.ENVIRONMENT
        stop = StopSignal()
        try:
            claim = _claim(environment)
        except CannotStart as error:
            refuse(str(error))
        screen = Screen()
        children = [Child(plan) for plan in plans(environment)]
        own_server = environment.state_dir if environment.database is None else None
        try:
            _prepare(environment, screen)
            stop.serve()
            ready = start_all(children, ROOT, stop, screen.done)
            if ready and not stop.asked.is_set():
                _introduce(environment, screen)
                keep_alive(children, ROOT, own_server, stop, screen.note)
        except Interrupted:
            ready = True
        finally:
            _wind_up(children, own_server, stop, screen)
            os.close(claim)
        if not ready:
            raise SystemExit(1)


def _claim(environment: Environment) -> int:
    address = local_address(environment, environment.port)
    claim = claim_state(environment.state_dir, address)
    require_free_port(environment.host, environment.port, f"PORT {environment.port}")
    if environment.demo:
        beside = environment.port + 1
        if beside > 65535:
            raise CannotStart("PORT must be below 65535: the example application takes the next.")
        require_free_port(
            environment.host, beside, f"port {beside} (PORT + 1, for the example application)"
        )
    return claim


def _prepare(environment: Environment, screen: Screen) -> None:
    screen.step("Starting PostgreSQL", preparation.connect)
    screen.step("Bringing the database up to date", preparation.migrate)
    screen.step("Collecting files", preparation.collect_files)
    if environment.demo:
        screen.step("Loading demo data", preparation.load_demo_data)
    preparation.disconnect()


def _introduce(environment: Environment, screen: Screen) -> None:
    base = environment.base_url
    addresses = [
        ("people", f"{base}/"),
        ("console", f"{base}/admin/"),
        ("API", f"{base}/api/v1/schema/"),
        ("status", f"{base}/status/"),
    ]
    party = relying_party(base)
    if party is not None and party.origin != base and answers(party.origin):
        addresses.insert(1, ("people with security keys", f"{party.origin}/"))
    if environment.demo:
        addresses.append(
            ("example application", local_address(environment, environment.port + 1) + "/")
        )
    addresses.append(("logs", str(environment.state_dir / "log")))
    screen.addresses(addresses)
    if environment.demo:
        screen.sign_ins(sign_ins())
        screen.line("Codes of a demo person: .venv/bin/python manage.py demo codes avery")
    screen.line("Ctrl-C stops everything.")


def _wind_up(
    children: list[Child], own_server: Path | None, stop: StopSignal, screen: Screen
) -> None:
    stop.asked.set()  # from here a further signal forces
    by_name = {child.plan.name: child for child in children}
    if any(child.process is not None for child in children):
        screen.line("Stopping …")
    stop_all([[by_name[name] for name in stage if name in by_name] for stage in STOP_ORDER], stop)
    preparation.disconnect()
    if own_server is not None:
        embedded.leave(own_server)
    screen.done("stopped")
