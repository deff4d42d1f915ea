"""Afterwards: what was done first by consent is confirmed, refused, or met with silence (D2).

Whoever comes first takes the action's row and settles it: the person by a proof, the person by a
refusal, or the sweep at the deadline. A refusal and silence lead where policy says: the effect is
undone, or the security staff look at it; where it cannot be undone, they do as well.
"""

from __future__ import annotations

import logging
import uuid
from datetime import datetime
from typing import Any

from django.db import transaction

from config.lifecycle import read_clock, transition, write_gathered
from fallbacks.challenges import Proof
from fallbacks.errors import FactorNotPermitted
from fallbacks.escalations import close_escalation, is_escalated, open_escalation
from fallbacks.factors import held
from fallbacks.models.people import Verdict
from identity.actions.committing import REVERSE_HANDLERS, opened
from identity.actions.ending import report_misuse
from identity.actions.evidence import keep_evidence
from identity.actions.moves import locked, obligations_of, withdraw_challenge
from identity.credentials import fingerprint_of
from identity.errors import ActionClosed, NotFound, ProofOutdated, TooLateToConfirm
from identity.models import ACTION_MACHINE, Action, ActionType, Delivery, Event, Session, User
from identity.models.actions import REVERSAL_UNDER_WAY, WITH_SECURITY
from identity.states import Status
from identity.webhooks.outbox import tell_application

logger = logging.getLogger("holdfast.afterwards")

SILENCE = "no_answer"
"""Why it is undone: nobody confirmed it in time. Never counted against the person."""
CONFIRMED, UNCONFIRMED = "action.confirmed", "action.unconfirmed"
REVERSED, SETTLED = "action.reversed", "action.settled"


def confirm_action(action_id: uuid.UUID, user: User, session: Session, proof: Proof) -> Action:
    """The person proved who they are and confirms what was done: now it stands.

    The deadline was compared with the database's clock before the code was looked at, and is
    again under the row's lock; too late, the action goes where silence leads.

    Raises ActionClosed, TooLateToConfirm, ProofOutdated, FactorNotPermitted.
    """
    with transaction.atomic():
        row = locked(action_id)
        now = read_clock()
        if row is None or not row.to_confirm:
            raise ActionClosed
        if timely := in_time(row, now):
            _confirm(row, user, session, proof, now)
    if not timely:
        let_pass(action_id)
        raise TooLateToConfirm
    return row


def refuse_action(
    action_id: uuid.UUID, *, user: User, session: Session, not_me: bool = False
) -> Action:
    """ "That was not what I wanted", or with `not_me` "I did not ask for that": it is undone.

    Needs no proof: undoing gives nobody anything. Misuse is reported as for a waiting action.
    Raises NotFound, ActionClosed.
    """
    with transaction.atomic():
        action = locked(action_id)
        if action is None or action.subject_id != user.pk:
            raise NotFound
        if not action.to_confirm:
            raise ActionClosed
        now = read_clock()
        if not in_time(action, now):
            pass_deadline(action, now)
        else:
            _undo(action, now, "not_me" if not_me else "refused", user.username)
        if not_me:
            report_misuse(action, user, session, now)
        return action


def pass_deadline(action: Action, now: datetime) -> None:
    """Nobody confirmed in time: do what policy says about silence. The row is held."""
    if action.to_confirm and not in_time(action, now):
        _undo(action, now, SILENCE)


def reversal_acknowledged(action: Action, now: datetime) -> None:
    """The application undid the effect: `reversed`, for the reason that was given then."""
    if action.status != Status.COMMITTED or action.reason not in (
        REVERSAL_UNDER_WAY,
        WITH_SECURITY,
    ):
        return
    if action.reason == WITH_SECURITY:
        close_escalation(action.pk, now)
    told = Event.objects.filter(action_id=action.pk, name=UNCONFIRMED).last()
    _settle(action, REVERSED, now, told.reason if told is not None else SILENCE)


def reversal_abandoned(action: Action, now: datetime) -> None:
    """The application could not be told: people have to see to it."""
    if action.status == Status.COMMITTED and action.reason == REVERSAL_UNDER_WAY:
        _put_to_security(action, "escalation.triggered", now, "not_undone")


