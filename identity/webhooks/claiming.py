"""What is due, taken fairly: no endpoint gets all the hands, however much is due for it."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F
from standardwebhooks import Webhook

from config.lifecycle import fetch, read_clock, transition
from identity.actions.committing import opened
from identity.actions.moves import obligations_of
from identity.actions.opening import WINDOW_CLOSED, opens_at
from identity.models import Delivery, Endpoint, EndpointStatus
from identity.states import Status
from identity.webhooks.endpoints import held_until, signing_secrets
from identity.webhooks.settling import COMMIT, DELIVERY_MACHINE, WITH_PAYLOAD, abandon
from identity.webhooks.wire import Answer, Letter

LEASE = timedelta(seconds=30)
"""Longer than the longest try, so nobody else sends what is on its way."""
PER_ENDPOINT = 4
"""Messages on their way to one application from one process, if its last try got an answer."""
SLOTS = 256
"""Messages on their way from one process: each is a socket and no thread."""
STRANGER_SLOTS = 192
"""Of these, for all endpoints whose last try got no answer, or which were never tried: those that
answer never wait for them."""
ENDPOINT_GONE = "endpoint_gone"

_DUE = """
SELECT d.id, a.id
FROM identity_application a
LEFT JOIN unnest(%(known)s::bigint[], %(rooms)s::int[]) AS k(id, room) ON k.id = a.id
CROSS JOIN LATERAL (
    SELECT id, next_attempt_at FROM identity_delivery
    WHERE application_id = a.id AND status = 'pending' AND next_attempt_at <= %(now)s
    ORDER BY next_attempt_at LIMIT coalesce(k.room, %(room)s)
    FOR UPDATE SKIP LOCKED
) d
ORDER BY d.next_attempt_at
"""


@dataclass(frozen=True, slots=True)
class Room:
    """What a process still has hands for."""

    rooms: Mapping[int, int] = field(default_factory=dict)
    """For how many messages, by application."""
    other: int = PER_ENDPOINT
    """The same for an application that is not in `rooms`."""
    free: int = SLOTS
    well: Collection[int] = ()
    """Applications whose last try got an answer."""
    strangers_free: int = SLOTS
    """For how many messages to all the others together."""


EMPTY_HANDS = Room()


def claim(room: Room = EMPTY_HANDS) -> list[Delivery]:
    """Take due rows, the first of every endpoint before the second of any, and count the try
    before it is made (F34).

    A commit outside the hours that policy allows is held until they begin, a message to an
    endpoint that is gone until its time is over; no try is counted then.
    """
    with transaction.atomic():
        now = read_clock()
        found = fetch(
            _DUE,
            {
                "known": list(room.rooms),
                "rooms": list(room.rooms.values()),
                "room": room.other,
                "now": now,
            },
        )
        chosen = _in_turn(found, room)
        if not chosen:
            return []
        rows = Delivery.objects.select_related(
            "application__endpoint", "action__type", "action__subject__preference"
        ).in_bulk(chosen)
        ids = [pk for pk in chosen if not _held(rows[pk], now)]
        Delivery.objects.filter(pk__in=ids).update(
            next_attempt_at=now + LEASE, attempts=F("attempts") + 1, version=F("version") + 1
        )
    for pk in ids:
        rows[pk].next_attempt_at = now + LEASE
        rows[pk].attempts += 1
        rows[pk].version += 1
    return [rows[pk] for pk in ids]


def _in_turn(found: list[tuple[Any, ...]], room: Room) -> list[str]:
    """The rows that there are hands for: everybody's first, then everybody's second."""
    ranked: list[tuple[int, int, str, int]] = []
    so_far: dict[int, int] = {}
    for place, (pk, application) in enumerate(found):
        so_far[application] = so_far.get(application, 0) + 1
        ranked.append((so_far[application], place, pk, application))
    chosen: list[str] = []
    strangers_free = room.strangers_free
    for _, _, pk, application in sorted(ranked):
        if len(chosen) >= room.free:
            break
        if application not in room.well:
            if strangers_free <= 0:
                continue
            strangers_free -= 1
        chosen.append(pk)
    return chosen


def endpoint_in(delivery: Delivery) -> Endpoint | None:
    """The row of the delivery's endpoint, which `claim` has read; None where there is none."""
    return getattr(delivery.application, "endpoint", None)


def _held(delivery: Delivery, now: datetime) -> bool:
    """Whether it has to wait: for a closed endpoint, or for the hours in which the application may
    carry it out."""
    endpoint = endpoint_in(delivery)
    if endpoint is not None and endpoint.status == EndpointStatus.GONE:
        if now >= held_until(delivery):
            abandon(delivery, Answer(None, ENDPOINT_GONE), now)
        else:
            _hold(delivery, ENDPOINT_GONE, held_until(delivery), now)
        return True
    action = delivery.action
    if delivery.type != COMMIT or action.status != Status.APPROVED:
        return False
    opens = opens_at(action.subject, obligations_of(action), now)
    if opens is None:
        return False
    _hold(delivery, WINDOW_CLOSED, opens, now)
    return True


def _hold(delivery: Delivery, reason: str, until: datetime, now: datetime) -> None:
    transition(
        delivery,
        "delivery.held",
        DELIVERY_MACHINE,
        at=now,
        reason=reason,
        changes={"next_attempt_at": until},
    )


def make_ready(delivery: Delivery) -> Letter:
    """The message as it goes out, signed now. Raises CannotOpen.

    While a secret is being changed it carries a signature by each (Standard Webhooks).
    """
    data: dict[str, Any] = dict(delivery.data)
    if delivery.type in WITH_PAYLOAD and not delivery.action.type.handler:
        data["payload"] = opened(delivery.action)
    body = json.dumps(
        {"type": delivery.type, "timestamp": delivery.created_at.isoformat(), "data": data},
        separators=(",", ":"),
    )
    now = read_clock()
    keys = signing_secrets(delivery.application, endpoint_in(delivery), now)
    signatures = [Webhook(key).sign(delivery.pk, now, body) for key in keys]
    return Letter(
        url=delivery.application.webhook_url,
        headers={
            "content-type": "application/json",
            "user-agent": "Holdfast-Webhooks/1",
            "webhook-id": delivery.pk,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": " ".join(signatures),
        },
        body=body.encode(),
    )
