"""`sweep_actions`: what is due by the database's clock is moved on, a hundred in one transaction.

Any number of sweeps may run at once: what one has claimed, the others leave out, and each row is
read again under its lock. If one of a batch cannot be moved, nothing of it is committed, and each
is moved by itself. Losing a worker loses its transaction; its claim runs out and is taken over.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic

from django.db import Error, connection

from config.lifecycle import amend, gathered, read_clock
from fallbacks.cases import OPEN_CASES
from fallbacks.challenges import LIVE_CHALLENGES
from fallbacks.escalations import OPEN_ESCALATIONS
from fallbacks.ladder import FINAL, Kind
from identity import darkness
from identity.actions import claiming, moves
from identity.actions.agreeing import AGREED, agreements
from identity.actions.claiming import Claim, LeaseLost
from identity.actions.climbing import due_now
from identity.actions.committing import NO_PROOF, approve
from identity.actions.confirming import pass_deadline
from identity.actions.failing import clear_attempts, count_failure, forget_settled
from identity.actions.notifying import tell_by_backup
from identity.actions.opening import hold_until_open, opens_at
from identity.actions.situation import Situation, reassess_many
from identity.actions.waking import wake_missed
from identity.models import Action
from identity.models.actions import Window
from identity.policy.decision import NO_NEW_PROOF, Outcome
from identity.states import WAITING, Status
from presence.states import State

logger = logging.getLogger("holdfast.sweep")

TRIED = (Status.QUEUED, Status.DELAYED, Status.FALLBACK)
"""What a step of the ladder can be due for: after the one that asks for another factor, only the
one that hands it to support."""

LIMIT = 5000
"""Actions one run takes at most; the next run is never far away."""

BUDGET = timedelta(seconds=20)
"""A run claims nothing more after this, so that the run itself is told as progress."""


def sweep_actions(limit: int = LIMIT) -> int:
    """Move on up to `limit` due actions, the longest due first; how many moved.

    What could not be moved before comes last, each by itself, so that it cannot hold up the rest.
    """
    wake_missed(read_clock())
    claiming.take_over()
    moved = 0
    ends = monotonic() + BUDGET.total_seconds()
    claim = claiming.claim_due(limit=min(claiming.BATCH, limit))
    while claim is not None:
        moved += _work(claim)
        left = min(claiming.BATCH, limit - moved)
        claim = claiming.claim_due(claim.last, left) if left > 0 and monotonic() < ends else None
    forget_settled()
    claim = claiming.claim_failing()
    while claim is not None:
        moved += _work_one_by_one(claim)
        claim = claiming.claim_failing(claim.last) if monotonic() < ends else None
    return moved


def _work(claim: Claim) -> int:
    """Move a batch; where that fails, each of it by itself."""
    try:
        with claiming.working_on(claim) as now:
            return _move_gathered(claim.actions, now)
    except LeaseLost:
        return 0
    except Exception as error:
        _stop_if_lost(error)
        logger.warning("a batch of %d could not be moved at once", len(claim.actions))
    return _work_one_by_one(claim)


def _work_one_by_one(claim: Claim) -> int:
    """Move each in a transaction of its own; what cannot be moved is counted and steps back."""
    moved = 0
    try:
        for action_id in claim.actions:
            try:
                with claiming.working_on_one(claim, action_id) as now:
                    if _move_one(action_id, now):
                        clear_attempts(action_id)
                        moved += 1
            except LeaseLost:
                raise
            except Exception as error:
                _stop_if_lost(error)
                logger.exception("sweep could not move %s", action_id)
                with claiming.working_on_one(claim, action_id) as now:
                    count_failure(action_id, error, now)
    except LeaseLost:
        pass  # the others are somebody else's by now
    return moved


def _stop_if_lost(error: Exception) -> None:
    """Raise again what ended our connection: there is nothing to move by."""
    if isinstance(error, Error) and not connection.is_usable():
        raise error


def _move_gathered(ids: Sequence[uuid.UUID], now: datetime) -> int:
    """Do what is due for these actions, as far as nobody else holds them; how many were due.

    Read and written a table at a time. What is due for one may depend on what became of another of
    the same person, so no two of a person are moved side by side.
    """
    actions = _still_due(ids, now)
    left: list[Action] = actions
    while left:
        each_once = {action.subject_id: action for action in reversed(left)}
        side_by_side = [action for action in left if each_once[action.subject_id] is action]
        left = [action for action in left if each_once[action.subject_id] is not action]
        with gathered():
            _advance_all(side_by_side, now)
    return len(actions)


def _move_one(action_id: uuid.UUID, now: datetime) -> bool:
    """Do what is due for one action, each change written as it is made; whether it was due."""
    actions = _still_due([action_id], now)
    for action in actions:
        advance(action, now)
    return bool(actions)


def _still_due(ids: Sequence[uuid.UUID], now: datetime) -> list[Action]:
    return list(
        Action.objects.select_for_update(skip_locked=True, of=("self",))
        .select_related("subject__preference")
        .prefetch_related("application", "type", "session", "device")
        .filter(pk__in=ids, status__in=claiming.SWEPT, due_at__lte=now)
        .order_by("due_at", "expires_at", "id")
    )


@dataclass(frozen=True, slots=True)
class Found:
    """What the next move of actions depends on, read at once."""

    clocks: Mapping[uuid.UUID, darkness.Clock]
    situations: Mapping[uuid.UUID, Situation | None]
    agreed: frozenset[uuid.UUID]


def advance(action: Action, now: datetime) -> None:
    """Do what is due for an action whose row is held; nothing when nothing is due."""
    _advance_all([action], now)


def _advance_all(actions: Sequence[Action], now: datetime) -> None:
    """Do what is due for actions whose rows are held; no two of them of one person."""
    ids = [action.pk for action in actions]
    LIVE_CHALLENGES.lay_out(ids)
    OPEN_ESCALATIONS.lay_out(ids)
    OPEN_CASES.lay_out(ids)
    for action in actions:
        if action.status == Status.PENDING and _past(action.challenge_ends_at, now):
            moves.expire_challenge(action, now)
    clocks = darkness.clocks_of(actions, now)
    tried = [action for action in actions if _tries(action, clocks[action.pk], now)]
    found = _find(tried, now, clocks)
    for action in actions:
        take_what_is_due(action, now, found)


def _tries(action: Action, clock: darkness.Clock, now: datetime) -> bool:
    """Whether a step of the ladder is due, and nothing that goes before it."""
    over = _past(action.expires_at, now) or clock.passed(now)
    if action.status not in TRIED or over or not _past(action.next_attempt_at, now):
        return False
    return action.status != Status.FALLBACK or due_now(action, now) is not None


def _find(
    actions: Sequence[Action], now: datetime, clocks: Mapping[uuid.UUID, darkness.Clock]
) -> Found:
    situations = reassess_many(actions, now)
    there = [(action, situations[action.pk]) for action in actions]
    known = [(action, situation) for action, situation in there if situation is not None]
    return Found(clocks, situations, agreements(known, now))


def take_what_is_due(action: Action, now: datetime, found: Found) -> None:
    """The one move that an action's clocks call for, by what was read about it."""
    clock = found.clocks[action.pk]
    if action.status in WAITING and _past(action.expires_at, now):
        _pass_window(action, now)
    elif clock.passed(now):
        darkness.exceed(action, now)
    elif action.status == Status.COMMITTED:
        pass_deadline(action, now)
    elif _tries(action, clock, now):
        _try(action, now, found)
    elif action.status in WAITING and _past(action.due_at, now):
        amend(
            action,
            due_at=moves.due_of(
                action.expires_at, action.next_attempt_at, action.challenge_ends_at
            ),
        )
    darkness.watch(action, clock)


