"""What decisions stand on, read for many at once: as many queries for one as for a hundred."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Model

from config.lifecycle import fetch_planned
from fallbacks.escalations import Escalated, escalated
from fallbacks.factors import Held, held_by
from fallbacks.incidents import Outage, outage_since
from identity.actions.evidence import EVIDENCE_REACH, Kept, kept_evidence
from identity.active_policy import ActivePolicy, active_policy
from identity.models import Action, ActionType, Device, Session, User
from identity.plain_rows import Columns
from identity.policy import facts as f
from presence.ingest import FACT_FIELDS
from presence.models import Preference, Presence

_PERSON = Columns(
    User,
    "person",
    {
        "username",
        "first_name",
        "is_staff",
        "is_active",
        "password",
        "usual_network",
        "usual_country",
        "anomaly_points",
        "anomaly_at",
    },
)
"""What a decision reads of a person; the rest of the row is not fetched for it."""
_PRESENCE = Columns(Presence, "presence", {*FACT_FIELDS, "status", "since", "version"})
_PREFERENCE = Columns(Preference, "preference")

_PEOPLE = f"""
SELECT {_PERSON.sql}, {_PRESENCE.sql}, {_PREFERENCE.sql} FROM identity_user person
LEFT JOIN presence_presence presence ON presence.subject_id = person.id
LEFT JOIN presence_preference preference ON preference.subject_id = person.id
WHERE person.is_active AND"""  # noqa: S608
_BY_NAME = f"{_PEOPLE} person.username = %s"
_BY_ID = f"{_PEOPLE} person.id = ANY(%s::bigint[])"


def with_presence(username: str) -> User | None:
    """An active person with presence and preference in the same row; one query."""
    return next(map(_person, fetch_planned(_BY_NAME, [username])), None)


def people_with_presence(user_ids: Collection[int]) -> dict[int, User]:
    """Those of these people who are active, each with presence and preference in the same row;
    one query."""
    return {found.pk: found for found in map(_person, fetch_planned(_BY_ID, [list(user_ids)]))}


def _person(row: Sequence[Any]) -> User:
    own, presence = len(_PERSON), len(_PERSON) + len(_PRESENCE)
    person = _PERSON.made_of(row[:own])
    beside: Mapping[str, Model | None] = {
        "presence": _PRESENCE.found_in(row[own:presence]),
        "preference": _PREFERENCE.found_in(row[presence:]),
    }
    for found in beside.values():
        if found is not None:
            found._state.fields_cache["subject"] = person
    person._state.fields_cache.update(beside)  # None: known not to be there
    return person


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