def apply_verdict(action: Action, verdict: str, now: datetime, actor: str) -> None:
    """The security staff decided about what was not confirmed.

    Let go, it stands. Refused, it is undone where that was not tried yet; else it stays as it is,
    with the refusal on record. Raises ActionClosed for a hold: there is nothing to hold any more.
    """
    if action.reason != WITH_SECURITY:
        return
    if verdict == Verdict.HOLD:
        raise ActionClosed
    refused = verdict == Verdict.DENY
    tried = Delivery.objects.filter(action_id=action.pk, type=REVERSED).exists()
    if refused and not tried and can_be_undone(action):
        _reverse(action, now, "refused_by_security", actor)
    else:
        reason = "refused_by_security" if refused else "accepted_by_security"
        _settle(action, SETTLED, now, reason, actor)


def can_be_undone(action: Action) -> bool:
    """Whether there is somebody to undo the effect: our own handler, or the application."""
    if action.type.reversibility != ActionType.Reversibility.REVERSIBLE:
        return False
    if action.type.handler:
        return action.type.handler in REVERSE_HANDLERS
    return bool(action.application.webhook_url)


def in_time(action: Action, now: datetime) -> bool:
    """Whether what was done can still be confirmed or refused."""
    return action.confirm_by is not None and now < action.confirm_by


def let_pass(action_id: uuid.UUID) -> None:
    """The deadline is checked at use: do now what the sweep would do."""
    with transaction.atomic():
        row = locked(action_id)
        if row is not None:
            pass_deadline(row, read_clock())


def _confirm(action: Action, user: User, session: Session, proof: Proof, now: datetime) -> None:
    age = (now - proof.verified_at).total_seconds()
    if not obligations_of(action).satisfied_by(proof.aal, proof.factor, age):
        raise FactorNotPermitted(factor=proof.factor)
    credentials = fingerprint_of(user.password, proof.marks)
    if credentials != fingerprint_of(action.subject.password, held(user.pk).marks):
        raise ProofOutdated
    keep_evidence(proof, action, session, credentials)
    _settle(action, CONFIRMED, now, "confirmed", user.username)


def _undo(action: Action, now: datetime, why: str, actor: str = "") -> None:
    """A refusal or silence, the row held: undo it, or put it to the security staff."""
    if obligations_of(action).on_silence == "escalate":
        _put_to_security(action, UNCONFIRMED, now, why, actor, because="not_confirmed")
    elif not can_be_undone(action):
        _put_to_security(action, UNCONFIRMED, now, why, actor, because="cannot_be_undone")
    else:
        _reverse(action, now, why, actor)


def _reverse(action: Action, now: datetime, why: str, actor: str) -> None:
    """Undo it here, or tell the application to: its acknowledgement makes it `reversed`."""
    if not action.type.handler:
        _move(action, UNCONFIRMED, now, why, actor, reason=REVERSAL_UNDER_WAY)
        tell_application(action, REVERSED, now)
        return
    write_gathered()  # a handler may read anything
    try:
        with transaction.atomic():
            REVERSE_HANDLERS[action.type.handler](action, opened(action))
    except Exception:
        # Whatever broke, the effect stands: nobody may read that it was undone.
        logger.exception("could not undo %s", action.pk)
        _put_to_security(action, UNCONFIRMED, now, why, actor, because="not_undone")
        return
    _move(action, UNCONFIRMED, now, why, actor, reason=why)
    _settle(action, REVERSED, now, why, actor)
    tell_application(action, REVERSED, now)


def _put_to_security(
    action: Action, event: str, now: datetime, why: str, actor: str = "", *, because: str = ""
) -> None:
    """`event` with its `why`, and that the security staff are asked, `because`."""
    if not is_escalated(action.pk):
        open_escalation(
            action.pk,
            action.subject_id,
            queue="security",
            reasons=list(action.reasons),
            facts=action.facts,
            now=now,
        )
    also = [("escalation.triggered", because)] if because else []
    _move(action, event, now, why, actor, reason=WITH_SECURITY, also=also)
    tell_application(action, "action.escalated", now)


def _settle(action: Action, event: str, now: datetime, reason: str, actor: str = "") -> None:
    """It is over: nothing needs the payload any more."""
    _move(action, event, now, reason, actor, reason=reason, sealed_payload=b"")


def _move(
    action: Action,
    event: str,
    now: datetime,
    why: str,
    actor: str = "",
    *,
    also: list[tuple[str, str]] | None = None,
    **changes: Any,
) -> None:
    """One transition of what was done; the deadline is settled with it, whatever comes, and a
    question that is still open counts no more."""
    withdraw_challenge(action, now)
    transition(
        action,
        event,
        ACTION_MACHINE,
        at=now,
        reason=why,
        actor=actor,
        also=also or (),
        changes={**changes, "confirm_by": None, "due_at": None, "updated_at": now},
    )
