"""What is down, in one place: the mode of every decision and the words of the status page."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Prefetch

from config.lifecycle import fetch, fetch_planned
from fallbacks.models import Incident, IncidentUpdate

_STRICTNESS = {"normal": 0, "degraded": 1, "emergency": 2}


def current_mode() -> str:
    """`normal`, `degraded` or `emergency`: the strictest of the open incidents. One query."""
    rows = fetch("SELECT DISTINCT mode FROM fallbacks_incident WHERE closed_at IS NULL")
    return max((mode for (mode,) in rows), key=lambda mode: _STRICTNESS[mode], default="normal")


@dataclass(frozen=True, slots=True)
class Outage:
    """The mode now, when an outage last came to its end (None: none within what was asked), and
    what is `down`, by the names of `fallbacks.factors.dependencies`."""

    mode: str
    ended_at: datetime | None = None
    down: frozenset[str] = frozenset()


_OUTAGE = """
SELECT mode, closed_at IS NULL, max(closed_at), jsonb_agg(dependencies) FROM fallbacks_incident
WHERE closed_at IS NULL OR closed_at > %s GROUP BY 1, 2
"""


def outage_since(moment: datetime) -> Outage:
    """`current_mode`, the latest end after `moment` of an incident that shortened trust, and what
    is down, in one query: for the hot path of a request."""
    rows = fetch_planned(_OUTAGE, [moment])
    return Outage(
        mode=max(
            (mode for mode, still, _, _ in rows if still),
            key=lambda mode: _STRICTNESS[mode],
            default="normal",
        ),
        ended_at=max(
            (ended for mode, still, ended, _ in rows if not still and mode != "normal"),
            default=None,
        ),
        down=frozenset(
            name
            for _, still, _, lists in rows
            if still
            for names in _loaded(lists)
            for name in names
        ),
    )


def _loaded(value: Any) -> list[list[str]]:
    """JSON of a plain query, which the driver hands over as text."""
    return json.loads(value) if isinstance(value, str) else value


def what_is_down() -> frozenset[str]:
    """What the open incidents concern. One query."""
    rows = fetch(
        "SELECT DISTINCT jsonb_array_elements_text(dependencies) FROM fallbacks_incident "
        "WHERE closed_at IS NULL"
    )
    return frozenset(name for (name,) in rows)


def current_status() -> dict[str, Any]:
    """The public status: mode, open incidents with their updates, what works and what to do.

    `works`, `fails` and `what_to_do` are lists of sentences from the open incidents, empty when
    all is well; `next_update` the soonest promised (aware UTC) or None. Two queries.
    """
    incidents = list(
        Incident.objects.filter(closed_at__isnull=True).prefetch_related(
            Prefetch("updates", IncidentUpdate.objects.order_by("-at"))
        )
    )
    mode = max(
        (each.mode for each in incidents), key=lambda each: _STRICTNESS[each], default="normal"
    )
    promised = [each.next_update_at for each in incidents if each.next_update_at]
    return {
        "mode": mode,
        "incidents": [
            {
                "id": str(each.id),
                "title": each.title,
                "mode": each.mode,
                "opened_at": each.opened_at,
                "fails": each.fails,
                "works": each.works,
                "what_to_do": each.what_to_do,
                "next_update": each.next_update_at,
                "updates": [
                    {"at": update.at, "title": update.title, "text": update.text}
                    for update in each.updates.all()
                ],
            }
            for each in incidents
        ],
        "works": [each.works for each in incidents],
        "fails": [each.fails for each in incidents],
        "what_to_do": [each.what_to_do for each in incidents],
        "next_update": min(promised, default=None),
    }
