"""The application's own SQLite file: what was asked, and what took effect.

What a person has now is never stored: it is the newest effect that was not undone. So "exactly one
effect" is one unique row, and undoing it is one column.
"""

from __future__ import annotations

import json
import secrets
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

SCHEMA = """
CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS requests (
    ref TEXT PRIMARY KEY,            -- also the idempotency key at Holdfast
    action_id TEXT UNIQUE,           -- null until Holdfast has answered
    person TEXT NOT NULL,
    kind TEXT NOT NULL,
    payload TEXT NOT NULL,           -- JSON
    note TEXT NOT NULL,              -- the text of a draft; stays here
    body TEXT,                       -- JSON as it was sent; dropped once Holdfast has answered
    status TEXT NOT NULL,
    at TEXT NOT NULL                 -- RFC 3339, UTC
) STRICT;
CREATE INDEX IF NOT EXISTS requests_of ON requests (person, at);
CREATE TABLE IF NOT EXISTS deliveries (
    webhook_id TEXT PRIMARY KEY,
    event TEXT NOT NULL,
    action_id TEXT NOT NULL,
    times INTEGER NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS deliveries_of ON deliveries (action_id);
CREATE TABLE IF NOT EXISTS effects (
    seq INTEGER PRIMARY KEY,
    webhook_id TEXT NOT NULL UNIQUE,
    action_id TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    value TEXT NOT NULL,
    at TEXT NOT NULL,
    undone_at TEXT
) STRICT;
CREATE INDEX IF NOT EXISTS effects_of ON effects (subject, kind, seq);
"""

UNSENT = "unsent"
"""Ours alone: Holdfast has not answered yet, so the same request may be sent again."""
FINAL = frozenset({"committed", "expired", "denied", "cancelled", "failed", "reversed"})
"""Nothing follows these but `reversed`, which may follow `committed`."""
GRANTED = frozenset({"approved", "committed"})


@dataclass(frozen=True)
class Message:
    """A verified message of Holdfast about one action."""

    webhook_id: str
    event: str
    action_id: str
    kind: str
    subject: str
    status: str
    value: str | None
    """What a committed action changes ("" where it changes no value); None for other events."""


class Reception(StrEnum):
    """What a verified webhook did."""

    APPLIED = "applied"
    """It took or undid an effect."""
    DUPLICATE = "duplicate"
    """This webhook-id was here before."""
    NOTED = "noted"
    """Nothing to change but, at most, the status of a request."""


@dataclass(frozen=True)
class Asked:
    """One request of a person."""

    ref: str
    action_id: str | None
    person: str
    kind: str
    payload: Mapping[str, str]
    note: str
    body: Mapping[str, Any] | None
    status: str
    at: str

    @property
    def is_open(self) -> bool:
        """Whether its status can still change."""
        return self.status not in FINAL

    @property
    def is_granted(self) -> bool:
        """Whether it may happen, or has happened."""
        return self.status in GRANTED


