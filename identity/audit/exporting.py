"""The record for a log collector: one JSON object a link, in the order of the chain.

Nothing in it names a person: a person is the id of their salt, which leads nowhere once they are
erased, and what is personal stands there as its mark only. Whoever has all lines can work out
every hash again (`identity.audit.chain`), and so holds the chain a second time.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from identity.audit.chain import KEPT_ATTRIBUTES, KEPT_OBJECTS
from identity.audit.verifying import links_after
from identity.audit.walk import Seen


def export_links(since: int = 0) -> Iterator[dict[str, Any]]:
    """Every link after place `since`, read in batches; begin again after the last `seq` seen.

    An event that is not there any more has no `event`: its link is what is left of it.
    """
    for seen in links_after(since):
        yield _line(seen)


def _line(seen: Seen) -> dict[str, Any]:
    link, entry = seen.link, seen.entry
    line: dict[str, Any] = {
        "seq": link.seq,
        "event_id": link.event_id,
        "hash": link.hash.hex(),
        "subject": None if link.subject_salt is None else str(link.subject_salt),
        "subject_mark": None if link.subject_mark is None else link.subject_mark.hex(),
        "actor": None if link.actor_salt is None else str(link.actor_salt),
        "actor_mark": None if link.actor_mark is None else link.actor_mark.hex(),
    }
    if entry is None:
        return {**line, "event": None}
    about_person = link.subject_salt is not None
    line["event"] = {
        "name": entry.name,
        "at": entry.at.isoformat(timespec="microseconds"),
        "kind": entry.kind,
        "object": None if about_person and entry.kind not in KEPT_OBJECTS else entry.object_id,
        "action": None if entry.action_id is None else str(entry.action_id),
        "from": entry.from_state,
        "to": entry.to_state,
        "reason": entry.reason,
        "actor": None if link.actor_salt is not None else entry.actor,
        "attributes": {
            name: value
            for name, value in entry.attributes.items()
            if not about_person or name in KEPT_ATTRIBUTES
        },
    }
    return line
