"""The steps of a change of factors: begun, proved for this very change, done (F10, F12).

A module that has a factor of its own to enrol does its work between `prove_change` and
`finish_change`, in the transaction of the latter; who may begin is decided above
(`identity.factor_changes`).
"""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import transaction

from config.lifecycle import DomainEvent, StateMachine, announce, transition
from fallbacks.challenges import Proof
from fallbacks.errors import ChangeOver, ProofNeeded
from fallbacks.factors.limits import CHANGE, STEP_UP
from fallbacks.machines import CHANGE_EDGES, ChangeStatus
from fallbacks.models import FactorChange

CHANGE_MACHINE = StateMachine("factor_change", CHANGE_EDGES)
OPEN = (ChangeStatus.BEGUN, ChangeStatus.PROVED)
ENOUGH = 2
"""The assurance a change needs, whatever it is (NIST SP 800-63B-4 §4.1.2: at the level that the
account can reach without the change)."""
PASSWORD = "password"  # noqa: S105
"""What proves the first factor: the password just given, since there is nothing better."""

DONE_BY = {
    FactorChange.Kind.ENROL: "factor.enrolled",
    FactorChange.Kind.REPLACE: "factor.replaced",
    FactorChange.Kind.REMOVE: "factor.removed",
}


def begin_change(
    user_id: int,
    session_id: uuid.UUID,
    *,
    factor: str,
    kind: FactorChange.Kind,
    credential: str = "",
    name: str = "",
    now: datetime,
) -> FactorChange:
    """A new change of this person from this session; one that is still open gives way to it."""
    for other in FactorChange.objects.filter(subject_id=user_id, status__in=OPEN):
        end_change(other, now)
    change = FactorChange.objects.create(
        subject_id=user_id,
        session_id=session_id,
        factor=factor,
        kind=kind,
        credential=credential,
        name=name,
        begun_at=now,
        expires_at=now + CHANGE.span,
    )
    announce(
        DomainEvent(
            name="factor.change_begun",
            kind=CHANGE_MACHINE.kind,
            object_id=str(change.pk),
            at=now,
            to_state=change.status,
            reason=kind,
            **change.event_context(),
        )
    )
    return change


def find_change(
    change_id: uuid.UUID, user_id: int, session_id: uuid.UUID, now: datetime
) -> FactorChange:
    """The person's own open change, begun in this session and not over at `now` (F11).

    Raises ChangeOver.
    """
    own = FactorChange.objects.filter(pk=change_id, subject_id=user_id, session_id=session_id)
    change = own.filter(status__in=OPEN).first()
    if change is None:
        raise ChangeOver
    if now >= change.expires_at:
        with transaction.atomic():
            transition(change, "factor.change_expired", CHANGE_MACHINE, at=now)
        raise ChangeOver
    return change


def end_change(change: FactorChange, now: datetime) -> None:
    """Give up an open change."""
    event = "factor.change_withdrawn" if now < change.expires_at else "factor.change_expired"
    transition(change, event, CHANGE_MACHINE, at=now)


def prove_change(change: FactorChange, proof: Proof, now: datetime) -> None:
    """Note the proof given for this very change. Raises ProofNeeded when it is not enough."""
    if proof.factor != PASSWORD and proof.aal < ENOUGH:
        raise ProofNeeded
    change.proved_with = proof.factor
    transition(
        change,
        "factor.change_proved",
        CHANGE_MACHINE,
        at=now,
        changes={
            "proved_at": proof.verified_at,
            "proved_with": proof.factor,
            "expires_at": proof.verified_at + STEP_UP.span,
        },
    )


def finish_change(change: FactorChange, now: datetime) -> None:
    """Let the change be done, in the caller's transaction with whatever it does.

    Raises ProofNeeded where no proof was given for it, ChangeOver when the proof is too old or
    the change is done already, Superseded when somebody else was faster.
    """
    if change.status == ChangeStatus.BEGUN or change.proved_at is None:
        raise ProofNeeded
    if change.status != ChangeStatus.PROVED or now >= change.expires_at:
        raise ChangeOver
    event = DONE_BY[FactorChange.Kind(change.kind)]
    transition(change, event, CHANGE_MACHINE, at=now, reason=change.factor)
