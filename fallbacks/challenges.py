"""Challenges: issued new and short, answered once, ended by the clock (Q3).

The rows of the action itself are moved by identity; here only the challenge is.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from config.lifecycle import DomainEvent, StateMachine, announce, insert, transition
from fallbacks.budget import check_budget, clear_budget, count_guess
from fallbacks.errors import (
    ChallengeExpired,
    FactorNotEnrolled,
    FactorNotPermitted,
    FactorOutOfOrder,
    WrongCode,
)
from fallbacks.factors.catalogue import FACTORS, LIVE_ORDER
from fallbacks.factors.dependencies import out_of_order
from fallbacks.factors.held import held
from fallbacks.factors.registry import Delivered, Registered, registered
from fallbacks.incidents import what_is_down
from fallbacks.machines import CHALLENGE_EDGES, ChallengeStatus
from fallbacks.models import Challenge
from fallbacks.shelves import Shelf

CHALLENGE_MACHINE = StateMachine("challenge", CHALLENGE_EDGES)
LIVE_CHALLENGES = Shelf("challenges.live", Challenge, [ChallengeStatus.ISSUED])


@dataclass(frozen=True, slots=True)
class Proof:
    """A factor that was just verified: what it is, what it delivers, when (aware UTC).

    `marks` are those of the person's factors as they were before the code was looked at.
    """

    factor: str
    aal: int
    verified_at: datetime
    marks: tuple[str, ...] = ()


def choose_factor(permitted: Iterable[str], has: Iterable[str]) -> str | None:
    """The factor a live challenge names: the first in order that is permitted and enrolled."""
    usable = set(permitted) & set(has) & set(FACTORS)
    return next((factor for factor in LIVE_ORDER if factor in usable), None)


def issue_challenge(
    action_id: uuid.UUID,
    user_id: int,
    factor: str,
    now: datetime,
    ttl: timedelta,
    *,
    ask: bool = True,
) -> Challenge:
    """Write a new challenge that lives for `ttl` (never above ten minutes).

    One action has at most one live challenge; a unique index holds it so. A factor with a channel
    carries it to the person, unless `ask` is false because they are here.
    """
    challenge = Challenge(
        action_id=action_id,
        subject_id=user_id,
        factor=factor,
        issued_at=now,
        expires_at=now + min(ttl, FACTORS[factor].challenge_life),
    )
    LIVE_CHALLENGES.put(action_id, challenge)
    insert(challenge)
    entry = registered(factor)
    if ask and entry is not None and entry.ask is not None:
        entry.ask(challenge, now)
    return challenge


def live_challenges(action_ids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, Challenge]:
    """The challenge of each of these actions that nobody has answered or ended yet, where there
    is one. One query, none for no action."""
    if not action_ids:
        return {}
    rows = Challenge.objects.filter(action_id__in=action_ids, status=ChallengeStatus.ISSUED)
    return {row.action_id: row for row in rows}


def live_challenge(action_id: uuid.UUID) -> Challenge | None:
    """The challenge of the action that nobody has answered or ended yet."""
    found = LIVE_CHALLENGES.of(action_id)
    return next((each for each in found if each.status == ChallengeStatus.ISSUED), None)


def end_challenge(challenge: Challenge, event: str, now: datetime) -> None:
    """Move a live challenge along `challenge.answered`, `.expired` or `.withdrawn`."""
    transition(challenge, event, CHALLENGE_MACHINE, at=now, changes={"ended_at": now})


def needs_challenge(factor: str) -> bool:
    """Whether an answer to `factor` belongs to a challenge of ours, to be given to `verify`."""
    entry = registered(factor)
    return entry is not None and entry.needs_challenge


def start(
    user_id: int,
    factor: str,
    *,
    permitted: Iterable[str],
    now: datetime,
    despite_incidents: bool = False,
) -> None:
    """The gate before a factor is asked for: before a form is shown, a message sent or a
    ceremony begun. The same one stands at the redemption, in `verify` (F05), which says what
    `despite_incidents` is for.

    Raises FactorNotPermitted, FactorNotEnrolled, FactorOutOfOrder, LockedOut, RebindNeeded.
    """
    _usable(user_id, factor, permitted, despite_incidents)
    check_budget(user_id, now)


def verify(
    user_id: int,
    factor: str,
    answer: object,
    *,
    permitted: Iterable[str],
    now: datetime,
    challenge: Challenge | None = None,
    despite_incidents: bool = False,
) -> Proof:
    """Check an answer to the person's factor, within the account's budget of guesses.

    `challenge` is the live one that the answer belongs to, for factors that need one. Each step
    commits by itself: a counted guess stays counted and a spent code stays spent, whatever
    happens to the caller afterwards. Call it outside a transaction. `despite_incidents` is for
    the staff's own entrance alone: an incident is closed behind it.

    Raises FactorNotPermitted, FactorNotEnrolled, FactorOutOfOrder, MalformedCode (none of these
    is counted), LockedOut, RebindNeeded, ChallengeExpired, WrongCode(tries_left).
    """
    entry, marks = _usable(user_id, factor, permitted, despite_incidents)
    canonical = entry.verifier.canonical(answer)
    left = count_guess(user_id, now)
    if entry.needs_challenge and not _answerable(challenge, user_id, factor, now):
        raise ChallengeExpired(factor=factor)
    matched = entry.verifier.spend(user_id, canonical, challenge, now)
    if not matched:
        raise WrongCode(factor=factor, tries_left=left)
    clear_budget(user_id)
    most = FACTORS[factor].aal
    aal = min(matched.aal, most) if isinstance(matched, Delivered) else most
    return Proof(factor, aal, now, marks)


def _usable(
    user_id: int, factor: str, permitted: Iterable[str], despite_incidents: bool = False
) -> tuple[Registered, tuple[str, ...]]:
    """How the factor is verified, and the marks of everything the person has."""
    entry = registered(factor)
    if entry is None or factor not in set(permitted):
        raise FactorNotPermitted(factor=factor)
    has = held(user_id)
    if factor not in has.names:
        raise FactorNotEnrolled(factor=factor)
    down = {} if despite_incidents else out_of_order(what_is_down())
    if factor in down:
        raise FactorOutOfOrder(factor=factor, down=down[factor])
    return entry, has.marks


def _answerable(challenge: Challenge | None, user_id: int, factor: str, now: datetime) -> bool:
    """Live, this person's, for this factor (F09), and not over by the clock (F11)."""
    return (
        challenge is not None
        and challenge.status == ChallengeStatus.ISSUED
        and (challenge.subject_id, challenge.factor) == (user_id, factor)
        and challenge.issued_at <= now < challenge.expires_at
    )


def announce_miss(action_id: uuid.UUID, user_id: int, factor: str, now: datetime) -> None:
    """Tell that a code did not match: counted, recorded, and nothing else changed."""
    announce(
        DomainEvent(
            name="challenge.missed",
            kind="action",
            object_id=str(action_id),
            subject_id=user_id,
            at=now,
            attributes={"action": str(action_id), "factor": factor},
        )
    )
