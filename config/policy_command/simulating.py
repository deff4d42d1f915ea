"""`policy simulate`: a policy rehearsed on recorded decisions (D5)."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

from rich.console import Console

from config.policy_command.documents import Named, Refused, policy_of
from config.policy_command.lines import Lines
from config.progress import bar_on
from identity.active_policy import active_policy
from identity.errors import NoActivePolicy
from identity.messages import say
from identity.messages.policy_words import situation_of
from identity.models import ActionType
from identity.policy.difference import Direction
from identity.policy.document import Policy
from identity.rehearsal import SPAN, Rehearsal, recorded_decisions, rehearse
from identity.rehearsal_words import counted, harmed
from identity.simulation.replay import Move

MOST_DAYS = 3650
_SUFFIXES = (".svg", ".png")
_STYLES = {Direction.LOOSER: "red", Direction.STRICTER: "green", Direction.OTHERWISE: "yellow"}
_CHART = "config.policy_command.chart"


def add_arguments(subparsers: Any) -> None:
    """`simulate [FILE|NUMBER] [--days N] [--type T] [--out FILE]`."""
    what = "Decide recorded requests anew by a policy: what changes, and what being wrong costs."
    parser = subparsers.add_parser("simulate", help=what, description=what)
    parser.add_argument(
        "policy",
        nargs="?",
        metavar="FILE|NUMBER",
        help="a policy file or the number of a version (the active one without it)",
    )
    parser.add_argument("--days", type=int, default=SPAN, help="how far back (default %(default)s)")
    parser.add_argument("--type", default="", help="one action type, such as payout.change")
    parser.add_argument("--out", metavar="FILE", help="write the chart: .svg or .png")
    parser.set_defaults(handler=simulate)


def simulate(options: dict[str, Any], console: Console) -> bool:
    """Print it, and draw the chart where asked; it always holds. Raises Refused."""
    days, kind = options["days"], options["type"]
    out = Path(options["out"]) if options["out"] else None
    if not 1 <= days <= MOST_DAYS:
        raise Refused(say("simulation.bad_days", most=str(MOST_DAYS)))
    if kind and not ActionType.objects.filter(pk=kind).exists():
        raise Refused(say("simulation.unknown_type", type=kind))
    if out is not None and out.suffix.lower() not in _SUFFIXES:
        raise Refused(say("simulation.chart.suffix", file=str(out)))
    named, lines = policy_of(options["policy"]), Lines(console)
    found = _rehearsed(named, days, kind, console)
    first, *more = counted(found.replay, named.label, days)
    lines.plain(first)
    for move in found.replay.moves:
        _tell(lines, move)
    for sentence in more:
        lines.plain(sentence)
    active = _active()
    if found.curves is not None:
        for sentence in harmed(found.curves, named.policy, active):
            lines.plain(sentence)
    if out is not None:
        _draw(out, found, named, active, lines)
    return True


def _rehearsed(named: Named, days: int, kind: str, console: Console) -> Rehearsal:
    """With a bar on a terminal; elsewhere nothing is said until it is done."""
    total = recorded_decisions(days=days, type_name=kind)
    progress = bar_on(console)
    with progress:
        reading = say("simulation.reading", count=f"{total:,}")
        task = progress.add_task(reading, total=None)

        def told(count: int) -> None:
            progress.update(
                task, advance=count, total=total, description=say("simulation.deciding")
            )

        return rehearse(named.policy, days=days, type_name=kind, told=told)


def _tell(lines: Lines, move: Move) -> None:
    direction = say(f"policy.difference.direction.{move.direction}")
    words = say(
        "simulation.change",
        type=move.type,
        old=move.old_outcome,
        new=move.new_outcome,
        count=f"{move.count:,}",
    )
    lines.marked(direction, _STYLES[move.direction], words)
    lines.below(f"{move.old_rule} → {move.new_rule}")
    lines.below(say("policy.example", facts=situation_of(move.example)))


def _draw(out: Path, found: Rehearsal, named: Named, active: Policy | None, lines: Lines) -> None:
    if found.curves is None:
        raise Refused(say("simulation.chart.nothing"))
    heading = say("simulation.against", name=named.label, days=str(found.days))
    try:
        import_module(_CHART).draw_chart(out, found.curves, named.policy, active, heading)
    except OSError as error:
        raise Refused(say("simulation.chart.not_written", file=str(out))) from error
    lines.plain(say("simulation.chart.written", file=str(out)))


def _active() -> Policy | None:
    try:
        return active_policy().document
    except NoActivePolicy:
        return None
