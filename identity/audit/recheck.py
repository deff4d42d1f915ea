"""One verification, start to end: the checkpoints, the chain against them, the mark of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from config.lifecycle import read_clock
from identity.audit.checkpoints import Book, read_book, words_for
from identity.audit.state import VERIFY
from identity.audit.verifying import Verdict, count_links, verify_chain
from identity.audit.walk import Finding, Kind
from identity.models import AuditMark


@dataclass(frozen=True, slots=True)
class Verification:
    """What was walked and what vouches for it; `finding` is the first thing wrong."""

    verdict: Verdict
    book: Book | None
    """None: the directory of checkpoints is not there."""
    finding: Finding | None

    @property
    def holds(self) -> bool:
        """Whether nothing is wrong, and something outside the database says so too."""
        return self.finding is None


def verify_record(told: Callable[[int], None] = lambda _: None) -> Verification:
    """Verify everything, and keep how it came out for the console.

    What is wrong with the chain goes before what is wrong with the checkpoints.
    """
    try:
        book = read_book()
    except OSError:
        book = None
    vouched = () if book is None else book.vouched
    verdict = verify_chain(vouched, told=told)
    finding = verdict.finding or (None if book is None else book.finding)
    if finding is None and not vouched and count_links():
        finding = Finding(Kind.NO_CHECKPOINT)
    AuditMark.objects.update_or_create(
        name=VERIFY,
        defaults={
            "at": read_clock(),
            "holds": finding is None,
            "seq": verdict.links,
            "finding": {} if finding is None else words_for(finding),
        },
    )
    return Verification(verdict, book, finding)
