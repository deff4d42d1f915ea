"""Evidence: what is kept of a proof, and how what was kept looks from another request (D8).

Evidence is bound to who checked it, the factor, the application and action it was given for, the
session, device, network and country it came from, and the credentials the person had. What it is
worth is worked out anew at every decision, in `identity.trust`.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from config.lifecycle import fetch_planned
from fallbacks.challenges import Proof
from identity.active_policy import active_policy
from identity.context import same, same_network
from identity.models import Action, DeviceStatus, Evidence, Session, SessionStatus
from identity.policy import facts as f
from identity.trust import EvidenceFact

EVIDENCE_REACH = timedelta(days=1)
"""Older evidence is worth nothing for any decision (AAL2 ≤24 h, NIST SP 800-63B-4 §2.2.3)."""

_EVIDENCE = """
SELECT who.id, evidence.factor, evidence.aal, evidence.verified_at, evidence.expires_at,
    evidence.device_id, evidence.network, evidence.country, evidence.application_id,
    evidence.action_id, evidence.credentials, session.status, device.status,
    action.device_id, action.network, action.country
FROM unnest(%s::bigint[]) AS who (id)
CROSS JOIN LATERAL (
    SELECT * FROM identity_evidence WHERE user_id = who.id AND verified_at > %s
    ORDER BY verified_at DESC LIMIT 8
) AS evidence
LEFT JOIN identity_session session ON session.id = evidence.session_id
LEFT JOIN identity_device device ON device.id = evidence.device_id
LEFT JOIN identity_action action ON action.id = evidence.action_id
ORDER BY evidence.verified_at DESC
"""

Kept = Sequence[tuple[Any, ...]]
"""The evidence of one person as it is kept, the newest first; `seen_from` reads it."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What evidence is held against: this request and the account as they are at `at`.

    None and the empty string mean unknown.
    """

    at: datetime
    device_id: uuid.UUID | None
    network: str
    country: str
    application_id: int | None
    action_id: uuid.UUID | None
    """The action that exists already: evidence bound to it is the answer to its challenge."""
    credentials: str
    risk: f.Risk
    misuse_at: datetime | None
    """When misuse was last reported or seen; None for never."""
    outage_ended_at: datetime | None


def kept_evidence(user_ids: Collection[int], now: datetime) -> Mapping[int, Kept]:
    """The evidence of the last day of each of these people, eight pieces at most. One query."""
    found: dict[int, list[tuple[Any, ...]]] = {user_id: [] for user_id in user_ids}
    for user_id, *row in fetch_planned(_EVIDENCE, [list(found), now - EVIDENCE_REACH]):
        found[user_id].append(tuple(row))
    return found


def seen_from(seen: Seen, kept: Kept) -> list[EvidenceFact]:
    """What is kept of the person's proofs, as it looks from this request."""
    return [
        EvidenceFact(
            factor=factor,
            aal=aal,
            age=max(0.0, (seen.at - verified_at).total_seconds()),
            **_same_place(seen, given=(device, network, country), asked=asked),
            same_application=same(application, seen.application_id),
            same_credentials=same(credentials, seen.credentials),
            session_active=same(session_status, SessionStatus.ACTIVE),
            device_active=device_status in (None, DeviceStatus.ACTIVE),
            account_calm=_after(verified_at, seen.misuse_at),
            risk_bearable=seen.risk is not f.Risk.RED,
            since_outage=_after(verified_at, seen.outage_ended_at),
            bound_here=seen.action_id is not None and action == seen.action_id,
            expired=seen.at >= expires_at,
        )
        for (
            factor,
            aal,
            verified_at,
            expires_at,
            device,
            network,
            country,
            application,
            action,
            credentials,
            session_status,
            device_status,
            *asked,
        ) in kept
    ]


def _same_place(
    seen: Seen, *, given: tuple[Any, str, str], asked: Sequence[Any]
) -> dict[str, bool | None]:
    """Whether device, network and country are those of the proof.

    A proof speaks for two places: where it was given, and where the request came from that it
    answers. A request from the very device that it answered is held against the second, whole;
    any other against the first.
    """
    answers = bool(asked[0]) and asked[0] == seen.device_id
    device, network, country = asked if answers else given
    return {
        "same_device": same(device, seen.device_id),
        "same_network": same_network(network, seen.network),
        "same_country": same(country, seen.country),
    }


def _after(moment: datetime, event: datetime | None) -> bool:
    return event is None or moment > event


def keep_evidence(proof: Proof, action: Action, session: Session, credentials: str) -> None:
    """Record `proof`, given in `session` as the answer to `action`.

    It expires with the longest lifetime that the policy in force gives its anchor, a day at most.
    A sign-in at our pages does not tell its country; where it is on the network that the
    application saw, it is in the country that the application told.
    """
    country = session.country
    if not country and same_network(session.network, action.network):
        country = action.country
    longest = active_policy().document.trust.anchor_of(proof.factor).longest
    Evidence.objects.create(
        user_id=action.subject_id,
        session=session,
        device_id=session.device_id,
        application_id=action.application_id,
        action=action,
        factor=proof.factor,
        aal=proof.aal,
        credentials=credentials,
        network=session.network,
        country=country,
        verified_at=proof.verified_at,
        expires_at=proof.verified_at + min(timedelta(seconds=longest), EVIDENCE_REACH),
    )
    Session.objects.filter(pk=session.pk).update(last_proof_at=proof.verified_at)
