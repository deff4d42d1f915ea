"""What is wrong with one action, judged from what is stored and what the receiver did. Pure.

It shares no code with the product but the state table, so it cannot share a mistake either.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise

from identity.states import EDGES, TERMINAL, WAITING

LEASE = timedelta(seconds=30)
"""The longest lease that is allowed, and so the longest a worker may take to commit."""
TAKE_OVER = 2 * LEASE
"""So long after it was due, or after its worker died, a thing is done by somebody else."""
SWEEP = timedelta(seconds=15)
"""A thing that is due may be due for this long without being late: three sweeps."""
FIRST = frozenset({"challenge.issued", "auth.queued", "fallback.selected", "escalation.triggered",
                   "review.opened", "action.approved"})  # fmt: skip
"""What a new action begins with."""
MOVES = frozenset(name for _, name in EDGES)
"""Events that move an action; others only tell more of the same move."""


class Kind(StrEnum):
    """What a fault counts as."""

    LOST = "lost"
    DOUBLED = "doubled"
    VIOLATION = "violations"


@dataclass(frozen=True, slots=True)
class Found:
    """One thing that is wrong, in words."""

    kind: Kind
    why: str


@dataclass(frozen=True, slots=True)
class Step:
    """One event of an action. `at` is the clock its transaction read, `committed_at` when
    PostgreSQL had it for good."""

    name: str
    from_state: str
    to_state: str
    reason: str
    at: datetime
    committed_at: datetime


@dataclass(frozen=True, slots=True)
class Message:
    """One webhook of an action's outbox."""

    id: str
    type: str
    status: str
    next_attempt_at: datetime | None
    last_answer: str
    created_at: datetime
    delivered_at: datetime | None


@dataclass(slots=True)
class Stored:
    """An action as the database has it."""

    id: str
    status: str
    due_at: datetime | None
    payload_bytes: int
    created_at: datetime
    steps: list[Step] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)


def wrong_with(
    action: Stored, payload: Mapping[str, str], effects: Sequence[Mapping[str, str]], now: datetime
) -> list[Found]:
    """Everything that is wrong with an action that was accepted. `effects` are the payloads that
    the receiver acted upon, one for each message."""
    return [
        *_path(action),
        *_rest(action, now),
        *_effects(action, payload, effects),
        *_late_commits(action),
    ]


def _path(action: Stored) -> list[Found]:
    """The events are a way through the state table, without a gap, to where the action is."""
    steps = action.steps
    if not steps or steps[0].name != "auth.requested":
        return [Found(Kind.VIOLATION, "does not begin with auth.requested")]
    found = []
    state = ""
    for step in steps[1:]:
        if step.name not in MOVES:
            legal = not step.to_state or step.to_state == state
        elif not state:
            legal = step.name in FIRST and not step.from_state
        else:
            legal = step.from_state == state and EDGES.get((state, step.name)) == step.to_state
        if not legal:
            told = f"{step.name} from {step.from_state or '–'} to {step.to_state or '–'}"
            found.append(Found(Kind.VIOLATION, f"{told} while it was {state or '–'}"))
        if step.name in MOVES:
            state = step.to_state
    if state != action.status:
        found.append(Found(Kind.VIOLATION, f"is {action.status}, its events say {state}"))
    names = [step.name for step in steps]
    for once in ("auth.requested", "action.approved", "action.committed"):
        if names.count(once) > 1:
            found.append(Found(Kind.VIOLATION, f"{once} happened {names.count(once)} times"))
    return found


def _rest(action: Stored, now: datetime) -> list[Found]:
    """It is over, or it waits for a moment that is still to come."""
    if action.status in TERMINAL:
        if action.payload_bytes:
            return [Found(Kind.VIOLATION, f"is {action.status} and its payload is still there")]
        return []
    if at_rest(action, now - SWEEP):
        return []
    return [Found(Kind.LOST, f"is stuck in {action.status}, due at {action.due_at}")]


def at_rest(action: Stored, now: datetime) -> bool:
    """Whether nothing of it is due by `now`."""
    if action.status in TERMINAL:
        return True
    if action.status in WAITING:
        return action.due_at is not None and action.due_at > now
    # Approved: the receiver's word is missing, and the next try has its time.
    return any(
        message.type == "action.committed"
        and message.status == "pending"
        and bool(message.last_answer)
        and message.next_attempt_at is not None
        and message.next_attempt_at > now
        for message in action.messages
    )


def _effects(
    action: Stored, payload: Mapping[str, str], effects: Sequence[Mapping[str, str]]
) -> list[Found]:
    found = []
    if action.status == "committed" and not effects:
        found.append(Found(Kind.LOST, "is committed, and the receiver never acted"))
    if len(effects) > 1:
        found.append(Found(Kind.DOUBLED, f"took effect {len(effects)} times"))
    if effects and action.status not in ("committed", "approved"):
        found.append(Found(Kind.VIOLATION, f"is {action.status}, and the receiver acted"))
    if any(effect != payload for effect in effects):
        found.append(Found(Kind.VIOLATION, "took effect with another payload"))
    return found


def _late_commits(action: Stored) -> list[Found]:
    """Nobody commits what they read longer ago than any lease lasts (F38)."""
    return [
        Found(Kind.VIOLATION, f"{step.name} was committed {step.committed_at - step.at} late")
        for step in action.steps
        if step.committed_at - step.at > LEASE
    ]


def standing_still(action: Stored, window: int | None) -> timedelta:
    """The longest that something of the action was due and not done: its messages from being
    written to being acknowledged, its windows of `window` seconds from their end to the step after.

    Includes the wait for a free worker, so it is never below the time of the take-over itself.
    """
    longest = [
        message.delivered_at - message.created_at
        for message in action.messages
        if message.delivered_at is not None
    ]
    moves = [step for step in action.steps if step.name in MOVES]
    plain = [step.name for step in moves[1:]] in (
        ["fallback.selected", "action.expired"],
        ["review.opened", "action.expired"],
    )
    if window is not None and plain:
        ends = timedelta(seconds=window)
        longest += [then.at - first.at - ends for first, then in pairwise(moves)]
    return max(longest, default=timedelta())
