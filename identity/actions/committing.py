"""Committing: the effect happens exactly once, in our transaction or by the application's word."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType

from config.lifecycle import transition
from identity.actions.moves import end, withdraw_challenge
from identity.models import ACTION_MACHINE, Action
from identity.sealing import open_payload, place_of
from identity.webhooks.outbox import tell_application

Handler = Callable[[Action, Mapping[str, str]], None]
_handlers: dict[str, Handler] = {}
HANDLERS: Mapping[str, Handler] = MappingProxyType(_handlers)
"""Effects that run in this process, by the name that the action type gives."""


def handler(name: str) -> Callable[[Handler], Handler]:
    """Register an in-process effect. It runs in the action's own transaction, so it happens
    exactly when the action is committed and not otherwise; it must not touch the network."""

    def register(function: Handler) -> Handler:
        _handlers[name] = function
        return function

    return register


def approve(
    action: Action,
    now: datetime,
    *,
    reason: str,
    actor: str = "",
    also: Sequence[tuple[str, str]] = (),
    changes: Mapping[str, object] | None = None,
) -> None:
    """The proof is sufficient: move to `approved` and set the effect going, in one transaction."""
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
            **(changes or {}),
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
    place = place_of(action.pk, action.subject_id, action.application_id)
    HANDLERS[name](action, open_payload(action.sealed_payload, place))
    end(action, "action.committed", now, "done")
