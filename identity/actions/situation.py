"""The situation of a decision: read everything once, coarsen it, and ask the policy.

The only place where rows become facts. A fact that cannot be known takes its strictest value.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from fallbacks.escalations import has_open_escalation, was_released
from fallbacks.factors import has_live_factor, held
from fallbacks.factors.dependencies import out_of_order
from fallbacks.incidents import outage_since
from identity import risk as risk_model
from identity import trust as trust_model
from identity.actions.evidence import EVIDENCE_REACH, Seen, evidence_of
from identity.active_policy import ActivePolicy, active_policy
from identity.consents import has_consent
from identity.context import same, same_network
from identity.credentials import fingerprint_of
from identity.models import Action, ActionType, Device, DeviceStatus, Session, User
from identity.policy import facts as f
from identity.policy.compiled import decide, kind_of
from identity.policy.decision import Decision
from presence.availability import facts_of
from presence.ingest import FACT_FIELDS
from presence.models import Preference
from presence.states import Availability, derive

NEW_DEVICE = timedelta(hours=24)
"""A device first seen within a day is new: somebody may just have put it there."""

NIGHT = range(5)
"""Hours of the person's own clock in which most people sleep."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is decided about: a person, a type, and where the request came from."""

    subject: User
    type: ActionType
    session: Session | None = None
    device: Device | None = None
    network: str = ""
    country: str = ""
    application_id: int | None = None
    """Who asked; None where nobody in particular did."""
    value: f.Value = f.Value.NONE
    """How much is at stake, from the payload by the type's own rule (`identity.values`)."""
    action: Action | None = None
    """The action itself once it exists: evidence bound to it and a person's release count."""


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


PRESENCE = tuple(f"presence__{name}" for name in (*FACT_FIELDS, "status", "since", "version"))
PREFERENCE = tuple(f"preference__{field.name}" for field in Preference._meta.concrete_fields)
PERSON = (
    "username",
    "first_name",
    "is_staff",
    "is_active",
    "password",
    "usual_network",
    "usual_country",
    "anomaly_points",
    "anomaly_at",
)
"""What a decision reads of a person; the rest of the row is not fetched for it."""


def with_presence(user_id: int | None = None, username: str | None = None) -> User | None:
    """An active person with presence and preference in the same row; one query."""
    who = {"pk": user_id} if user_id is not None else {"username": username}
    people = User.objects.select_related("presence", "preference").only(
        *PERSON, *PRESENCE, *PREFERENCE
    )
    try:
        return people.get(is_active=True, **who)
    except User.DoesNotExist:
        return None


def assess(asked: Asked, now: datetime) -> Situation:
    """Decide about `asked` at `now` (the database's clock).

    A fixed number of queries: policy, mode, factors, evidence, and for sensitive types whether
    an escalation is open; for an existing action whether a person released it.
    """
    policy = active_policy()
    outage = outage_since(now - EVIDENCE_REACH)
    mode = outage.mode
    has = held(asked.subject.pk)
    factors = has.names - out_of_order(outage.down).keys()
    credentials = fingerprint_of(asked.subject.password, has.marks)
    sensitive = asked.type.sensitivity != ActionType.Level.LOW
    points = _anomaly_points(asked.subject, policy, now)
    anomaly = points >= policy.document.risk.anomaly_threshold
    released = asked.action is not None and was_released(asked.action.pk)
    escalated = sensitive and not released and has_open_escalation(asked.subject.pk)

    presence = getattr(asked.subject, "presence", None)
    preference = getattr(asked.subject, "preference", None)
    availability = derive(
        facts_of(
            presence,
            preference,
            now,
            sensitive=sensitive,
            anomaly=anomaly and not released,
            factor_uncertain=sensitive and not has_live_factor(factors),
            open_escalation=escalated,
        ),
        now,
        policy.document.presence,
    )
    zone = ZoneInfo(preference.zone) if preference is not None else None
    inputs = _risk_inputs(asked, points, zone, now)
    risk = risk_model.assess(inputs, policy.document.risk)
    evidence = evidence_of(
        Seen(
            user_id=asked.subject.pk,
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
        )
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
    )
    facts, decision = _consented(facts, asked, policy, now)
    decision = _stepped_up(decision, asked.action)
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


def _consented(
    facts: f.Facts, asked: Asked, policy: ActivePolicy, now: datetime
) -> tuple[f.Facts, Decision]:
    """The facts with what the person agreed to beforehand, and the decision; the row is only
    looked for where policy asks about consent to this kind of action at all."""
    if (
        asked.application_id is not None
        and kind_of(facts) in policy.consentable
        and has_consent(asked.subject.pk, asked.application_id, asked.type.pk, now)
    ):
        facts = replace(facts, consent=f.Consent.GIVEN)
    return facts, decide(facts, policy.table)


def _stepped_up(decision: Decision, action: Action | None) -> Decision:
    """The decision, with the factors alone that the run's ladder asked for: policy is asked anew,
    and does not take back what was asked of the person."""
    only = action.ladder.get("only") if action is not None else None
    if not only:
        return decision
    permitted = decision.obligations.permitted_factors & frozenset(only)
    return replace(decision, obligations=replace(decision.obligations, permitted_factors=permitted))


def reassess(action: Action, now: datetime) -> Situation | None:
    """Decide anew about an action that exists (D10); None when its person is gone.

    The action's `subject` is read afresh with presence and preference.
    """
    subject = with_presence(user_id=action.subject_id)
    if subject is None:
        return None
    action.subject = subject
    asked = Asked(
        subject,
        action.type,
        session=action.session,
        device=action.device,
        network=action.network,
        country=action.country,
        application_id=action.application_id,
        value=f.Value.of(action.facts.get("value")),
        action=action,
    )
    return assess(asked, now)


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
