"""`answer_challenge`: the person is here and proves who they are; the action goes on."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from django.db import transaction

from config.lifecycle import read_clock
from fallbacks.challenges import (
    Proof,
    announce_miss,
    end_challenge,
    issue_challenge,
    live_challenge,
    needs_challenge,
    verify,
)
from fallbacks.errors import WrongCode
from fallbacks.factors import FACTORS
from identity.actions.committing import NO_PROOF, approve
from identity.actions.confirming import confirm_action
from identity.actions.evidence import keep_evidence
from identity.actions.moves import (
    block,
    locked,
    obligations_of,
    select_fallback,
    withdraw_challenge,
)
from identity.actions.proving import open_to_proof, passed
from identity.actions.situation import Situation, reassess
from identity.credentials import fingerprint_of
from identity.errors import ActionClosed, RevokedDevice, RevokedSession
from identity.models import (
    Action,
    DeviceStatus,
    Session,
    SessionStatus,
    User,
)
from identity.notices import notify_security
from identity.policy.decision import Aal, Outcome
from identity.states import USER_CAN_FINISH, Status


def answer_challenge(
    action_id: uuid.UUID, *, user: User, session: Session, factor: str, code: object
) -> Action:
    """Verify `code` for the action and, if policy is still content, approve it; confirm it, where
    it was done first.

    The guess is counted and the code spent before anything else (each by its own write); then
    one transaction takes the action's row, decides anew with the new proof (D10) and moves it.
    A proof whose credentials were changed meanwhile counts for nothing. Where the new decision
    asks for something else, the returned action says so; where it may not happen at this hour,
    the action is held until it may.

    Raises NotFound, ActionClosed, TooLateToConfirm, WindowClosed (nothing is counted), what
    `fallbacks.challenges.verify` raises, and ProofOutdated for what was to be confirmed.
    """
    action, now = open_to_proof(action_id, user)
    permitted = obligations_of(action).permitted_factors
    try:
        challenge = live_challenge(action_id) if needs_challenge(factor) else None
        proof = verify(user.pk, factor, code, permitted=permitted, now=now, challenge=challenge)
    except WrongCode:
        with transaction.atomic():
            announce_miss(action_id, user.pk, factor, now)
        raise
    if action.to_confirm:
        return confirm_action(action_id, user, session, proof)
    with transaction.atomic():
        return _finish(action_id, user, session, proof)


def _finish(action_id: uuid.UUID, user: User, session: Session, proof: Proof) -> Action:
    action = locked(action_id)
    now = read_clock()
    # The sweep or another tab may have been here while the code was checked.
    if action is None or action.status not in USER_CAN_FINISH or passed(action, now):
        raise ActionClosed
    origin, device = action.session, action.device
    if origin is not None and origin.status != SessionStatus.ACTIVE:
        raise RevokedSession
    if device is not None and device.status != DeviceStatus.ACTIVE:
        raise RevokedDevice
    credentials = fingerprint_of(user.password, proof.marks)
    keep_evidence(proof, action, session, credentials)
    if FACTORS[proof.factor].recovery_only or proof.aal < Aal.TWO:
        notify_security(user, "fallback_used", {"factor": proof.factor}, session=session)
    situation = reassess(action, now)
    if situation is None:
        raise ActionClosed
    if situation.decision.outcome == Outcome.BLOCK:
        block(action, situation, now)
    elif situation.credentials == credentials and _satisfied(situation, proof, now):
        _answer(action, proof, now)
        _learn_usual(action)
        returned = action.status != Status.PENDING or action.reason != "asked"
        approve(
            action,
            situation,
            now,
            reason="proved" if _enough(situation, proof, now) else NO_PROOF,
            actor=user.username,
            also=[("resume.completed", "came_back")] if returned else (),
        )
    elif action.status != Status.FALLBACK:
        select_fallback(action, now, "stronger_proof_needed", situation=situation)
    return action


def _satisfied(situation: Situation, proof: Proof, now: datetime) -> bool:
    return not situation.decision.needs_new_proof or _enough(situation, proof, now)


def _enough(situation: Situation, proof: Proof, now: datetime) -> bool:
    """Whether the proof would do by itself. One that would not, where none was needed, leaves the
    action to be confirmed afterwards."""
    age = (now - proof.verified_at).total_seconds()
    return situation.decision.obligations.satisfied_by(proof.aal, proof.factor, age)


def _learn_usual(action: Action) -> None:
    """The person vouched for this request, so where it came from is usual for them now (D6)."""
    seen = {"usual_network": action.network, "usual_country": action.country}
    known = {name: value for name, value in seen.items() if value}
    if known:
        User.objects.filter(pk=action.subject_id).update(**known)


def _answer(action: Action, proof: Proof, now: datetime) -> None:
    """End the live challenge as answered; without one, the person came by themselves and the
    challenge is minted and answered in the same breath. A match that belonged to a challenge has
    ended it already."""
    live = live_challenge(action.pk)
    if live is not None and live.factor == proof.factor and live.expires_at > now:
        end_challenge(live, "challenge.answered", now)
        return
    if live is not None:
        withdraw_challenge(action, now)
    if needs_challenge(proof.factor):
        return  # its own one ended with the match
    fresh = issue_challenge(
        action.pk, action.subject_id, proof.factor, now, timedelta(minutes=1), ask=False
    )
    end_challenge(fresh, "challenge.answered", now)