def _past(moment: datetime | None, now: datetime) -> bool:
    return moment is not None and now >= moment


def _pass_window(action: Action, now: datetime) -> None:
    """The present window is over: the safe next step with its own deadline, then the end (Q4)."""
    last = action.window == Window.LAST or action.status in (Status.BLOCKED, Status.REVIEW)
    if last:
        moves.end(action, "action.expired", now, "window_passed")
    else:
        moves.go_on(action, now, moves.WINDOW_PASSED)


def try_again(action: Action, now: datetime) -> None:
    """A step of the ladder is due, or the person came back before it: decide anew, and ask, wait
    on, or take the step that policy names."""
    if action.status == Status.FALLBACK and due_now(action, now) is None:
        return
    _try(action, now, _find([action], now, {}))


def _try(action: Action, now: datetime, found: Found) -> None:
    taken = due_now(action, now)
    situation = found.situations[action.pk]
    if situation is None:
        moves.end(action, "action.cancelled", now, "account_closed")
        return
    outcome = situation.decision.outcome
    opens = opens_at(action.subject, situation.decision.obligations, now)
    if outcome == Outcome.BLOCK:
        moves.block(action, situation, now)
    elif opens is not None and not (taken is not None and taken.step.kind in FINAL):
        hold_until_open(action, situation, opens, now)
    elif action.pk in found.agreed:
        also = [("resume.completed", AGREED)]
        approve(action, situation, now, reason=AGREED, also=also)
    elif outcome in NO_NEW_PROOF:
        approve(action, situation, now, reason=NO_PROOF)
    elif taken is not None and taken.step.kind is Kind.SUPPORT:
        moves.open_review(action, now, moves.LADDER)
    elif taken is not None and taken.step.kind is Kind.STEP_UP:
        step = taken.step
        moves.select_fallback(
            action, now, moves.LADDER, situation=situation, step=step, taken=taken
        )
    elif outcome == Outcome.FALLBACK:
        moves.select_fallback(
            action, now, situation.availability.reasons[0].value, situation=situation
        )
    else:
        if taken is not None and taken.step.kind is Kind.NOTIFY:
            tell_by_backup(action, situation, taken.step, now)
        if outcome == Outcome.CHALLENGE:
            again = taken is not None and action.status == Status.DELAYED
            why = "asked_again" if again else "came_back"
            moves.issue(action, situation, now, why, taken=taken)
        elif _worth_a_silent_try(situation):
            moves.issue(action, situation, now, "asked_again", taken=taken)
        else:
            moves.reschedule(action, situation, now, taken)


def _worth_a_silent_try(situation: Situation) -> bool:
    """Nobody is disturbed by asking somebody who may be there: not quiet, and not cut off."""
    availability = situation.availability
    return availability.state == State.DELAYED and not availability.quiet
