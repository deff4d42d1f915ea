"""`manage.py policy …`: check, prove and compare policies; bring a version into force."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from rich.console import Console

from config.policy_command import differing, lifecycle, proving, simulating
from config.policy_command.documents import Refused

PARTS = (proving, differing, simulating, lifecycle)


class Command(BaseCommand):
    """Exit code 0 only when the thing holds."""

    help = "Check, prove, compare and rehearse policies; bring a version into force."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The commands of every part."""
        subparsers = parser.add_subparsers(dest="what", required=True, metavar="COMMAND")
        for part in PARTS:
            part.add_arguments(subparsers)

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises SystemExit with 1 where it does not hold; a refusal is one sentence."""
        try:
            holds = options["handler"](options, Console())
        except Refused as refusal:
            self.stderr.write(str(refusal))
            holds = False
        if not holds:
            raise SystemExit(1)
