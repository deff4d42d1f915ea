"""Sending the outbox: claim, send outside any transaction, settle by the receiver's word.

A worker that dies between sending and settling leaves the row claimed until its lease runs out;
then it is sent again under the same `webhook-id`, and the receiver makes one effect of the two.
"""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import httpx
from django.conf import settings
from django.db import transaction
from django.db.models import F
from standardwebhooks import Webhook

from config.lifecycle import StateMachine, Superseded, read_clock, transition
from fallbacks.channels.address import AddressRefused, pin
from identity.actions.committing import effect_done, opened
from identity.actions.confirming import reversal_abandoned, reversal_acknowledged
from identity.actions.moves import end, locked, obligations_of
from identity.actions.opening import WINDOW_CLOSED, opens_at
from identity.errors import ActionClosed, CannotOpen, NotFound
from identity.models import Action, Application, Delivery, DeliveryStatus, User
from identity.sealing import unseal
from identity.states import Status

DELIVERY_MACHINE = StateMachine(
    "delivery",
    {
        ("pending", "delivery.acknowledged"): "delivered",
        ("pending", "delivery.abandoned"): "abandoned",
        ("abandoned", "delivery.resent"): "pending",
        ("pending", "delivery.held"): "pending",
    },
)
LEASE = timedelta(seconds=30)
"""Longer than the longest try, so nobody else sends what is on its way."""
TIMEOUT = 10.0
"""Seconds a receiver may take for the whole answer."""
BATCH = 20
WAITS = (5, 30, 120, 600, 3600, 4 * 3600, 12 * 3600, 24 * 3600, 30 * 3600)
"""Seconds between tries: ten tries over about three days (Q6)."""
COMMIT = "action.committed"
REVERSE = "action.reversed"
WITH_PAYLOAD = frozenset({COMMIT, REVERSE})
"""What an application carries out itself: it needs to know with what."""

