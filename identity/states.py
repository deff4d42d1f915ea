"""The life of an action: its states, and the one table of which event moves which to which.

Pure. Every state says who moves it on and which message the person reads.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class Status(StrEnum):
    """Where an action stands."""

    PENDING = "pending"
    """A challenge is live. The user moves it on by answering; the sweep when the challenge ends.
    Message `action.pending`."""

    QUEUED = "queued"
    """Held until the user is reachable or the window opens. Presence or the sweep moves it on, or
    the user, who may finish at any hour. Message `action.queued`."""

    DELAYED = "delayed"
    """A challenge went unanswered; the next try is at `next_attempt_at`. The sweep or the user
    moves it on. Message `action.delayed`."""

    FALLBACK = "fallback"
    """Another factor is needed. The user moves it on; the sweep ends it. Message
    `action.fallback`."""

    REVIEW = "review"
    """With a person. A verification case or an escalation moves it on; the sweep ends it. Message
    `action.review`."""

    BLOCKED = "blocked"
    """Policy stops it. Security staff move it on; the sweep ends it. Message `action.blocked`."""

    APPROVED = "approved"
    """The proof is sufficient and the commit is under way. The handler or the receiver's
    acknowledgement moves it on. Message `action.approved`."""

    COMMITTED = "committed"
    """The effect is done. With `confirm_by` it is the person's to confirm afterwards; the person,
    the sweep or security staff settle that. Only a reversal moves it on. Message
    `action.committed`."""

    EXPIRED = "expired"
    """Every window passed. Final. Message `action.expired`."""

    DENIED = "denied"
    """The user or a member of staff refused it. Final. Message `action.denied`."""

    CANCELLED = "cancelled"
    """Withdrawn by the user or the application, or its origin was revoked. Final. Message
    `action.cancelled`."""

    FAILED = "failed"
    """The receiver could not carry it out. Final. Message `action.failed`."""

    REVERSED = "reversed"
    """Done, then undone. Final. Message `action.reversed`."""


S = Status

USER_CAN_FINISH = frozenset({S.PENDING, S.QUEUED, S.DELAYED, S.FALLBACK})
"""The user may prove who they are and so finish it."""
WITH_STAFF = frozenset({S.REVIEW, S.BLOCKED})
WAITING = USER_CAN_FINISH | WITH_STAFF
"""A deadline runs, and the sweep watches it."""
OPEN = WAITING | {S.APPROVED}
TERMINAL = frozenset(S) - OPEN


def _edges() -> dict[tuple[str, str], str]:
    edges: dict[tuple[str, str], str] = {}

    def on(event: str, sources: frozenset[Status] | set[Status], target: Status) -> None:
        edges.update({(source.value, event): target.value for source in sources})

    on("challenge.issued", {S.QUEUED, S.DELAYED, S.FALLBACK, S.BLOCKED, S.REVIEW}, S.PENDING)
    on("challenge.expired", {S.PENDING}, S.DELAYED)
    on("auth.queued", {S.PENDING, S.DELAYED, S.FALLBACK, S.BLOCKED, S.REVIEW}, S.QUEUED)
    on("action.rescheduled", {S.QUEUED}, S.QUEUED)
    on("fallback.selected", {S.PENDING, S.QUEUED, S.DELAYED, S.BLOCKED, S.REVIEW}, S.FALLBACK)
    on("review.opened", USER_CAN_FINISH | WITH_STAFF, S.REVIEW)
    on("escalation.triggered", USER_CAN_FINISH | {S.REVIEW}, S.BLOCKED)
    on("action.approved", USER_CAN_FINISH | {S.REVIEW}, S.APPROVED)
    on("action.committed", {S.APPROVED}, S.COMMITTED)
    on("action.failed", {S.APPROVED}, S.FAILED)
    on("action.denied", WAITING, S.DENIED)
    on("action.cancelled", WAITING, S.CANCELLED)
    on("action.expired", WAITING, S.EXPIRED)
    # afterwards: what was done first is confirmed, or undone, or put to the security staff
    on("action.confirmed", {S.COMMITTED}, S.COMMITTED)
    on("action.unconfirmed", {S.COMMITTED}, S.COMMITTED)
    on("escalation.triggered", {S.COMMITTED}, S.COMMITTED)
    on("action.settled", {S.COMMITTED}, S.COMMITTED)
    on("action.reversed", {S.COMMITTED}, S.REVERSED)
    return edges


EDGES: Mapping[tuple[str, str], str] = _edges()
"""`(state, event) -> state`; a pair that is not here is an error."""
