"""The situation of a decision: read everything once, coarsen it, and ask the policy.

The only place where rows become facts. A fact that cannot be known takes its strictest value.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import prefetch_related_objects

from fallbacks.factors import has_live_factor
from fallbacks.factors.dependencies import out_of_order
from identity import risk as risk_model
from identity import trust as trust_model
from identity.actions.evidence import Seen, seen_from
from identity.actions.ground import Asked, Ground, people_with_presence, read_ground
from identity.active_policy import ActivePolicy
from identity.consents import standing_consents
from identity.context import same, same_network
from identity.credentials import fingerprint_of
from identity.models import Action, DeviceStatus, User
from identity.policy import facts as f
from identity.policy.compiled import decide, kind_of
from identity.policy.decision import Decision
from presence.availability import facts_of
from presence.states import Availability, derive

NEW_DEVICE = timedelta(hours=24)
"""A device first seen within a day is new: somebody may just have put it there."""

NIGHT = range(5)
"""Hours of the person's own clock in which most people sleep."""


@dataclass(frozen=True, slots=True)
class Situation:
    """What was found, and what the policy says of it."""

    facts: f.Facts
    decision: Decision
    policy: ActivePolicy
    availability: Availability
    risk: risk_model.Risk
    trust: trust_model.Trust
    factors: frozenset[str]
    """What the person has and can use now: nothing that hangs on what is down."""
    mode: str
    at: datetime
    inputs: risk_model.RiskInputs
    """What the risk score was worked out from."""
    down: frozenset[str] = frozenset()
    """What open incidents say is down."""
    anomaly: bool = False
    reasons: tuple[str, ...] = field(default=())
    credentials: str = ""
    """Fingerprint of the person's credentials as they are now."""


def assess(asked: Asked, now: datetime) -> Situation:
    """Decide about `asked` at `now` (the database's clock): `assess_many` of one."""
    return assess_many([asked], now)[0]


def assess_many(asked: Sequence[Asked], now: datetime) -> list[Situation]:
    """Decide about each of `asked` at `now` (the database's clock).

    A fixed number of queries, however many are asked about: see `read_ground`; and one for what
    people agreed to beforehand, where policy asks about consent to this kind of action at all.
    Raises NoActivePolicy.
    """
    ground = read_ground(asked, now)
    found = [_situation(each, ground, now) for each in asked]
    consentable = ground.policy.consentable
    open_to = {
        place: (each.subject.pk, each.application_id, each.type.pk)
        for place, each in enumerate(asked)
        if each.application_id is not None and kind_of(found[place].facts) in consentable
    }
    standing = standing_consents(open_to.values(), now)
    for place, about in open_to.items():
        if about in standing:
            found[place] = _situation(asked[place], ground, now, consented=True)
    return found


def _situation(
    asked: Asked, ground: Ground, now: datetime, *, consented: bool = False
) -> Situation:
    policy, outage, mode = ground.policy, ground.outage, ground.outage.mode
    has = ground.held[asked.subject.pk]
    factors = has.names - out_of_order(outage.down).keys()
    credentials = fingerprint_of(asked.subject.password, has.marks)
    points = _anomaly_points(asked.subject, policy, now)
    anomaly = points >= policy.document.risk.anomaly_threshold
    released = asked.action is not None and asked.action.pk in ground.escalated.released
    escalated = asked.sensitive and not released and asked.subject.pk in ground.escalated.people

    presence = getattr(asked.subject, "presence", None)
    preference = getattr(asked.subject, "preference", None)
    availability = derive(
        facts_of(
            presence,
            preference,
            now,
            sensitive=asked.sensitive,
            anomaly=anomaly and not released,
            factor_uncertain=asked.sensitive and not has_live_factor(factors),
            open_escalation=escalated,
        ),
        now,
        policy.document.presence,
    )
    zone = ZoneInfo(preference.zone) if preference is not None else None
    inputs = _risk_inputs(asked, points, zone, now)
    risk = risk_model.assess(inputs, policy.document.risk)
    evidence = seen_from(
        Seen(
            at=now,
            device_id=asked.device.pk if asked.device is not None else None,
            network=asked.network,
            country=asked.country,
            application_id=asked.application_id,
            action_id=asked.action.pk if asked.action is not None else None,
            credentials=credentials,
            risk=risk.band,
            misuse_at=_misuse_at(asked.subject, policy),
            outage_ended_at=outage.ended_at,
        ),
        ground.evidence[asked.subject.pk],
    )
    trust = trust_model.assess(evidence, asked.type.sensitivity, mode, policy.document.trust)
    facts = f.Facts(
        sensitivity=f.Sensitivity.of(asked.type.sensitivity),
        reversibility=f.Reversibility.of(asked.type.reversibility),
        fraud_cost=f.FraudCost.of(asked.type.fraud_cost),
        time_sensitivity=f.TimeSensitivity.of(asked.type.time_sensitivity),
        value=asked.value,
        reach=f.Reach.of(asked.type.reach),
        availability=f.Availability.of(availability.state.value),
        risk=risk.band,
        trust=trust.level,
        mode=f.Mode.of(mode),
        clearance=f.Clearance.GRANTED if released else f.Clearance.NONE,
        consent=f.Consent.GIVEN if consented else f.Consent.NONE,
    )
    decision = _stepped_up(decide(facts, policy.table), asked.action)
    reasons = (
        *decision.reasons,
        *(reason.value for reason in availability.reasons),
        *(code for code, _ in risk.reasons),
        *(trust.voided_by if decision.needs_new_proof else ()),
    )
    return Situation(
        facts=facts,
        decision=decision,
        policy=policy,
        availability=availability,
        risk=risk,
        trust=trust,
        factors=factors,
        mode=mode,
        at=now,
        inputs=inputs,
        down=outage.down,
        anomaly=anomaly,
        reasons=tuple(dict.fromkeys(reasons)),
        credentials=credentials,
    )


