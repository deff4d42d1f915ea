"""The outbox: a message is a row, written in the transaction of what it tells."""

from __future__ import annotations

import uuid
from datetime import datetime

from config.lifecycle import insert, wake
from identity.models import Action, Delivery

TASK = "identity.deliver_webhooks"
TOLD_AHEAD = {"action.committed": "committed", "action.reversed": "reversed"}
"""What an action becomes by the acknowledgement of its message."""


def tell_application(action: Action, message_type: str, now: datetime) -> None:
    """Write the message for the action's application; it goes out once this is committed.

    Nothing is written for an application without a webhook: it can ask by API at any time.
    """
    if not action.application.webhook_url:
        return
    insert(
        Delivery(
            id=f"msg_{uuid.uuid4().hex}",
            application_id=action.application_id,
            action=action,
            type=message_type,
            data={
                "id": str(action.pk),
                "type": action.type_id,
                "subject": action.subject.username,
                "status": TOLD_AHEAD.get(message_type, action.status),
                "reason": action.reason,
            },
            next_attempt_at=now,
            created_at=now,
        )
    )
    wake(TASK)
