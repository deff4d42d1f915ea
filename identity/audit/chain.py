"""The chain of events: what is hashed, byte by byte, and how one finds what was changed. Pure.

Version 1. A *field* is four bytes of length (big-endian) and that many bytes; nothing is the
length FFFFFFFF alone. Text is UTF-8, a number is its decimal digits, a moment is microseconds
since 1970 UTC as a number, attributes are JSON with sorted keys, no spaces, non-ASCII as it is.

    hash          SHA-256 of the fields: "holdfast.link.1", sequence number, hash before (32 zero
                  bytes before the first), event id, name, moment, kind, object, action, from-state,
                  to-state, reason, actor, attributes, subject salt id, subject mark, actor salt
                  id, actor mark
    subject mark  HMAC-SHA-256 under the subject's salt of the fields: "holdfast.subject.1", event
                  id, subject, object, attributes
    actor mark    HMAC-SHA-256 under the actor's salt of the fields: "holdfast.actor.1", event id,
                  actor

What tells of a person is hashed in the marks and left empty in the link: the subject, objects of
a kind outside `KEPT_OBJECTS`, attributes outside `KEPT_ATTRIBUTES`, an actor who has an account.
Without its salt (32 random bytes for each person) a mark says nothing, so whoever is forgotten
loses the salt and those columns, and every hash still holds.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

START = bytes(32)
"""What stands for the hash before the first link."""
SALT_BYTES = 32
"""As long as the hash: guessing it is as hard as forging the mark."""
KEPT_OBJECTS = (
    "action",
    "case",
    "challenge",
    "channel",
    "cost_assumption",
    "delivery",
    "escalation",
    "message",
    "policy",
    "prompt",
)
"""Kinds whose ids name a request, never a person; ids of any other kind are personal."""
KEPT_ATTRIBUTES = (
    "about",
    "action",
    "application",
    "availability",
    "channel",
    "channels",
    "factor",
    "policy",
    "proved_with",
    "reasons",
    "risk",
    "rule",
    "type",
    "verdict",
)
"""Coarse attributes; any other one of an event about a person is personal."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NOTHING = b"\xff\xff\xff\xff"


@dataclass(frozen=True, slots=True)
class Entry:
    """An event as it stands in its table."""

    id: int
    name: str
    at: datetime
    kind: str
    object_id: str
    subject_id: int | None
    action_id: UUID | None
    from_state: str
    to_state: str
    reason: str
    actor: str
    attributes: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Link:
    """One place of the chain. A mark is there exactly where its salt id is."""

    seq: int
    event_id: int
    hash: bytes
    subject_salt: UUID | None = None
    subject_mark: bytes | None = None
    actor_salt: UUID | None = None
    actor_mark: bytes | None = None


@dataclass(frozen=True, slots=True)
class Salt:
    """What hides one person: its id stands in the links, its bytes nowhere but with the person."""

    id: UUID
    salt: bytes


def link_of(
    seq: int, before: bytes, entry: Entry, subject: Salt | None, actor: Salt | None
) -> Link:
    """The next link. `subject` is given exactly for an event about a person, `actor` exactly for
    an actor who has an account."""
    half = Link(
        seq,
        entry.id,
        b"",
        subject.id if subject else None,
        subject_mark(entry, subject.salt) if subject else None,
        actor.id if actor else None,
        actor_mark(entry, actor.salt) if actor else None,
    )
    return Link(
        seq,
        entry.id,
        hash_of(half, before, entry),
        half.subject_salt,
        half.subject_mark,
        half.actor_salt,
        half.actor_mark,
    )


def hash_of(link: Link, before: bytes, entry: Entry) -> bytes:
    """What the hash of `link` must be, by its place, the hash before it and its event."""
    about_person = link.subject_salt is not None
    return hashlib.sha256(
        _fields(
            "holdfast.link.1",
            link.seq,
            before,
            entry.id,
            entry.name,
            (entry.at - _EPOCH) // timedelta(microseconds=1),
            entry.kind,
            None if about_person and entry.kind not in KEPT_OBJECTS else entry.object_id,
            None if entry.action_id is None else str(entry.action_id),
            entry.from_state,
            entry.to_state,
            entry.reason,
            None if link.actor_salt is not None else entry.actor,
            _json(entry.attributes, about_person, personal=False),
            None if link.subject_salt is None else str(link.subject_salt),
            link.subject_mark,
            None if link.actor_salt is None else str(link.actor_salt),
            link.actor_mark,
        )
    ).digest()


def subject_mark(entry: Entry, salt: bytes) -> bytes:
    """What stands for all that tells whom the event is about."""
    hidden = None if entry.kind in KEPT_OBJECTS else entry.object_id
    personal = _json(entry.attributes, True, personal=True)
    content = _fields("holdfast.subject.1", entry.id, entry.subject_id, hidden, personal)
    return hmac.digest(salt, content, "sha256")


def actor_mark(entry: Entry, salt: bytes) -> bytes:
    """What stands for who did it."""
    return hmac.digest(salt, _fields("holdfast.actor.1", entry.id, entry.actor), "sha256")


def is_blank(entry: Entry) -> bool:
    """Whether nothing is left in the event that tells whom it is about."""
    hidden = entry.kind not in KEPT_OBJECTS and entry.object_id
    return entry.subject_id is None and not hidden and entry.attributes.keys() <= _KEPT


_KEPT = frozenset(KEPT_ATTRIBUTES)


def _json(attributes: Mapping[str, Any], about_person: bool, *, personal: bool) -> str:
    part = {
        name: value
        for name, value in attributes.items()
        if (about_person and name not in _KEPT) is personal
    }
    return json.dumps(part, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def _fields(*values: bytes | str | int | None) -> bytes:
    parts = []
    for value in values:
        if value is None:
            parts.append(_NOTHING)
            continue
        raw = value if isinstance(value, bytes) else str(value).encode()
        parts += (len(raw).to_bytes(4, "big"), raw)
    return b"".join(parts)
