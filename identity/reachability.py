"""Whether a person can answer now, for what the question names (P3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from fallbacks.factors import enrolled_names
from identity.actions.evidence import EVIDENCE_REACH
from identity.actions.ground import Asked
from identity.actions.naming import named
from identity.actions.situation import assess
from identity.contextual import Flags, flags_of
from identity.models import ActionType, Application, Session, SessionStatus, User
from presence.availability import availability_of, facts_of
from presence.consents import channels_in
from presence.models import Preference
from presence.purposes import Channel
from presence.rules_in_force import rules_in_force
from presence.states import Availability, relied_until, signs_at


@dataclass(frozen=True, slots=True)
class Reach:
    """What is concluded about the person, since when it is recorded, and the four answers."""

    availability: Availability
    since: datetime | None
    flags: Flags


def reach_of(
    person: User,
    kind: ActionType | None,
    now: datetime,
    *,
    session: str = "",
    application: Application | None = None,
) -> Reach:
    """The answers for `person`, who was read with presence and preference.

    `session` names the sign-in that is asked about; otherwise the newest one with a proof not too
    old to count. Without `kind` no session is fresh and no asynchronous path is promised.
    """
    presence = getattr(person, "presence", None)
    preference = getattr(person, "preference", None)
    signed_in = None
    if kind is None:
        rules = rules_in_force()
        found = availability_of(person.pk, now=now)
        factors, fresh, outcome = enrolled_names(person.pk), False, None
    else:
        signed_in = _session(person, session, now)
        situation = assess(
            Asked(
                person,
                kind,
                session=signed_in,
                device=signed_in.device if signed_in is not None else None,
                network=signed_in.network if signed_in is not None else "",
                country=signed_in.country if signed_in is not None else "",
                application_id=application.pk if application is not None else None,
            ),
            now,
        )
        rules = situation.policy.document.presence
        found, factors = situation.availability, situation.factors
        fresh, outcome = situation.trust.level.word == "fresh", situation.decision.outcome
    facts = facts_of(presence, preference, now)
    return Reach(
        found,
        presence.since if presence is not None else None,
        flags_of(
            state=found.state,
            quiet=found.quiet,
            signs=signs_at(facts, now, relied_until(facts, rules)),
            push_permitted=Channel.PUSH in channels_in(preference or Preference()),
            factors=factors,
            fresh=fresh,
            session_active=signed_in is not None,
            outcome=outcome,
        ),
    )


def _session(person: User, reference: str, now: datetime) -> Session | None:
    """The active sign-in that is named; the newest with a proof that may still count otherwise."""
    rows = Session.objects.select_related("device").filter(user=person, status=SessionStatus.ACTIVE)
    if reference:
        return rows.filter(named(reference)).first()
    return rows.filter(last_proof_at__gt=now - EVIDENCE_REACH).order_by("-last_proof_at").first()
