"""Moving an action: every column that a move touches, worked out in one place.

Each function here runs in the caller's transaction, with the action's row locked or just made.
"""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any

from config.lifecycle import transition
from fallbacks.cases import close_case, open_case
from fallbacks.challenges import choose_factor, end_challenge, issue_challenge, live_challenge
from fallbacks.escalations import close_escalation, open_escalation
from fallbacks.ladder import Due, Kind, Step, final_step, support_follows
from identity.actions.climbing import coming_step, done_of, plan_of, preference_of, run_of
from identity.actions.deciding import decided_anew
from identity.actions.situation import Situation
from identity.models import ACTION_MACHINE, Action
from identity.models.actions import Window
from identity.policy.decision import Obligations, Outcome
from identity.states import Status
from identity.webhooks.outbox import tell_application

WINDOW_PASSED = "window_passed"
DARK = "darkness_exceeded"
LADDER = "ladder"
"""Why an action leaves its first window: it passed, the person was in the dark for too long, or the
ladder says so."""


def locked(action_id: uuid.UUID) -> Action | None:
    """The action with its row held until the transaction ends."""
    return (
        Action.objects.select_for_update(of=("self",))
        .select_related("application", "type", "session", "device", "subject")
        .filter(pk=action_id)
        .first()
    )


def obligations_of(action: Action) -> Obligations:
    """The obligations the action was given with its latest decision."""
    return Obligations.from_json(action.obligations)


def limited(seconds: int, action: Action) -> timedelta:
    """A window of policy, shortened to what the application asked for."""
    asked = action.requested_expiry
    return timedelta(seconds=min(seconds, asked) if asked else seconds)


def due_of(*moments: datetime | None) -> datetime | None:
    """The soonest moment at which the sweep must look."""
    return min((moment for moment in moments if moment is not None), default=None)


def blocked_because(situation: Situation) -> str:
    """One code for why policy stops an action."""
    if situation.anomaly:
        return "anomaly"
    if situation.availability.state.value == "escalated":
        return "escalated"
    return "high_risk" if situation.risk.band.word == "red" else "policy"


def challenge_factor(situation: Situation) -> str | None:
    """The factor a live challenge would use now."""
    return choose_factor(situation.decision.obligations.permitted_factors, situation.factors)


def issue(
    action: Action,
    situation: Situation,
    now: datetime,
    reason: str,
    *,
    taken: Due | None = None,
    factor: str | None = None,
    ask: bool = True,
) -> None:
    """Ask the person now: a new, short challenge; the action becomes `pending`.

    `taken` is the step of the ladder that this is; None where the person came by themselves. By
    `factor` if they chose one; `ask` is false where they are here and need no prompt.
    """
    factor = factor or challenge_factor(situation)
    if factor is None:
        select_fallback(action, now, "no_usable_factor", situation=situation)
        return
    obligations = situation.decision.obligations
    ttl = timedelta(seconds=obligations.challenge_ttl)
    if action.expires_at is not None:
        ttl = min(ttl, action.expires_at - now)
    challenge = issue_challenge(action.pk, action.subject_id, factor, now, ttl, ask=ask)
    ends = challenge.expires_at
    transition(
        action,
        "challenge.issued",
        ACTION_MACHINE,
        at=now,
        reason=reason,
        changes={
            **decided_anew(action, situation),
            "reason": reason,
            "read_only": False,
            "attempts": action.attempts + 1,
            **_taken(action, taken),
            "challenge_ends_at": ends,
            "next_attempt_at": None,
            "due_at": due_of(ends, action.expires_at),
            "updated_at": now,
        },
    )


def expire_challenge(action: Action, now: datetime) -> None:
    """Nobody answered in time: the action is `delayed`, with a known next try."""
    challenge = live_challenge(action.pk)
    if challenge is not None:
        end_challenge(challenge, "challenge.expired", now)
    coming = coming_step(action, obligations_of(action), None, now, preference_of(action))
    transition(
        action,
        "challenge.expired",
        ACTION_MACHINE,
        at=now,
        reason="no_answer",
        changes={
            "reason": "no_answer",
            "challenge_ends_at": None,
            **coming,
            "due_at": due_of(coming["next_attempt_at"], action.expires_at),
            "updated_at": now,
        },
    )


def _taken(action: Action, taken: Due | None) -> dict[str, Any]:
    """The column that says how far up the ladder the run is, once `taken` is done."""
    return {} if taken is None else {"ladder": run_of(plan_of(action), taken.done)}


def go_on(action: Action, now: datetime, reason: str) -> None:
    """The trying is over before the ladder says so: to the step that ends it."""
    stepped_up = action.status == Status.FALLBACK
    step = final_step(plan_of(action), done_of(action), stepped_up=stepped_up)
    if step.kind is Kind.SUPPORT:
        open_review(action, now, reason)
    else:
        select_fallback(action, now, reason, step=step)


