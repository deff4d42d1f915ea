"""`manage.py independence`: whose ways to confirm fall together, before anything is down."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand
from rich.console import Console
from rich.table import Table

from identity.admin.before_it_breaks import factors_in_words, points_in_words
from identity.admin.incidents import dependency_in_words
from identity.messages import say
from identity.standing import Finding, Standing, standing


class Command(BaseCommand):
    """Exit code 0 only when nothing was found."""

    help = "List who would be without any way to confirm if one single thing failed."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """For people or for programs."""
        parser.add_argument("--json", action="store_true", help="print JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises SystemExit with 1 where something was found."""
        found = standing()
        if options["json"]:
            self.stdout.write(json.dumps(asdict(found), default=sorted))
        else:
            _print(found, Console())
        if not found.holds:
            raise SystemExit(1)


def _print(found: Standing, console: Console) -> None:
    console.print(_table("console.standing.helpless", found.helpless))
    console.print(_table("console.standing.points", found.hanging))
    for ring in found.rings:
        names = ", ".join(map(dependency_in_words, ring))
        console.print(say("console.standing.circles.ring", names=names))


def _table(title_id: str, rows: tuple[Finding, ...]) -> Table:
    table = Table(title=say(title_id), title_justify="left")
    for name in ("people", "has", "types", "ways", "hangs_on"):
        table.add_column(say(f"console.standing.label.{name}"))
    for each in rows:
        table.add_row(
            str(each.population.people),
            factors_in_words(sorted(each.population.factors)),
            ", ".join(each.types),
            factors_in_words(each.ways),
            points_in_words(each.points),
        )
    return table
