"""`manage.py audit …`: verify the record, vouch for it, hand it out, forget people again."""

from __future__ import annotations

import json
import os
import sys
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from rich.console import Console

from config.lifecycle import read_clock
from config.policy_command.lines import Lines
from config.progress import bar_on
from identity.audit.chaining import chain_events
from identity.audit.checkpoints import write_checkpoint
from identity.audit.exporting import export_links
from identity.audit.recheck import Verification, verify_record
from identity.audit.signing import public_key
from identity.audit.state import audit_state
from identity.audit.verifying import count_links
from identity.erasure import replay_erasures
from identity.errors import NoLedger
from identity.messages import say
from identity.messages.audit import finding_in_words


class Command(BaseCommand):
    """Exit code 0 only when the thing holds."""

    help = "Verify the record of events, sign checkpoints, export it."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """A command a verb."""
        commands = parser.add_subparsers(dest="what", required=True, metavar="COMMAND")
        for name, handler, what in (
            ("verify", verify, "Verify every event against the chain and the checkpoints."),
            ("checkpoint", checkpoint, "Link what is new and sign the head of the chain now."),
            ("export", export, "Print the record as JSON lines, nobody named."),
            (
                "replay-erasures",
                replay,
                "Erase again whom a restore brought back.",
            ),
            ("key", key, "Print the public key of the checkpoints (JWK)."),
        ):
            each = commands.add_parser(name, help=what, description=what)
            each.set_defaults(handler=handler)
            if name == "export":
                each.add_argument("--since", type=int, default=0, metavar="SEQ", help="after SEQ")
            if name == "checkpoint":
                each.add_argument(
                    "--restored",
                    action="store_true",
                    help="vouch that the database was put back to an earlier state on purpose",
                )

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises SystemExit with 1 where it does not hold."""
        if not options["handler"](options):
            raise SystemExit(1)


def verify(options: dict[str, Any]) -> bool:
    """Say what was walked, what vouches for it, and the first thing wrong."""
    console = Console(stderr=True)
    progress = bar_on(console)
    with progress:
        task = progress.add_task(say("audit.verifying"), total=count_links())
        found = verify_record(lambda count: progress.update(task, advance=count))
    _tell(found)
    return found.holds


def _tell(found: Verification) -> None:
    lines = Lines(Console())
    lines.plain(say("audit.walked", links=f"{found.verdict.links:,}"))
    waiting = audit_state(read_clock()).unlinked
    if waiting:
        lines.plain(say("audit.waiting", count=waiting))
    if found.verdict.forgotten:
        lines.plain(say("audit.forgotten", count=found.verdict.forgotten))
    if found.book is None:
        lines.plain(say("audit.no_directory", directory=str(settings.AUDIT_CHECKPOINT_DIR)))
    else:
        up_to = found.book.vouched[-1][0] if found.book.vouched else 0
        lines.plain(say("audit.checkpoints", lines=f"{found.book.lines:,}", up_to=f"{up_to:,}"))
        if found.book.restored:
            lines.plain(say("audit.restored", count=found.book.restored))
    if found.finding is None:
        lines.verdict(True, say("audit.holds"))
    else:
        lines.verdict(False, finding_in_words(found.finding))


def checkpoint(options: dict[str, Any]) -> bool:
    """Whether it was signed."""
    chain_events()
    finding = write_checkpoint(read_clock(), restored=options["restored"])
    lines = Lines(Console())
    if finding is None:
        lines.verdict(True, say("audit.signed", links=f"{count_links():,}"))
        return True
    lines.verdict(False, say("audit.not_signed", why=finding_in_words(finding)))
    return False


def export(options: dict[str, Any]) -> bool:
    """To standard output, a line a link; a reader that goes away ends it."""
    try:
        for line in export_links(options["since"]):
            sys.stdout.write(json.dumps(line, separators=(",", ":"), ensure_ascii=False) + "\n")
        sys.stdout.flush()
    except BrokenPipeError:
        # Python would complain about the rest of the buffer when it ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return True


def replay(options: dict[str, Any]) -> bool:
    """Whether nobody of the ledger is here any more."""
    lines = Lines(Console())
    try:
        found = replay_erasures()
    except NoLedger as error:
        lines.verdict(False, say(f"error.{error.code}.detail"))
        return False
    told = (("unreadable", found.unsound), ("stranger", found.strangers))
    for what, numbers in (*told, ("must_wait", found.waiting)):
        for number in numbers:
            lines.marked("✗", "red", say(f"audit.ledger.{what}", line=str(number)))
    lines.verdict(found.holds, say("audit.ledger.replayed", count=found.erased))
    return found.holds


def key(options: dict[str, Any]) -> bool:
    """The public half only."""
    sys.stdout.write(json.dumps(public_key()) + "\n")
    return True