class Store:
    """One SQLite file, shared by threads and processes; a connection for each use."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        self._path = path
        with closing(self._connect()) as db:
            db.execute("PRAGMA journal_mode = WAL")
            db.executescript(SCHEMA)

    def session_key(self) -> str:
        """The key that signs session cookies: made once, then always the same."""
        with self._write() as db:
            db.execute(
                "INSERT INTO meta VALUES ('session_key', ?) ON CONFLICT DO NOTHING",
                (secrets.token_hex(32),),
            )
            row = db.execute("SELECT value FROM meta WHERE name = 'session_key'").fetchone()
            return str(row["value"])

    def remember(self, ref: str, person: str, body: Mapping[str, Any], note: str) -> Asked:
        """Write a request down before it is sent, so that a crash in between forgets nothing.

        Returns the row of `ref`, which is the earlier one where the form was sent twice.
        """
        payload = json.dumps(body["payload"])
        row = (ref, person, body["type"], payload, note, json.dumps(body), UNSENT, _now())
        with self._write() as db:
            db.execute(
                "INSERT INTO requests (ref, person, kind, payload, note, body, status, at)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (ref) DO NOTHING",
                row,
            )
            return _asked(db.execute("SELECT * FROM requests WHERE ref = ?", (ref,)).fetchone())

    def answered(self, ref: str, action_id: str, status: str) -> str:
        """Holdfast made an action of the request. Returns the ref to show.

        An equal request that was still open is joined by Holdfast: then the action is known here
        already, under the ref that is returned, and the new request is dropped.
        """
        with self._write() as db:
            known = db.execute(
                "SELECT ref FROM requests WHERE action_id = ? AND ref <> ?", (action_id, ref)
            ).fetchone()
            if known:
                # A draft's text stays here: of two that became one action, the newer text counts.
                db.execute(
                    "UPDATE requests SET note = (SELECT note FROM requests WHERE ref = ?)"
                    " WHERE ref = ?",
                    (ref, known["ref"]),
                )
                db.execute("DELETE FROM requests WHERE ref = ?", (ref,))
                return str(known["ref"])
            db.execute(
                "UPDATE requests SET action_id = ?, body = NULL WHERE ref = ?", (action_id, ref)
            )
            _move(db, action_id, status)
            return ref

    def forget(self, ref: str) -> None:
        """Drop a request that Holdfast refused as it is: there is no action behind it."""
        with self._write() as db:
            db.execute("DELETE FROM requests WHERE ref = ? AND action_id IS NULL", (ref,))

    def saw(self, action_id: str, status: str) -> None:
        """Note the status that Holdfast told."""
        with self._write() as db:
            _move(db, action_id, status)

    def request(self, ref: str, person: str) -> Asked | None:
        """The person's own request, or None."""
        with closing(self._connect()) as db:
            row = db.execute(
                "SELECT * FROM requests WHERE ref = ? AND person = ?", (ref, person)
            ).fetchone()
        return _asked(row) if row else None

    def requests_of(self, person: str, limit: int = 20) -> list[Asked]:
        """The person's newest requests, newest first."""
        with closing(self._connect()) as db:
            rows = db.execute(
                "SELECT * FROM requests WHERE person = ? ORDER BY at DESC, rowid DESC LIMIT ?",
                (person, limit),
            ).fetchall()
        return [_asked(row) for row in rows]

    def receive(self, message: Message) -> Reception:
        """Take in a verified message: one effect for each webhook-id and each action.

        Counting and effect are one transaction: both are there, or neither, and a
        delivery that was never acknowledged finds either all of it done or nothing.
        """
        with self._write() as db:
            times = db.execute(
                "INSERT INTO deliveries VALUES (?, ?, ?, 1)"
                " ON CONFLICT (webhook_id) DO UPDATE SET times = times + 1 RETURNING times",
                (message.webhook_id, message.event, message.action_id),
            ).fetchone()["times"]
            if times > 1:
                return Reception.DUPLICATE
            _move(db, message.action_id, message.status)
            changed = 0
            if message.value is not None:
                # Webhooks may overtake each other: what was undone before must not happen after.
                changed = db.execute(
                    "INSERT INTO effects (webhook_id, action_id, kind, subject, value, at)"
                    " SELECT ?, ?, ?, ?, ?, ? WHERE NOT EXISTS (SELECT 1 FROM deliveries"
                    " WHERE action_id = ? AND event = 'action.reversed')"
                    " ON CONFLICT (action_id) DO NOTHING",
                    (
                        message.webhook_id,
                        message.action_id,
                        message.kind,
                        message.subject,
                        message.value,
                        _now(),
                        message.action_id,
                    ),
                ).rowcount
            elif message.event == "action.reversed":
                changed = db.execute(
                    "UPDATE effects SET undone_at = ? WHERE action_id = ? AND undone_at IS NULL",
                    (_now(), message.action_id),
                ).rowcount
            return Reception.APPLIED if changed else Reception.NOTED

    def current(self, person: str, kind: str) -> str | None:
        """The value in force: of the newest effect of `kind` that was not undone, or None."""
        with closing(self._connect()) as db:
            row = db.execute(
                "SELECT value FROM effects WHERE subject = ? AND kind = ? AND undone_at IS NULL"
                " ORDER BY seq DESC LIMIT 1",
                (person, kind),
            ).fetchone()
        return str(row["value"]) if row else None

    def drafts_of(self, person: str) -> list[sqlite3.Row]:
        """Saved drafts (`note`, `at`), newest first."""
        with closing(self._connect()) as db:
            return db.execute(
                "SELECT note, effects.at FROM effects JOIN requests USING (action_id)"
                " WHERE subject = ? AND effects.kind = 'draft.save' AND undone_at IS NULL"
                " ORDER BY seq DESC LIMIT 5",
                (person,),
            ).fetchall()

    def effects(self, limit: int = 1000) -> list[sqlite3.Row]:
        """The newest effects first, with `deliveries`: how often their commit was delivered."""
        with closing(self._connect()) as db:
            return db.execute(
                "SELECT seq, webhook_id, action_id, kind, subject, at, undone_at,"
                " (SELECT sum(times) FROM deliveries"
                "  WHERE deliveries.action_id = effects.action_id AND event = 'action.committed')"
                " AS deliveries FROM effects ORDER BY seq DESC LIMIT ?",
                (limit,),
            ).fetchall()

    def _connect(self) -> sqlite3.Connection:
        db = sqlite3.connect(self._path, timeout=10.0, isolation_level=None)
        db.row_factory = sqlite3.Row
        return db

    @contextmanager
    def _write(self) -> Iterator[sqlite3.Connection]:
        # IMMEDIATE takes the write lock before the first read: what was read holds until COMMIT.
        with closing(self._connect()) as db:
            db.execute("BEGIN IMMEDIATE")
            try:
                yield db
            except BaseException:
                db.rollback()
                raise
            db.commit()


def _move(db: sqlite3.Connection, action_id: str, status: str) -> None:
    """Note a status. News may arrive late or out of order: an end is never taken back."""
    row = db.execute("SELECT status FROM requests WHERE action_id = ?", (action_id,)).fetchone()
    if row is None:
        return
    undone = row["status"] == "committed" and status == "reversed"
    if undone or row["status"] not in FINAL:
        db.execute("UPDATE requests SET status = ? WHERE action_id = ?", (status, action_id))


def _asked(row: sqlite3.Row) -> Asked:
    fields = dict(row)
    fields["payload"] = json.loads(row["payload"])
    fields["body"] = json.loads(row["body"]) if row["body"] else None
    return Asked(**fields)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
