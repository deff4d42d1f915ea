"""Walking along the chain and naming the first thing that is wrong with it. Pure.

The walk sees links in the order of their sequence, each with its event and salts as they stand
now, and keeps no more than the last hash and the salts that are gone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from uuid import UUID

from identity.audit.chain import (
    START,
    Entry,
    Link,
    actor_mark,
    hash_of,
    is_blank,
    subject_mark,
)

FORGOTTEN = "person.erased"
"""The event by which a salt was destroyed; its object is the salt's id."""


class Kind(StrEnum):
    """What can be wrong. `audit.found.<kind>` says it in words."""

    HEAD_CUT = "head_cut"
    """The chain does not begin at its first link."""
    TAIL_CUT = "tail_cut"
    """The chain ends before a place that a checkpoint vouches for."""
    CUT = "cut"
    """Links are missing in between."""
    DELETED = "deleted"
    """A linked event is not there."""
    EDITED = "edited"
    """An event, or its link, is not as it was."""
    SWAPPED = "swapped"
    """Two events, or their links, have changed places."""
    REWRITTEN = "rewritten"
    """The chain agrees with itself, and not with a checkpoint."""
    FORGOTTEN_UNTOLD = "forgotten_untold"
    """Somebody was made unknown without the record of it."""
    NEVER_LINKED = "never_linked"
    """The chaining is past these events, and no link has them."""
    CHECKPOINT = "checkpoint"
    """A line of the checkpoints is not what was signed, or does not follow the one before."""
    NO_CHECKPOINT = "no_checkpoint"
    """Nothing outside the database vouches for the chain."""


@dataclass(frozen=True, slots=True)
class Finding:
    """The first thing wrong: at which place of the chain, with which event or events."""

    kind: Kind
    seq: int = 0
    event_id: int = 0
    other: int = 0
    """The other event of a swap; the last missing link of a cut; the line of a file; how many."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A link with what stands behind it now; `entry` None: the event is not there."""

    link: Link
    entry: Entry | None
    subject_salt: bytes | None = None
    actor_salt: bytes | None = None


@dataclass(slots=True)
class Walk:
    """Where the walk is, and what the checkpoints say about places still to come.

    `vouched` are places and hashes in ascending order, each place once.
    """

    vouched: Sequence[tuple[int, bytes]] = ()
    seq: int = 0
    head: bytes = START
    passed: int = 0
    gone: dict[UUID, tuple[int, int]] = field(default_factory=dict)
    told: set[str] = field(default_factory=set)

    def step(self, seen: Seen) -> Finding | None:
        """Go on by one link; what is wrong with it, if anything."""
        link, entry = seen.link, seen.entry
        if link.seq != self.seq + 1:
            kind = Kind.CUT if self.seq else Kind.HEAD_CUT
            return Finding(kind, self.seq + 1, link.event_id, link.seq - 1)
        if entry is None:
            return Finding(Kind.DELETED, link.seq, link.event_id)
        if hash_of(link, self.head, entry) != link.hash or not self._marks_hold(seen, entry):
            return Finding(Kind.EDITED, link.seq, link.event_id)
        if self.passed < len(self.vouched) and self.vouched[self.passed][0] == link.seq:
            if self.vouched[self.passed][1] != link.hash:
                return Finding(Kind.REWRITTEN, link.seq, link.event_id)
            self.passed += 1
        if entry.name == FORGOTTEN:
            self.told.add(entry.object_id)
        self.seq, self.head = link.seq, link.hash
        return None

    def end(self) -> Finding | None:
        """What is wrong once there are no more links."""
        if self.passed < len(self.vouched):
            return Finding(Kind.TAIL_CUT, self.seq, other=self.vouched[-1][0])
        for salt, (seq, event_id) in self.gone.items():
            if str(salt) not in self.told:
                return Finding(Kind.FORGOTTEN_UNTOLD, seq, event_id)
        return None

    def _marks_hold(self, seen: Seen, entry: Entry) -> bool:
        """Whether the personal columns are as they were, or empty and their salt gone."""
        link = seen.link
        if link.subject_salt is not None and link.subject_mark is not None:
            if seen.subject_salt is None:
                if not is_blank(entry):
                    return False
                self.gone.setdefault(link.subject_salt, (link.seq, entry.id))
            elif subject_mark(entry, seen.subject_salt) != link.subject_mark:
                return False
        elif entry.subject_id is not None:
            return False
        if link.actor_salt is not None and link.actor_mark is not None:
            if seen.actor_salt is None:
                if entry.actor:
                    return False
                self.gone.setdefault(link.actor_salt, (link.seq, entry.id))
            elif actor_mark(entry, seen.actor_salt) != link.actor_mark:
                return False
        return True


def swapped_with(seen: Seen, before: bytes, others: Iterable[Entry]) -> int | None:
    """The event that stands where the one of `seen` was, if two changed places; else None.

    Either the rows were exchanged (`other` has what belongs under our id) or the links were (our
    link was made for `other`).
    """
    link = seen.link
    for other in others:
        for entry in (other, replace(other, id=link.event_id)):
            same = hash_of(link, before, entry) == link.hash and _marked(seen, entry)
            if same and other.id != link.event_id:
                return other.id
    return None


def _marked(seen: Seen, entry: Entry) -> bool:
    """Whether the marks of the link are those of `entry`, as far as the salts are there."""
    link = seen.link
    return (
        seen.subject_salt is None or subject_mark(entry, seen.subject_salt) == link.subject_mark
    ) and (seen.actor_salt is None or actor_mark(entry, seen.actor_salt) == link.actor_mark)
