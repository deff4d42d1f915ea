"""What a run leaves: a table for people and `chaos.json` for machines."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.chaos.judging import TAKE_OVER, Kind
from tests.chaos.run import Verdict

SHOWN = 5
"""Faults of one scenario that are told one by one."""


def write(path: Path, verdicts: Sequence[Verdict]) -> None:
    """Put the figures into the JSON file at `path`: those of this run and no older ones."""
    figures = {
        verdict.name: {
            "tried": verdict.tried,
            **{kind.value: verdict.number(kind) for kind in Kind},
        }
        for verdict in verdicts
        if not verdict.left_out
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    part.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    part.replace(path)


def show(console: Console, verdicts: Sequence[Verdict]) -> None:
    """The table, and below it what is wrong."""
    table = Table(title="Faults, and what came of the requests meanwhile")
    for column in ("scenario", "tried", "lost", "doubled", "violations", "stood still"):
        table.add_column(column, justify="left" if column == "scenario" else "right")
    for verdict in verdicts:
        if verdict.left_out:
            table.add_row(verdict.name, "[yellow]not run[/yellow]")
            continue
        numbers = [
            f"[red]{number}[/red]" if number else "0"
            for number in (verdict.number(kind) for kind in Kind)
        ]
        still = verdict.stood_still
        seconds = "–" if still is None else f"{still.total_seconds():.1f} s"
        table.add_row(verdict.name, str(verdict.tried), *numbers, seconds)
    console.print(table)
    console.print(
        "Stood still: the longest for which something was due and not done; after a worker died "
        f"or was paused at most {TAKE_OVER.total_seconds():.0f} s, twice the longest lease."
    )
    for verdict in verdicts:
        if verdict.left_out:
            console.print(f"[yellow]{verdict.name}[/yellow] was not run: {verdict.left_out}")
        for about, found in verdict.found[:SHOWN]:
            console.print(f"[red]{verdict.name}[/red] {found.kind}: {about} {found.why}")
        if len(verdict.found) > SHOWN:
            console.print(f"[red]{verdict.name}[/red] … and {len(verdict.found) - SHOWN} more")