_spread = random.SystemRandom()


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: an HTTP status, or a code of ours for why there was none."""

    status: int | None
    code: str

    @property
    def good(self) -> bool:
        """The receiver acknowledged. A redirect is not an acknowledgement."""
        return self.status is not None and 200 <= self.status < 300


@dataclass(frozen=True, slots=True)
class Message:
    """A delivery made ready: everything that needs the database is read before it goes out."""

    delivery: Delivery
    url: str
    headers: dict[str, str]
    body: bytes


def deliver_due(limit: int = 200) -> int:
    """Send what is due, in batches; how many were acknowledged."""
    good = 0
    for _ in range(0, limit, BATCH):
        claimed = _claim()
        if not claimed:
            break
        ready: list[Message] = []
        for delivery in claimed:
            try:
                ready.append(_make_ready(delivery))
            except CannotOpen as error:
                _settle(delivery, Answer(None, error.code))
        for message, answer in zip(ready, asyncio.run(_send_all(ready)), strict=True):
            _settle(message.delivery, answer)
            good += answer.good
    return good


def _claim() -> list[Delivery]:
    """Take a batch of due rows and count the try before it is made (F34).

    A commit outside the hours that policy allows is held until they begin, and no try is counted.
    """
    with transaction.atomic():
        now = read_clock()
        due = (
            Delivery.objects.select_for_update(of=("self",), skip_locked=True)
            .select_related("action__type", "action__subject__preference")
            .filter(status=DeliveryStatus.PENDING, next_attempt_at__lte=now)
            .order_by("next_attempt_at")[:BATCH]
        )
        ids = [delivery.pk for delivery in due if not _held(delivery, now)]
        Delivery.objects.filter(pk__in=ids).update(
            next_attempt_at=now + LEASE, attempts=F("attempts") + 1, version=F("version") + 1
        )
    rows = Delivery.objects.select_related("application", "action__type").filter(pk__in=ids)
    return list(rows.order_by("created_at"))


def _held(delivery: Delivery, now: datetime) -> bool:
    """Whether the effect has to wait: the application would carry it out on receipt."""
    action = delivery.action
    if delivery.type != COMMIT or action.status != Status.APPROVED:
        return False
    opens = opens_at(action.subject, obligations_of(action), now)
    if opens is None:
        return False
    transition(
        delivery,
        "delivery.held",
        DELIVERY_MACHINE,
        at=now,
        reason=WINDOW_CLOSED,
        changes={"next_attempt_at": opens},
    )
    return True


def secret_of(application: Application) -> str:
    """The secret that webhooks to this application are signed with."""
    place = f"application:{application.pk}:webhook"
    return unseal(application.webhook_secret_sealed, place).decode()


def _make_ready(delivery: Delivery) -> Message:
    data: dict[str, Any] = dict(delivery.data)
    if delivery.type in WITH_PAYLOAD and not delivery.action.type.handler:
        data["payload"] = opened(delivery.action)
    body = json.dumps(
        {"type": delivery.type, "timestamp": delivery.created_at.isoformat(), "data": data},
        separators=(",", ":"),
    )
    now = read_clock()
    signature = Webhook(secret_of(delivery.application)).sign(delivery.pk, now, body)
    return Message(
        delivery=delivery,
        url=delivery.application.webhook_url,
        headers={
            "content-type": "application/json",
            "user-agent": "Holdfast-Webhooks/1",
            "webhook-id": delivery.pk,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": signature,
        },
        body=body.encode(),
    )


async def _send_all(messages: Sequence[Message]) -> list[Answer]:
    async with httpx.AsyncClient(
        timeout=TIMEOUT, follow_redirects=False, trust_env=False
    ) as client:
        return list(await asyncio.gather(*(_send(client, message) for message in messages)))


async def _send(client: httpx.AsyncClient, message: Message) -> Answer:
    try:
        target = await asyncio.to_thread(
            pin,
            message.url,
            allowed=settings.WEBHOOK_ALLOWED_NETWORKS,
            plain=settings.WEBHOOK_PLAIN_NETWORKS,
        )
        async with asyncio.timeout(TIMEOUT):
            request = client.build_request(
                "POST",
                target.url,
                content=message.body,
                headers={**message.headers, "host": target.authority},
                extensions={"sni_hostname": target.host},
            )
            # The body of the answer is never read: only the status counts.
            response = await client.send(request, stream=True)
            await response.aclose()
    except AddressRefused as error:
        return Answer(None, error.code)
    except (TimeoutError, httpx.TimeoutException):
        return Answer(None, "timed_out")
    except httpx.HTTPError:
        return Answer(None, "unreachable")
    return Answer(response.status_code, f"http_{response.status_code}")


def _settle(delivery: Delivery, answer: Answer) -> None:
    """Write down what came of a try; the first good answer of a commit or a reversal settles the
    action."""
    try:
        with transaction.atomic():
            now = read_clock()
            if answer.good:
                _acknowledge(delivery, answer, now)
            elif answer.status == 410 or delivery.attempts > len(WAITS):
                _abandon(delivery, answer, now)
            else:
                wait = WAITS[delivery.attempts - 1] * (1 + _spread.random() / 10)
                Delivery.objects.filter(pk=delivery.pk, version=delivery.version).update(
                    next_attempt_at=now + timedelta(seconds=wait), last_answer=answer.code
                )
    except Superseded:
        # The lease ran out while we waited, and another worker settled it first.
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


def _abandon(delivery: Delivery, answer: Answer, now: datetime) -> None:
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
    """Put a message that was given up back into the outbox, under the same id.

    Raises NotFound, IllegalTransition, and ActionClosed for a commit, whose payload is destroyed
    and whose person was told that it did not go through, and for a reversal that is settled.
    """
    with transaction.atomic():
        rows = Delivery.objects.select_for_update(of=("self",)).select_related("action__type")
        delivery = rows.filter(pk=delivery_id).first()
        if delivery is None:
            raise NotFound
        if delivery.type == COMMIT or (delivery.type == REVERSE and _settled(delivery.action)):
            raise ActionClosed
        now = read_clock()
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
