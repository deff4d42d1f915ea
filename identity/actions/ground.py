"""What decisions stand on, read for many at once: as many queries for one as for a hundred."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from fallbacks.escalations import Escalated, escalated
from fallbacks.factors import Held, held_by
from fallbacks.incidents import Outage, outage_since
from identity.actions.evidence import EVIDENCE_REACH, Kept, kept_evidence
from identity.active_policy import ActivePolicy, active_policy
from identity.models import Action, ActionType, Device, Session, User
from identity.policy import facts as f
from presence.ingest import FACT_FIELDS
from presence.models import Preference

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


def with_presence(username: str) -> User | None:
    """An active person with presence and preference in the same row; one query."""
    return people_with_presence().filter(username=username).first()


def people_with_presence() -> QuerySet[User]:
    """Active people, each with presence and preference in the same row."""
    people = User.objects.select_related("presence", "preference")
    return people.only(*PERSON, *PRESENCE, *PREFERENCE).filter(is_active=True).order_by()


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

    @property
    def sensitive(self) -> bool:
        """Whether enough is at stake for signs of an attack to count."""
        return self.type.sensitivity != ActionType.Level.LOW


@dataclass(frozen=True, slots=True)
class Ground:
    """What decisions stand on, as it was read: for everybody, and by person."""

    policy: ActivePolicy
    outage: Outage
    held: Mapping[int, Held]
    evidence: Mapping[int, Kept]
    escalated: Escalated


def read_ground(asked: Sequence[Asked], now: datetime) -> Ground:
    """Read at once what the decisions about all of `asked` stand on.

    Four queries, however many are asked about: policy, incidents, what the people have, their
    evidence; and one for escalations, where something is sensitive or exists already.
    """
    people = {each.subject.pk for each in asked}
    return Ground(
        policy=active_policy(),
        outage=outage_since(now - EVIDENCE_REACH),
        held=held_by(people),
        evidence=kept_evidence(people, now),
        escalated=escalated(
            {each.subject.pk for each in asked if each.sensitive},
            {each.action.pk for each in asked if each.action is not None},
        ),
    )
