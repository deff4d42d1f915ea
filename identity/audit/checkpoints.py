"""Checkpoints: the head of the chain, signed and kept outside the database (F27).

What a checkpoint vouches for cannot be rewritten in the database any more without being found.
Before it signs, it looks whether the chain still has what the checkpoint before vouched for; a
chain that has not is never signed, and everybody who may act is told.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings

from config.lifecycle import fetch, read_clock
from identity.audit.chaining import Head, head_of_chain
from identity.audit.outside import append, last_line, one_writer, read_lines
from identity.audit.signing import NotSigned, opened
from identity.audit.walk import Finding, Kind
from identity.models import AuditMark

logger = logging.getLogger("holdfast.audit")

SERIES = "checkpoints"
EVERY = timedelta(seconds=45)
"""Asked for every 5 s by the sweep, so one is written at least every 60 s with time to spare."""


@dataclass(frozen=True, slots=True)
class Book:
    """All checkpoints there are: places they vouch for, ascending, and what is wrong with them."""

    vouched: Sequence[tuple[int, bytes]]
    lines: int
    restored: int
    """How often the database was put back to an earlier state, as somebody vouched."""
    finding: Finding | None


def checkpoint_if_due() -> bool:
    """Write a checkpoint if the last is older than `EVERY`; whether one was written.

    Never raises for what is outside the database: a missing directory is logged as an error and
    stands in the mark that console and health read.
    """
    now = read_clock()
    mark = AuditMark.objects.filter(name=SERIES).first()
    if mark is not None and mark.holds and now - mark.at < EVERY:
        return False
    return write_checkpoint(now) is None


def write_checkpoint(now: datetime, *, restored: bool = False) -> Finding | None:
    """Sign the head of the chain as it is; what hindered it, if anything.

    `restored` vouches that the database was put back to an earlier state on purpose: what earlier
    checkpoints say about later places does not count any more.
    """
    directory = Path(settings.AUDIT_CHECKPOINT_DIR)
    head = head_of_chain()
    try:
        with one_writer(directory):
            head = head_of_chain()
            finding = None if restored else _contradiction(directory)
            if finding is None:
                _append(directory, head, now, restored)
    except OSError as error:
        logger.error("no checkpoint: %s cannot be written (%s)", directory, error.strerror)
        finding = Finding(Kind.NO_CHECKPOINT)
    else:
        if finding is not None:
            logger.error("no checkpoint: the chain is not what was vouched for (%s)", finding.kind)
    _mark(now, head, finding)
    return finding


def read_book() -> Book:
    """Every checkpoint, checked. Raises OSError when the directory is not there.

    Of several for one place the first counts; another hash for it is a finding.
    """
    vouched: dict[int, bytes] = {}
    finding: Finding | None = None
    lines = restored = 0
    for line in read_lines(Path(settings.AUDIT_CHECKPOINT_DIR), SERIES):
        lines = line.number
        if line.said is None or not line.follows:
            finding = finding or Finding(Kind.CHECKPOINT, other=line.number)
            continue
        seq, digest = line.said["seq"], bytes.fromhex(line.said["hash"])
        if line.said["restored"]:
            restored += 1
            vouched = {place: known for place, known in vouched.items() if place < seq}
        if vouched.setdefault(seq, digest) != digest:
            finding = finding or Finding(Kind.CHECKPOINT, seq, other=line.number)
    vouched.pop(0, None)
    return Book(sorted(vouched.items()), lines, restored, finding)


def _contradiction(directory: Path) -> Finding | None:
    """What the last checkpoint says that the chain does not have. One query."""
    text = last_line(directory, SERIES)
    if not text:
        return None
    try:
        said = opened(text)
    except NotSigned:
        return Finding(Kind.CHECKPOINT)
    seq = said["seq"]
    found = fetch("SELECT hash FROM identity_event_link WHERE seq = %s", [seq])
    if not found:
        return Finding(Kind.TAIL_CUT, head_of_chain().seq, other=seq) if seq else None
    if bytes(found[0][0]).hex() != said["hash"]:
        return Finding(Kind.REWRITTEN, seq)
    return None


def _append(directory: Path, head: Head, now: datetime, restored: bool) -> None:
    says: dict[str, Any] = {
        "v": 1,
        "seq": head.seq,
        "hash": head.hash.hex(),
        "count": head.seq,
        "at": now.isoformat(),
        "restored": restored,
    }
    append(directory, SERIES, f"{SERIES}-{now:%Y-%m}.jws", says)


def _mark(now: datetime, head: Head, finding: Finding | None) -> None:
    if finding is None:
        values = {"at": now, "holds": True, "seq": head.seq, "finding": {}}
        AuditMark.objects.update_or_create(name=SERIES, defaults=values)
        return
    # Its moment stays that of the last checkpoint: the age is what alarms.
    told = {"holds": False, "finding": words_for(finding)}
    AuditMark.objects.update_or_create(
        name=SERIES, defaults=told, create_defaults={**told, "at": now}
    )


def words_for(finding: Finding) -> dict[str, Any]:
    """A finding as it is stored: its kind and its numbers."""
    return {
        "kind": finding.kind.value,
        "seq": finding.seq,
        "event_id": finding.event_id,
        "other": finding.other,
    }
