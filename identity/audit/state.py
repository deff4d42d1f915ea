"""How the chain stands: for health, metrics and the console."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from config.lifecycle import fetch
from identity.audit.checkpoints import SERIES

ALARM = timedelta(seconds=120)
"""No checkpoint, or an event without a link, for that long: somebody has to look."""
VERIFY = "verify"
"""The mark of the last verification."""

_STATE = """
SELECT waiting.count, waiting.min, last.seq, last.at, marks.all FROM (
    SELECT count(*), min(event.at) FROM identity_event AS event
    WHERE event.id > coalesce((SELECT max(settled) FROM identity_event_progress), 0)
        AND NOT EXISTS (SELECT FROM identity_event_link AS link WHERE link.event_id = event.id)
) AS waiting LEFT JOIN (
    SELECT link.seq, event.at FROM identity_event_link AS link
    LEFT JOIN identity_event AS event ON event.id = link.event_id
    ORDER BY link.seq DESC LIMIT 1
) AS last ON true CROSS JOIN (
    SELECT coalesce(jsonb_object_agg(name, jsonb_build_object(
        'at', extract(epoch FROM at), 'holds', holds, 'seq', seq, 'finding', finding
    )), '{}')::text AS all FROM identity_audit_mark
) AS marks
"""
_NO_MARK: Mapping[str, Any] = {"at": None, "holds": False, "seq": 0, "finding": {}}


@dataclass(frozen=True, slots=True)
class AuditState:
    """Ages are in seconds, None for what never was. `finding` are the numbers of what the last
    try at a checkpoint found wrong, `verify_finding` of the last verification; empty for nothing.
    """

    unlinked: int
    oldest_unlinked_age: float | None
    links: int
    last_linked_at: datetime | None
    checkpoint_age: float | None
    checkpoint_seq: int
    finding: Mapping[str, Any]
    verified_at: datetime | None
    verify_holds: bool
    verify_finding: Mapping[str, Any]

    @property
    def alarming(self) -> bool:
        """Whether somebody has to look: a checkpoint or the chaining is late, or something is
        wrong with the chain."""
        late = ALARM.total_seconds()
        return (
            bool(self.finding)
            or (self.links > 0 and self.checkpoint_age is None)
            or (self.checkpoint_age or 0) > late
            or (self.oldest_unlinked_age or 0) > late
            or (self.verified_at is not None and not self.verify_holds)
        )


def audit_state(now: datetime) -> AuditState:
    """How it stands at `now`. One query, which does not grow with the record."""
    unlinked, oldest, links, last_at, found = fetch(_STATE)[0]
    marks = json.loads(found)
    checkpoint, verified = marks.get(SERIES, _NO_MARK), marks.get(VERIFY, _NO_MARK)
    signed = checkpoint["holds"] or checkpoint["seq"] > 0
    return AuditState(
        unlinked=unlinked,
        oldest_unlinked_age=None if oldest is None else _age(now, oldest),
        links=links or 0,
        last_linked_at=last_at,
        checkpoint_age=_age(now, _moment(checkpoint["at"])) if signed else None,
        checkpoint_seq=checkpoint["seq"],
        finding=checkpoint["finding"],
        verified_at=None if verified["at"] is None else _moment(verified["at"]),
        verify_holds=verified["holds"],
        verify_finding=verified["finding"],
    )


def _moment(epoch: float) -> datetime:
    return datetime.fromtimestamp(epoch, UTC)


def _age(now: datetime, moment: datetime) -> float:
    return max(0.0, (now - moment).total_seconds())
