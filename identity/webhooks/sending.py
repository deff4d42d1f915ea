"""Sending the outbox: claim, send outside any transaction, settle by the receiver's word.

A worker that dies between sending and settling leaves the row claimed until its lease runs out;
then it is sent again under the same `webhook-id`, and the receiver makes one effect of the two.
"""

from __future__ import annotations

import asyncio

from identity.errors import CannotOpen
from identity.models import Delivery
from identity.webhooks.claiming import EMPTY_HANDS, Room, claim, make_ready
from identity.webhooks.settling import lock_away, settle
from identity.webhooks.wire import Letter, send_all

BATCH = 20


def deliver_due(limit: int = 200) -> int:
    """Send what is due and wait for what comes of it; how many were acknowledged.

    Workers do not wait: `identity.webhooks.courier`.
    """
    good = 0
    for _ in range(0, limit, BATCH):
        taken = take(Room(other=BATCH, free=BATCH))
        if not taken:
            break
        answers = asyncio.run(send_all([letter for _, letter in taken]))
        for (delivery, _), answer in zip(taken, answers, strict=True):
            settle(delivery, answer)
            good += answer.good
    return good


def take(room: Room = EMPTY_HANDS) -> list[tuple[Delivery, Letter]]:
    """Claim what is due and make it ready; what cannot be opened is put aside until its key is
    back."""
    taken = []
    for delivery in claim(room):
        try:
            taken.append((delivery, make_ready(delivery)))
        except CannotOpen:
            lock_away(delivery)
    return taken
