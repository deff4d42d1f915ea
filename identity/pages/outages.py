"""Why the usual way is not on offer, what comes next, and what is left to do later (F5)."""

from __future__ import annotations

from collections.abc import Sequence

from fallbacks.factors import FACTORS, LIVE_ORDER
from identity.actions.views import down_id
from identity.messages import say
from identity.pages.ways import ShownWay


def told_of(ways: Sequence[ShownWay]) -> list[str]:
    """Three sentences while the way that would be named first is out of order; else none."""
    ways = sorted(ways, key=lambda way: LIVE_ORDER.index(way.factor))
    first = next((way for way in ways if way.usable or way.down), None)
    if first is None or not first.down:
        return []
    other = next((way for way in ways if way.usable), None)
    found = [say(down_id("outage.why", first.down), way=say(f"way.{first.factor}.inline"))]
    if other is None:
        return [*found, say("outage.next.none"), say("outage.later.none")]
    found.append(say("outage.next", way=say(f"way.{other.factor}.inline")))
    kept_for_bad_days = FACTORS[other.factor].recovery_only
    return [*found, say("outage.later.recovery" if kept_for_bad_days else "outage.later")]
