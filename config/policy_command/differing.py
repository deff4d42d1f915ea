"""`policy diff`."""

from __future__ import annotations

from typing import Any

from rich.console import Console

from config.policy_command.documents import Refused, policy_of
from config.policy_command.lines import Lines
from identity.messages import say
from identity.messages.policy_words import place_of, situation_of
from identity.messages.trust import score_changes
from identity.policy.compiled import compile_policy
from identity.policy.difference import Change, Direction, compare

_STYLES = {Direction.LOOSER: "red", Direction.STRICTER: "green", Direction.OTHERWISE: "yellow"}


def add_arguments(subparsers: Any) -> None:
    """`diff OLD NEW`, or `diff NEW` against the active version."""
    what = "Say what changes between two policies, over every situation there is."
    parser = subparsers.add_parser("diff", help=what, description=what)
    parser.add_argument(
        "policies",
        nargs="+",
        metavar="OLD NEW",
        help="files or numbers of versions; one alone is compared with the active version",
    )
    parser.set_defaults(handler=difference)


def difference(options: dict[str, Any], console: Console) -> bool:
    """Print it; it always holds. Raises Refused for more than two policies."""
    words = options["policies"]
    if len(words) > 2:
        raise Refused(say("policy.difference.two"))
    old = policy_of(words[0] if len(words) == 2 else None)
    new = policy_of(words[-1])
    found, lines = compare(compile_policy(old.policy), compile_policy(new.policy)), Lines(console)
    lines.plain(f"{old.label} → {new.label}")
    for change in found.changes:
        _tell(lines, change)
    for sentences, details in score_changes(old.policy, new.policy):
        for sentence in sentences:
            lines.marked("!", "yellow", sentence)
        for detail in details:
            lines.below(detail)
    said = "policy.difference.counts" if found.changes else "policy.difference.none"
    lines.plain(
        say(
            said,
            stricter=f"{found.stricter:,}",
            looser=f"{found.looser:,}",
            otherwise=f"{found.otherwise:,}",
            same=f"{found.same:,}",
            situations=f"{found.situations:,}",
        )
    )
    return True


def _tell(lines: Lines, change: Change) -> None:
    direction = say(f"policy.difference.direction.{change.direction}")
    outcomes = change.old_outcome.value
    if change.new_outcome is not change.old_outcome:
        outcomes = f"{outcomes} → {change.new_outcome.value}"
    rules = change.old_rule
    if change.new_rule != change.old_rule:
        rules = f"{rules} → {change.new_rule}"
    moved = ", ".join(say(f"policy.difference.moved.{name}") for name in change.moved)
    lines.marked(direction, _STYLES[change.direction], f"{rules}: {outcomes} ({moved})")
    lines.below(place_of(change))
    lines.below(say("policy.example", facts=situation_of(change.example)))
