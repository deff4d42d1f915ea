"""Challenges: issued new and short, answered once, ended by the clock (Q3).

The rows of the action itself are moved by identity; here only the challenge is.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from config.lifecycle import DomainEvent, StateMachine, announce, transition
from fallbacks import backup_codes, totp
from fallbacks.budget import clear_budget, count_guess
from fallbacks.codes import canonical_code
from fallbacks.errors import FactorNotEnrolled, FactorNotPermitted, WrongCode
from fallbacks.factors import FACTORS, LIVE_ORDER, held
from fallbacks.machines import CHALLENGE_EDGES, ChallengeStatus
from fallbacks.models import Challenge

CHALLENGE_MACHINE = StateMachine("challenge", CHALLENGE_EDGES)
LONGEST = timedelta(minutes=10)
"""An out-of-band secret lives at most ten minutes (NIST SP 800-63B-4 §3.1.3.2)."""


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
    action_id: uuid.UUID, user_id: int, factor: str, now: datetime, ttl: timedelta
) -> Challenge:
    """Write a new challenge that lives for `ttl` (never above ten minutes).

    One action has at most one live challenge; a unique index holds it so.
    """
    return Challenge.objects.create(
        action_id=action_id,
        subject_id=user_id,
        factor=factor,
        issued_at=now,
        expires_at=now + min(ttl, LONGEST),
    )


def live_challenge(action_id: uuid.UUID) -> Challenge | None:
    """The challenge of the action that nobody has answered or ended yet."""
    return Challenge.objects.filter(action_id=action_id, status=ChallengeStatus.ISSUED).first()


def end_challenge(challenge: Challenge, event: str, now: datetime) -> None:
    """Move a live challenge along `challenge.answered`, `.expired` or `.withdrawn`."""
    transition(challenge, event, CHALLENGE_MACHINE, at=now, changes={"ended_at": now})


def verify(
    user_id: int, factor: str, typed: object, *, permitted: Iterable[str], now: datetime
) -> Proof:
    """Check a typed code against the person's factor, within the account's budget of guesses.

    Each step commits by itself: a counted guess stays counted and a spent code stays spent,
    whatever happens to the caller afterwards. Call it outside a transaction.

    Raises FactorNotPermitted, FactorNotEnrolled, MalformedCode (not counted), LockedOut,
    RebindNeeded, WrongCode(tries_left).
    """
    if factor not in FACTORS or factor not in set(permitted):
        raise FactorNotPermitted(factor=factor)
    has = held(user_id)
    if factor not in has.names:
        raise FactorNotEnrolled(factor=factor)
    code = canonical_code(factor, typed)
    left = count_guess(user_id, now)
    if factor == "totp":
        matched = totp.spend_code(user_id, code, now)
    else:
        matched = backup_codes.spend_code(user_id, code)
    if not matched:
        raise WrongCode(factor=factor, tries_left=left)
    clear_budget(user_id)
    return Proof(factor, FACTORS[factor].aal, now, has.marks)


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
