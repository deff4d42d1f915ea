"""Rehearse a policy on recorded traffic: what it would have decided, and what that costs (D5)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from django.db import connection, transaction

from config.lifecycle import fetch, read_clock
from identity.active_policy import policy_numbered
from identity.costs import Assumed, assumed_costs
from identity.models import PolicyVersion
from identity.policy.compiled import compile_policy
from identity.policy.decision import Decision
from identity.policy.document import Policy
from identity.policy.errors import PolicyError
from identity.simulation.curves import LossCurves, loss_curves
from identity.simulation.replay import Draft, Recorded, Replay, replay

SPANS = (7, 30, 90)
"""Days that the console offers."""
SPAN = 30
"""Days, where nobody chose."""
AT_THE_CONSOLE = 50_000
"""Decisions that a page works through while somebody waits, by estimate a few seconds of a request;
what is more is left to the command."""
AT_ONCE = 2000
"""Decisions that are held at a time."""

_RECORDED = """
SELECT a.type_id, d.facts, d.inputs, d.outcome, d.rule, d.policy_number, d.risk_score,
       (d.at = a.created_at)::int
FROM identity_decision d
JOIN identity_action a ON a.id = d.action_id
WHERE d.at > %(since)s AND d.at <= %(until)s AND (%(type)s = '' OR a.type_id = %(type)s)
"""
"""A request is made with its first decision, at one and the same moment."""

_HOW_MANY = """
SELECT count(*) FROM identity_decision d JOIN identity_action a ON a.id = d.action_id
WHERE d.at > %(since)s AND d.at <= %(until)s AND (%(type)s = '' OR a.type_id = %(type)s)
"""

Told = Callable[[int], None]
"""Hears how many further decisions are decided anew."""


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What came of it. `curves` is None where there is nothing to work them out from."""

    days: int
    replay: Replay
    curves: LossCurves | None
    costs: Mapping[str, Assumed]
    """Of the types that were seen."""


def rehearse(
    policy: Policy, *, days: int = SPAN, type_name: str = "", told: Told | None = None
) -> Rehearsal:
    """Decide the last `days` (at least 1) of recorded traffic anew by `policy`.

    `type_name` keeps to one type. Decisions are read a few at a time, so that a million of them
    need little room.
    """
    draft = Draft(compile_policy(policy), policy.risk)
    costs = assumed_costs()
    with transaction.atomic():
        rows = _recorded(_bounds(days, type_name), told)
        found = replay(rows, draft, _rules())
    seen = {name: costs[name] for name in found.scores}
    curves = None
    if seen:
        curves = loss_curves(found.scores, {name: each.costs for name, each in seen.items()})
    return Rehearsal(days, found, curves, seen)


def recorded_decisions(*, days: int = SPAN, type_name: str = "") -> int:
    """How many recorded decisions a rehearsal of that span is about."""
    return int(fetch(_HOW_MANY, _bounds(days, type_name))[0][0])


def _bounds(days: int, type_name: str) -> dict[str, str | datetime]:
    now = read_clock()
    return {"since": now - timedelta(days=days), "until": now, "type": type_name}


def _recorded(bounds: Mapping[str, str | datetime], told: Told | None) -> Iterator[Recorded]:
    with connection.chunked_cursor() as cursor:
        cursor.execute(_RECORDED, bounds)
        while rows := cursor.fetchmany(AT_ONCE):
            for kind, facts, inputs, outcome, rule, number, score, first in rows:
                yield Recorded(
                    kind, _read(facts), _read(inputs), outcome, rule, number, score, 1, first
                )
            if told is not None:
                told(len(rows))


@lru_cache(maxsize=4096)
def _read(text: str) -> Mapping[str, str]:
    """JSON as the database wrote it. The same words come again and again."""
    found: Mapping[str, str] = json.loads(text)
    return found


def _rules() -> Callable[[int, str], Decision | None]:
    """What the rules of the versions say that decided; each version is looked up once."""
    known: dict[int, Mapping[str, Decision]] = {}

    def decided_by(number: int, rule: str) -> Decision | None:
        if number not in known:
            try:
                table = policy_numbered(number).table.table
            except (PolicyVersion.DoesNotExist, PolicyError):
                table = ()
            known[number] = {decision.rule_id: decision for decision in table}
        return known[number].get(rule)

    return decided_by
