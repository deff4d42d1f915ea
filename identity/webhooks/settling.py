"""What came of a try, written down: the receiver's word settles the message, and the action."""

from __future__ import annotations

import logging
import random
from datetime import datetime, timedelta

from django.db import transaction

from config.lifecycle import StateMachine, Superseded, bounded, read_clock, transition
from identity.actions.committing import effect_done
from identity.actions.confirming import reversal_abandoned, reversal_acknowledged
from identity.actions.moves import end, locked
from identity.errors import ActionClosed, NotFound
from identity.models import Action, Delivery, User
from identity.states import Status
from identity.webhooks.backoff import asked_wait, next_try
from identity.webhooks.endpoints import close_endpoint, reopen_for
from identity.webhooks.wire import Answer

logger = logging.getLogger("holdfast.webhooks")

DELIVERY_MACHINE = StateMachine(
    "delivery",
    {
        ("pending", "delivery.acknowledged"): "delivered",
        ("pending", "delivery.abandoned"): "abandoned",
        ("abandoned", "delivery.resent"): "pending",
        ("pending", "delivery.held"): "pending",
        ("pending", "delivery.locked"): "pending",
    },
)
COMMIT = "action.committed"
REVERSE = "action.reversed"
WITH_PAYLOAD = frozenset({COMMIT, REVERSE})
"""What an application carries out itself: it needs to know with what."""
GONE = 410
LOCKED = "cannot_open"
SETTLED_WITHIN = timedelta(seconds=15)
"""A worker that stops for longer while it writes an answer down writes nothing (F38): the message
is sent again, and the receiver knows it by its id."""
KEY_WAIT = timedelta(seconds=60)
"""How soon what cannot be opened is looked at again: the key may be back."""

_spread = random.SystemRandom()


def settle(delivery: Delivery, answer: Answer) -> None:
    """Write down what came of a try; the first good answer of a commit or a reversal settles the
    action."""
    try:
        with bounded(SETTLED_WITHIN):
            now = read_clock()
            if answer.good:
                _acknowledge(delivery, answer, now)
                return
            asked = asked_wait(answer.retry_after, now) if answer.retry_after else None
            chance = _spread.random()
            again = next_try(
                delivery.attempts, delivery.created_at, now, asked=asked, chance=chance
            )
            if answer.status == GONE:
                # The endpoint's row is taken before a message's, here as where it is opened.
                close_endpoint(delivery.application_id, now)
            if answer.status == GONE or again is None:
                abandon(delivery, answer, now)
            else:
                Delivery.objects.filter(pk=delivery.pk, version=delivery.version).update(
                    next_attempt_at=again, last_answer=answer.code
                )
    except Superseded:
        # The lease ran out while we waited, and another worker settled it first.
        return


def lock_away(delivery: Delivery) -> None:
    """It cannot be opened: its key is missing. It waits for the key, and no try is counted."""
    with transaction.atomic():
        now = read_clock()
        changes = {"next_attempt_at": now + KEY_WAIT, "attempts": max(0, delivery.attempts - 1)}
        if delivery.last_answer == LOCKED:
            Delivery.objects.filter(pk=delivery.pk, version=delivery.version).update(**changes)
            return
        logger.critical("message %s cannot be opened: a sealing key is missing", delivery.pk)
        try:
            transition(
                delivery,
                "delivery.locked",
                DELIVERY_MACHINE,
                at=now,
                reason=LOCKED,
                changes={**changes, "last_answer": LOCKED},
            )
        except Superseded:
            return


def _acknowledge(delivery: Delivery, answer: Answer, now: datetime) -> None:
    transition(
        delivery,
        "delivery.acknowledged",
        DELIVERY_MACHINE,
        at=now,
        reason=answer.code,
        changes={"delivered_at": now, "next_attempt_at": None, "last_answer": answer.code},
    )
    if delivery.type not in WITH_PAYLOAD:
        return
    action = locked(delivery.action_id)
    if action is not None and delivery.type == REVERSE:
        reversal_acknowledged(action, now)
    elif action is not None and action.status == Status.APPROVED:
        effect_done(action, now, "acknowledged")


def abandon(delivery: Delivery, answer: Answer, now: datetime) -> None:
    """Give a message up, and what hung on it. Raises Superseded."""
    transition(
        delivery,
        "delivery.abandoned",
        DELIVERY_MACHINE,
        at=now,
        reason=answer.code,
        changes={"next_attempt_at": None, "last_answer": answer.code},
    )
    if delivery.type not in WITH_PAYLOAD:
        return
    action = locked(delivery.action_id)
    if action is not None and delivery.type == REVERSE:
        reversal_abandoned(action, now)
    elif action is not None and action.status == Status.APPROVED:
        gone = answer.status is not None
        end(action, "action.failed", now, "receiver_refused" if gone else "receiver_unreachable")


def send_again(delivery_id: str, actor: User) -> None:
    """Put a message that was given up back into the outbox, under the same id; an address that
    was closed is called again.

    Raises NotFound, IllegalTransition, and ActionClosed for a commit, whose payload is destroyed
    and whose person was told that it did not go through, and for a reversal that is settled.
    """
    with transaction.atomic():
        known = Delivery.objects.filter(pk=delivery_id).values_list("application_id", flat=True)
        if not known:
            raise NotFound
        now = read_clock()
        reopen_for(known[0], now, actor)
        rows = Delivery.objects.select_for_update(of=("self",)).select_related("action__type")
        delivery = rows.get(pk=delivery_id)
        if delivery.type == COMMIT or (delivery.type == REVERSE and _settled(delivery.action)):
            raise ActionClosed
        transition(
            delivery,
            "delivery.resent",
            DELIVERY_MACHINE,
            at=now,
            actor=actor.username,
            changes={"next_attempt_at": now, "attempts": 0},
        )


def _settled(action: Action) -> bool:
    return not action.type.handler and not action.unsettled