def _stepped_up(decision: Decision, action: Action | None) -> Decision:
    """The decision, with the factors alone that the run's ladder asked for: policy is asked anew,
    and does not take back what was asked of the person."""
    only = action.ladder.get("only") if action is not None else None
    if not only:
        return decision
    permitted = decision.obligations.permitted_factors & frozenset(only)
    return replace(decision, obligations=replace(decision.obligations, permitted_factors=permitted))


def reassess(action: Action, now: datetime) -> Situation | None:
    """Decide anew about an action that exists (D10): `reassess_many` of one."""
    return reassess_many([action], now)[action.pk]


def reassess_many(actions: Sequence[Action], now: datetime) -> dict[uuid.UUID, Situation | None]:
    """Decide anew about actions that exist (D10); None for one whose person is gone.

    One query more than `assess_many`, however many actions there are: their people are read
    afresh, each with presence and preference, and put in place as `subject`. One more for `type`
    and for `device` each, if the actions came without.
    """
    if not actions:
        return {}
    prefetch_related_objects(actions, "type", "device")
    people = people_with_presence({action.subject_id for action in actions})
    there = [action for action in actions if action.subject_id in people]
    for action in there:
        action.subject = people[action.subject_id]
    found = assess_many([_asked_by(action) for action in there], now)
    return {
        **{action.pk: None for action in actions},
        **{action.pk: situation for action, situation in zip(there, found, strict=True)},
    }


def _asked_by(action: Action) -> Asked:
    """What `action` asked for when it was made, for the person as they are now."""
    return Asked(
        action.subject,
        action.type,
        device=action.device,
        network=action.network,
        country=action.country,
        application_id=action.application_id,
        value=f.Value.of(action.facts.get("value")),
        action=action,
    )


def _anomaly_points(user: User, policy: ActivePolicy, now: datetime) -> float:
    if not user.anomaly_points or user.anomaly_at is None:
        return 0.0
    age = max(0.0, (now - user.anomaly_at).total_seconds())
    return risk_model.decay(
        user.anomaly_points, age, policy.document.risk.anomaly_half_life_seconds
    )


def _misuse_at(user: User, policy: ActivePolicy) -> datetime | None:
    """When misuse was last reported or seen, if above the policy's threshold then. Points fade;
    a proof from before does not come back."""
    raised = user.anomaly_points >= policy.document.risk.anomaly_threshold
    return user.anomaly_at if raised else None


def _risk_inputs(
    asked: Asked, points: float, zone: ZoneInfo | None, now: datetime
) -> risk_model.RiskInputs:
    user, device = asked.subject, asked.device
    if device is None or device.status != DeviceStatus.ACTIVE:
        known = "unknown"
    else:
        known = "new" if now - device.first_seen_at < NEW_DEVICE else "known"
    hour = "unknown"
    if zone is not None:
        hour = "unusual" if now.astimezone(zone).hour in NIGHT else "usual"
    return risk_model.RiskInputs(
        device=known,
        network=_usual(same_network(user.usual_network, asked.network)),
        geography=_usual(same(user.usual_country, asked.country)),
        hour=hour,
        role="privileged" if user.is_staff else "ordinary",
        transaction=asked.type.sensitivity,
        anomalies=points,
    )


def _usual(same: bool | None) -> str:
    if same is None:
        return "unknown"
    return "usual" if same else "changed"
