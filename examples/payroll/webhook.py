"""Webhooks from Holdfast: believe a message only once its signature and time are right.

Standard Webhooks: the headers `webhook-id`, `webhook-timestamp` and `webhook-signature` sign the
body exactly as it was sent, so verify the raw bytes and parse afterwards.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from standardwebhooks import Webhook, WebhookVerificationError

from examples.payroll.offers import OFFERS, PEOPLE, value_of
from examples.payroll.store import Message, Reception, Store

MAX_BODY = 64 * 1024
"""Bytes. Holdfast sends no larger webhook."""
COMMITTED = "action.committed"
STATUS_OF: Mapping[str, str] = {
    COMMITTED: "committed",
    "action.expired": "expired",
    "action.denied": "denied",
    "action.blocked": "blocked",
    "action.escalated": "",  # the message itself tells where it stands meanwhile
    "action.cancelled": "cancelled",
    "action.failed": "failed",
    "action.reversed": "reversed",
}
"""The status that each event type tells. A type that is not here is acknowledged and ignored:
Holdfast may add some."""


class NotAuthentic(Exception):
    """Unsigned, wrongly signed, or older or newer than five minutes (Standard Webhooks)."""


class NotUnderstood(Exception):
    """Rightly signed, but not a message about an action of ours."""


def verify(secret: str, raw: bytes, headers: Mapping[str, str]) -> None:
    """Check signature and time over the raw body. Raises NotAuthentic."""
    try:
        Webhook(secret).verify(raw, dict(headers), json_parse=False)
    except (WebhookVerificationError, ValueError) as error:
        # ValueError: headers or a body so broken that they cannot even be decoded.
        raise NotAuthentic from error


def parse(raw: bytes, webhook_id: str) -> Message | None:
    """Read a verified body. None for an event type that this application has no use for.

    Raises NotUnderstood.
    """
    try:
        body = json.loads(raw)
        event, data = body["type"], body["data"]
        if event not in STATUS_OF:
            return None
        action_id, kind, subject = data["id"], data["type"], data["subject"]
        status = STATUS_OF[event] or data["status"]
        value = value_of(OFFERS[kind], data.get("payload")) if event == COMMITTED else None
        for text in (action_id, status, value or ""):
            text.encode()  # a string, and one that can be written down
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise NotUnderstood(type(error).__name__) from error
    if not action_id or subject not in PEOPLE:
        raise NotUnderstood("no action of one of our people")
    return Message(webhook_id, event, action_id, kind, subject, status, value)


def receive(store: Store, secret: str, raw: bytes, headers: Mapping[str, str]) -> Reception:
    """Verify a webhook, then let it take effect, once.

    Raises NotAuthentic (answer 401) and NotUnderstood (422): nothing has changed then.
    """
    lowered = {name.lower(): value for name, value in headers.items()}
    verify(secret, raw, lowered)
    message = parse(raw, lowered["webhook-id"])
    return Reception.NOTED if message is None else store.receive(message)
