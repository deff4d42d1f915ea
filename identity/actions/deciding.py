"""Keeping what was decided about an action, with what it was based on (D9)."""

from __future__ import annotations

import uuid
from typing import Any

from config.lifecycle import insert
from identity.actions.situation import Situation
from identity.models import Action, Decision


def decided(situation: Situation) -> dict[str, Any]:
    """The columns that quote a decision."""
    return {
        "outcome": situation.decision.outcome.value,
        "mode": situation.mode,
        "rule": situation.decision.rule_id,
        "policy_number": situation.policy.number,
        "obligations": situation.decision.obligations.to_json(),
        "facts": situation.facts.words(),
        "reasons": list(situation.reasons),
    }


def record_decision(
    action_id: uuid.UUID, situation: Situation, decision_id: uuid.UUID | None = None
) -> uuid.UUID:
    """Keep the decision with its coarse inputs (D9); its id."""
    row = Decision(
        id=decision_id or uuid.uuid4(),
        action_id=action_id,
        at=situation.at,
        policy_number=situation.policy.number,
        rule=situation.decision.rule_id,
        outcome=situation.decision.outcome.value,
        mode=situation.mode,
        facts=situation.facts.words(),
        reasons=list(situation.reasons),
        inputs=situation.inputs.words(),
        risk_score=situation.risk.score,
    )
    insert(row)
    return row.id


def decided_anew(action: Action, situation: Situation) -> dict[str, Any]:
    """Keep another decision about the action; the columns that quote it."""
    return {**decided(situation), "decision_id": record_decision(action.pk, situation)}
