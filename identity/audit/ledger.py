"""The ledger of erasures, kept beside the checkpoints: whom a restored database has to lose again.

A line names nobody. It holds a person's key and a mark over the moment they joined, so a line
erases that row again and no other one that happens to have the same key.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings

from identity.audit.outside import append, one_writer, read_lines

SERIES = "erasures"


@dataclass(frozen=True, slots=True)
class Entered:
    """One line: who it is about, or that nobody we know signed it."""

    line: int
    person: int
    mark: str
    sound: bool


def enter(person: int, joined: datetime, now: datetime) -> None:
    """Enter an erasure, on the disk when this returns. Raises OSError: then nobody is erased,
    since a restore would bring them back."""
    directory = Path(settings.AUDIT_CHECKPOINT_DIR)
    says = {"v": 1, "person": person, "mark": mark_of(person, joined), "at": now.isoformat()}
    with one_writer(directory):
        append(directory, SERIES, f"{SERIES}.jws", says)


def read_ledger() -> Iterator[Entered]:
    """Every line in order. Raises OSError when the directory is not there."""
    for line in read_lines(Path(settings.AUDIT_CHECKPOINT_DIR), SERIES):
        if line.said is None or not line.follows:
            yield Entered(line.number, 0, "", False)
        else:
            yield Entered(line.number, line.said["person"], line.said["mark"], True)


def mark_of(person: int, joined: datetime) -> str:
    """What tells the row of a person from another one with the same key."""
    content = f"holdfast.erased.1:{person}:{joined.timestamp():.6f}"
    return hashlib.sha256(content.encode()).hexdigest()
