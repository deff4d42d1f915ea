"""`make bench`: measure the rows, print a table, write `var/bench.json`.

`ROWS="a b"` runs some. What other runs measured stays in the file. The exit code is 1 when a row
broke, 2 when a row is not known; a missed goal stands in the table, for a busy machine misses too.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.registry import Row, UnknownRow, chosen, discover
from benchmarks.sample import Sample


def main() -> int:
    """Run the rows that `ROWS` names."""
    console = Console()
    try:
        rows = chosen(discover(), os.environ.get("ROWS", "").split())
    except UnknownRow as unknown:
        console.print(f"There is no row “{unknown}”. Rows: {', '.join(discover())}.")
        return 2
    samples: dict[str, Sample] = {}
    for row in rows:
        with console.status(f"measuring {row.name} …"):
            try:
                samples[row.name] = row.measure()
            except Exception:
                console.print(f"[red]{row.name} broke[/red]")
                console.print_exception()
    report = Path(os.environ.get("STATE_DIR") or "var") / "bench.json"
    write_report(report, rows, samples)
    console.print(table_of(rows, samples))
    console.print(f"Written to {report}")
    return 0 if len(samples) == len(rows) else 1


def write_report(path: Path, rows: list[Row], samples: Mapping[str, Sample]) -> None:
    """Put what was measured into the JSON file at `path`, beside what stands there already."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        report = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        report = {}
    for row in rows:
        report.pop(row.name, None)  # a row that broke has no figure, not an old one
        if row.name in samples:
            sample = samples[row.name]
            report[row.name] = {
                "value": sample.value,
                "anchor": sample.anchor,
                "ratio": sample.ratio,
                "goal": row.goal,
                "unit": row.unit,
            }
    part = path.with_suffix(".part")
    part.write_text(json.dumps(report, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    part.replace(path)


def table_of(rows: list[Row], samples: Mapping[str, Sample]) -> Table:
    """The figures for people."""
    table = Table(title="Benchmarks, medians of interleaved rounds")
    for column in ("row", "value", "anchor", "ratio", "goal", ""):
        table.add_column(column, justify="left" if column == "row" else "right")
    for row in rows:
        sample = samples.get(row.name)
        sign = "≤" if row.better == "less" else "≥"
        goal = f"{sign} {row.goal:g} {row.unit}"
        if sample is None:
            table.add_row(row.name, "–", "–", "–", goal, "[red]broke[/red]")
            continue
        verdict = "[green]met[/green]" if row.met_by(sample) else "[red]missed[/red]"
        figures = (_shown(sample.value), _shown(sample.anchor), _shown(sample.ratio))
        table.add_row(row.name, *figures, goal, verdict)
    return table


def _shown(figure: float | None) -> str:
    return "–" if figure is None else f"{figure:.4g}"


if __name__ == "__main__":
    sys.exit(main())
