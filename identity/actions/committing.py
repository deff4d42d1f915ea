"""Committing: the effect happens exactly once, in our transaction or by the application's word."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from types import MappingProxyType

from config.lifecycle import transition, write_gathered
from fallbacks.cases import agreed, close_case
from fallbacks.escalations import close_escalation
from identity.actions.agreeing import put_to_others
from identity.actions.deciding import decided_anew
from identity.actions.moves import (
    end,
    obligations_of,
    withdraw_challenge,
)
from identity.actions.opening import hold_until_open, opens_at
from identity.actions.situation import Situation
from identity.models import ACTION_MACHINE, Action
from identity.policy.decision import Outcome
from identity.sealing import open_payload, place_of
from identity.webhooks.outbox import tell_application

Handler = Callable[[Action, Mapping[str, str]], None]
_handlers: dict[str, Handler] = {}
_reverse_handlers: dict[str, Handler] = {}
HANDLERS: Mapping[str, Handler] = MappingProxyType(_handlers)
"""Effects that run in this process, by the name that the action type gives."""
REVERSE_HANDLERS: Mapping[str, Handler] = MappingProxyType(_reverse_handlers)
"""What undoes them, by the same name."""

NO_PROOF = "no_proof_needed"
"""Why an action was approved that rests on no proof given for it."""


def handler(name: str) -> Callable[[Handler], Handler]:
    """Register an in-process effect. It runs in the action's own transaction, so it happens
    exactly when the action is committed and not otherwise; it must not touch the network."""
    return _registered_in(_handlers, name)


def reverse_handler(name: str) -> Callable[[Handler], Handler]:
    """Register what undoes the effect of the handler `name`. It runs in the transaction that
    reverses the action; an effect without one cannot be undone here."""
    return _registered_in(_reverse_handlers, name)


def _registered_in(register: dict[str, Handler], name: str) -> Callable[[Handler], Handler]:
    def keep(function: Handler) -> Handler:
        register[name] = function
        return function

    return keep


def approve(
    action: Action,
    situation: Situation,
    now: datetime,
    *,
    reason: str,
    actor: str = "",
    also: Sequence[tuple[str, str]] = (),
) -> None:
    """The one gate before the effect: the proof, or that none is needed, is settled already.

    Outside the hours that policy allows, the action is held until they begin. Where others have
    to agree, it goes to them. Else it is `approved` and the effect set going, in one transaction.
    """
    obligations = situation.decision.obligations
    opens = opens_at(action.subject, obligations, now)
    if opens is not None:
        hold_until_open(action, situation, opens, now)
        return
    if obligations.approvals and agreed(action.pk) < obligations.approvals:
        put_to_others(action, situation, now, actor)
        return
    withdraw_challenge(action, now)
    transition(
        action,
        "action.approved",
        ACTION_MACHINE,
        at=now,
        reason=reason,
        actor=actor,
        also=also,
        changes={
            **decided_anew(action, situation),
            "reason": reason,
            "read_only": False,
            "next_attempt_at": None,
            "challenge_ends_at": None,
            "due_at": None,
            "expires_at": None,
            "updated_at": now,
        },
    )
    set_going(action, now)


def set_going(action: Action, now: datetime) -> None:
    """Run the handler and commit, or write the webhook whose acknowledgement commits."""
    name = action.type.handler
    if not name:
        tell_application(action, "action.committed", now)
        return
    write_gathered()  # a handler may read anything
    HANDLERS[name](action, opened(action))
    effect_done(action, now, "done")
    tell_application(action, "action.committed", now)


def opened(action: Action) -> dict[str, str]:
    """The payload. Raises CannotOpen."""
    place = place_of(action.pk, action.subject_id, action.application_id)
    return open_payload(action.sealed_payload, place)


def effect_done(action: Action, now: datetime, reason: str) -> None:
    """The effect happened: `committed`, for good or for the person to confirm afterwards.

    What went on by consent and rests on no proof given for it has a deadline from now on, and its
    payload is kept until that is settled: undoing it needs it.
    """
    obligations = obligations_of(action)
    if action.outcome != Outcome.PROCEED_THEN_CONFIRM or action.reason != NO_PROOF:
        end(action, "action.committed", now, reason, tell=False)
        return
    close_escalation(action.pk, now)
    close_case(action.pk, now)
    confirm_by = now + timedelta(seconds=obligations.confirm_within)
    transition(
        action,
        "action.committed",
        ACTION_MACHINE,
        at=now,
        reason=reason,
        changes={
            "reason": f"confirm_or_{obligations.on_silence}",
            "confirm_by": confirm_by,
            "due_at": confirm_by,
            "updated_at": now,
        },
    )
