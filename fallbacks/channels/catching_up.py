"""Making up for an outage without running the other side over (F30)."""

from __future__ import annotations

from datetime import datetime, timedelta

from config.lifecycle import fetch
from fallbacks.machines import MessageStatus
from fallbacks.models import OutboundMessage

LONGEST = timedelta(hours=1)
"""However long it lasted, nobody waits for their mail longer than this once it is over."""
SLACK = 1.1
"""A little slower than it came, so that a second that is counted from elsewhere holds no more."""

_SPREAD = """
UPDATE fallbacks_outboundmessage AS message
   SET next_attempt_at = %(now)s + least(%(slack)s * (%(now)s - queue.since), %(longest)s)
                         * (queue.place - 1) / queue.size
  FROM (SELECT id, count(*) OVER () AS size, min(next_attempt_at) OVER () AS since,
               row_number() OVER (
                   ORDER BY array_position(%(order)s, urgency), next_attempt_at, id) AS place
          FROM fallbacks_outboundmessage
         WHERE channel = %(channel)s AND status = %(pending)s AND next_attempt_at <= %(now)s
       ) AS queue
 WHERE message.id = queue.id AND message.status = %(pending)s AND message.next_attempt_at <= %(now)s
RETURNING 1
"""
_FIRST_TO_LAST = [
    OutboundMessage.Urgency.ASKED,
    OutboundMessage.Urgency.ALARM,
    OutboundMessage.Urgency.NOTICE,
    OutboundMessage.Urgency.PROMPT,
]


def spread_backlog(channel: str, now: datetime) -> int:
    """Spread what is due on a channel that works again; how many messages.

    What fell due over some time goes out over as much time, evenly: together with what comes anew
    that is twice the normal rate, whatever the normal rate is. What somebody asked for and waits
    for goes first. To be called in the transaction that closes the breaker: nobody claims before.
    """
    facts = {
        "channel": channel,
        "now": now,
        "pending": MessageStatus.PENDING.value,
        "order": [urgency.value for urgency in _FIRST_TO_LAST],
        "slack": SLACK,
        "longest": LONGEST,
    }
    return len(fetch(_SPREAD, facts))