def select_fallback(
    action: Action,
    now: datetime,
    reason: str,
    *,
    situation: Situation | None = None,
    step: Step | None = None,
    taken: Due | None = None,
) -> None:
    """Another factor is needed: one that `step` names, if it names any.

    Once the trying is over this is the last step, with its own end; where the ladder hands over to
    support afterwards, it does so when its time has come.
    """
    changes: dict[str, Any] = {"reason": reason, "updated_at": now, "read_only": False}
    if situation is not None:
        changes |= decided_anew(action, situation)
    changes |= {"next_attempt_at": None, "challenge_ends_at": None}
    if reason in (WINDOW_PASSED, DARK, LADDER):
        changes |= _last_window(action, now, reason, taken)
    if step is not None and step.names:
        kept = changes.get("obligations", action.obligations)
        changes["obligations"] = {**kept, "permitted_factors": sorted(step.names)}
        ladder = changes.get("ladder") or action.ladder or run_of(plan_of(action), done_of(action))
        changes["ladder"] = {**ladder, "only": sorted(step.names)}
    withdraw_challenge(action, now)
    ends = changes.get("expires_at", action.expires_at)
    changes["due_at"] = due_of(ends, changes["next_attempt_at"])
    transition(action, "fallback.selected", ACTION_MACHINE, at=now, reason=reason, changes=changes)


def _last_window(action: Action, now: datetime, reason: str, taken: Due | None) -> dict[str, Any]:
    """The time for another factor: another way sooner never means less time."""
    plan = plan_of(action)
    if taken is not None and support_follows(plan, taken.done):
        coming = coming_step(action, obligations_of(action), taken, now, None)
        ends = action.expires_at
        return {**coming, "expires_at": max(ends, coming["next_attempt_at"]) if ends else None}
    last = now + limited(plan.grace, action)
    if reason != WINDOW_PASSED and action.expires_at is not None:
        last = max(last, action.expires_at)
    return {"window": Window.LAST, "expires_at": last, **_taken(action, taken)}


def open_review(action: Action, now: datetime, reason: str, actor: str = "") -> None:
    """Hand the action to the support desk, with a deadline of its own."""
    within = limited(plan_of(action).grace, action)
    withdraw_challenge(action, now)
    open_case(action.pk, action.subject_id, because=reason, now=now, within=within)
    transition(
        action,
        "review.opened",
        ACTION_MACHINE,
        at=now,
        reason=reason,
        actor=actor,
        changes={
            "reason": reason,
            "window": Window.LAST,
            "expires_at": now + within,
            "next_attempt_at": None,
            "challenge_ends_at": None,
            "due_at": now + within,
            "updated_at": now,
        },
    )


def block(action: Action, situation: Situation, now: datetime) -> None:
    """Policy stops it now: put it to the security staff."""
    withdraw_challenge(action, now)
    why = blocked_because(situation)
    put_to_staff(action, situation, now)
    transition(
        action,
        "escalation.triggered",
        ACTION_MACHINE,
        at=now,
        reason=why,
        changes={
            **decided_anew(action, situation),
            "reason": why,
            "read_only": False,
            "next_attempt_at": None,
            "challenge_ends_at": None,
            "due_at": action.expires_at,
            "updated_at": now,
        },
    )
    tell_application(action, "action.blocked", now)
    tell_application(action, "action.escalated", now)


def put_to_staff(action: Action, situation: Situation, now: datetime) -> None:
    """Open the escalation of a blocked action, if its rule names somebody."""
    queue = situation.decision.obligations.escalate_to
    if queue:
        open_escalation(
            action.pk,
            action.subject_id,
            queue=queue,
            reasons=situation.reasons,
            facts=situation.facts.words(),
            now=now,
        )


def reschedule(
    action: Action, situation: Situation, now: datetime, taken: Due | None = None
) -> None:
    """Still not the moment: stay queued, until the step of the ladder after `taken`. Without one
    the step that was due stays due."""
    preference = getattr(action.subject, "preference", None)
    coming = coming_step(action, situation.decision.obligations, taken, now, preference)
    changes = {
        **decided_anew(action, situation),
        "reason": situation.availability.reasons[0].value,
        "read_only": situation.decision.outcome == Outcome.READ_ONLY,
        "attempts": action.attempts + 1,
        **coming,
        "due_at": due_of(coming["next_attempt_at"], action.expires_at),
        "updated_at": now,
    }
    event = "action.rescheduled" if action.status == Status.QUEUED else "auth.queued"
    transition(
        action, event, ACTION_MACHINE, at=now, reason=str(changes["reason"]), changes=changes
    )


def withdraw_challenge(action: Action, now: datetime) -> None:
    """The action goes another way: its live challenge counts no more."""
    challenge = live_challenge(action.pk)
    if challenge is not None:
        event = "challenge.withdrawn" if challenge.expires_at > now else "challenge.expired"
        end_challenge(challenge, event, now)


def end(
    action: Action, event: str, now: datetime, reason: str, actor: str = "", *, tell: bool = True
) -> None:
    """Take the action to a terminal state: nothing runs on, and the payload is destroyed.

    `action.failed` and `action.committed` come here too, after delivery.
    """
    withdraw_challenge(action, now)
    close_escalation(action.pk, now)
    close_case(action.pk, now)
    transition(
        action,
        event,
        ACTION_MACHINE,
        at=now,
        reason=reason,
        actor=actor,
        changes={
            "reason": reason,
            "sealed_payload": b"",
            "read_only": False,
            "next_attempt_at": None,
            "challenge_ends_at": None,
            "due_at": None,
            "expires_at": None,
            "updated_at": now,
        },
    )
    if tell:
        tell_application(action, event, now)
