"""`request_action`: an application asks; the intent is kept, decided about, and told back."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.crypto import salted_hmac

from config.lifecycle import DomainEvent, announce, fetch, fetch_planned, read_clock_with
from fallbacks.challenges import issue_challenge
from identity.actions.agreeing import SECOND_PERSON, ask_others
from identity.actions.beginning import first_status
from identity.actions.climbing import first_step, plan_by, run_of
from identity.actions.committing import set_going
from identity.actions.deciding import decided, record_decision
from identity.actions.ground import Asked
from identity.actions.idempotency import answered_before, remember
from identity.actions.moves import (
    challenge_factor,
    due_of,
    limited,
    put_to_staff,
)
from identity.actions.naming import ActionRequest, read_request
from identity.actions.opening import WINDOW_CLOSED, opens_at
from identity.actions.situation import Situation, assess
from identity.darkness import first_look
from identity.errors import (
    InvalidReturnUrl,
    NoWayToDeliver,
    RequestInFlight,
)
from identity.models import (
    Action,
    Application,
)
from identity.models.actions import Window
from identity.payloads import checked_payload
from identity.policy.decision import Outcome
from identity.sealing import place_of, seal_payload
from identity.states import OPEN, Status
from identity.values import value_band
from identity.webhooks.outbox import tell_application

_EQUAL_OPEN = f"""
SELECT id FROM identity_action
WHERE application_id = %s AND subject_id = %s AND type_id = %s AND payload_fingerprint = %s
  AND status IN ({", ".join(f"'{status.value}'" for status in sorted(OPEN))})
"""  # noqa: S608
FIRST_EVENT = {
    Status.PENDING: "challenge.issued",
    Status.QUEUED: "auth.queued",
    Status.FALLBACK: "fallback.selected",
    Status.BLOCKED: "escalation.triggered",
    Status.REVIEW: "review.opened",
    Status.APPROVED: "action.approved",
}


@dataclass(frozen=True, slots=True)
class Requested:
    """The action, the database's time of the answer, whether it was made now, and whether an
    equal open one was joined."""

    action: Action
    at: datetime
    created: bool
    joined: bool = False


def fingerprint_of(body: Mapping[str, Any]) -> str:
    """The same for equal bodies, whatever the order of their fields."""
    text = json.dumps(body, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def request_action(
    application: Application, request: ActionRequest, *, key: str, fingerprint: str
) -> Requested:
    """Keep, decide and begin what the application asked, once for each `key`.

    One transaction. The same key and body give the same action again; an equal request that is
    still open under another key is joined, not doubled (Q2).

    Raises RequestInFlight, IdempotencyKeyReused, UnknownActionType, UnknownSubject,
    InvalidPayload, InvalidReturnUrl, ForeignSession, ForeignDevice, RevokedSession,
    RevokedDevice, NoWayToDeliver, NoActivePolicy.
    """
    with transaction.atomic():
        now = _enter(application, key)
        before = answered_before(application, key, fingerprint, now)
        if before is not None:
            return Requested(_shown(before.action_id), now, created=False, joined=before.joined)
        asked = read_request(request)
        payload = checked_payload(request.payload, asked.type.payload)
        if request.return_url and not application.allows_return_url(request.return_url):
            raise InvalidReturnUrl
        if not application.webhook_url and not asked.type.handler:
            raise NoWayToDeliver
        asked = replace(
            asked,
            application_id=application.pk,
            value=value_band(payload, asked.type.value_rule),
        )
        digest = _payload_digest(payload)
        equal = _equal_open(application, asked, digest)
        if equal is None:
            situation = assess(asked, now)
            action = _begin(application, request, asked, situation, payload, digest)
        else:
            action = _shown(equal)
        joined = equal is not None
        remember(application, key, fingerprint, action, now, joined=joined)
        return Requested(action, now, created=not joined, joined=joined)


def _shown(action_id: uuid.UUID) -> Action:
    """An action with what its representation reads."""
    return Action.objects.select_related("subject__preference", "application").get(pk=action_id)


def _enter(application: Application, key: str) -> datetime:
    """Be the only one at work on this key, and read the clock. Raises RequestInFlight."""
    lock = _lock_number(f"{application.pk}:{key}")
    entered, now = read_clock_with("pg_try_advisory_xact_lock(%s)", [lock])
    if not entered:
        raise RequestInFlight
    return now


def _lock_number(place: str) -> int:
    """The advisory lock of a place: 64 bits of its hash."""
    digest = hashlib.blake2b(place.encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


def _payload_digest(payload: Mapping[str, str]) -> str:
    text = json.dumps(payload, sort_keys=True, separators=(",", ":"))
    return salted_hmac("identity.payload", text, algorithm="sha256").hexdigest()


def _equal_open(application: Application, asked: Asked, digest: str) -> uuid.UUID | None:
    """The equal request that is still open. The lock makes two first ones stand in line."""
    place = f"{application.pk}:{asked.subject.pk}:{asked.type.pk}:{digest}"
    fetch("SELECT pg_advisory_xact_lock(%s)", [_lock_number(place)])
    rows = fetch_planned(_EQUAL_OPEN, [application.pk, asked.subject.pk, asked.type.pk, digest])
    return rows[0][0] if rows else None


def _begin(
    application: Application,
    request: ActionRequest,
    asked: Asked,
    situation: Situation,
    payload: dict[str, str],
    digest: str,
) -> Action:
    now = situation.at
    status, reason = first_status(situation)
    obligations = situation.decision.obligations
    opens = None if status == Status.BLOCKED else opens_at(asked.subject, obligations, now)
    if opens is not None:
        status, reason = Status.QUEUED, WINDOW_CLOSED
    elif status == Status.APPROVED and obligations.approvals:
        status, reason = Status.REVIEW, SECOND_PERSON
    action = Action(
        id=uuid.uuid4(),
        application=application,
        subject=asked.subject,
        type=asked.type,
        status=status,
        reason=reason,
        payload_fingerprint=digest,
        session=asked.session,
        device=asked.device,
        network=asked.network,
        country=asked.country,
        device_class=request.context.device_class,
        binding_message=request.binding_message,
        return_url=request.return_url,
        requested_expiry=request.requested_expiry,
        read_only=situation.decision.outcome == Outcome.READ_ONLY,
        created_at=now,
        updated_at=now,
        **decided(situation),
    )
    action.sealed_payload = seal_payload(
        payload, place_of(action.pk, asked.subject.pk, application.pk)
    )
    waits = obligations.grace if status == Status.REVIEW else obligations.window
    window = limited(waits, action)
    ttl = min(timedelta(seconds=obligations.challenge_ttl), window)
    if status != Status.APPROVED:
        action.expires_at = (opens or now) + window
    if status == Status.REVIEW:
        action.window = Window.LAST
    if status == Status.PENDING:
        action.attempts = 1
        action.challenge_ends_at = now + ttl
    elif status == Status.QUEUED:
        quiet = situation.availability.quiet_until
        action.next_attempt_at = opens or first_step(obligations, now, quiet)
    action.ladder = run_of(plan_by(obligations), 0, None if opens else action.next_attempt_at)
    look_at = first_look(action, situation.policy.document, now)
    moments = (action.expires_at, action.next_attempt_at, action.challenge_ends_at, look_at)
    action.due_at = due_of(*moments)
    action.decision_id = uuid.uuid4()
    action.save(force_insert=True)
    record_decision(action.pk, situation, action.decision_id)
    if status == Status.PENDING:
        issue_challenge(action.pk, asked.subject.pk, challenge_factor(situation) or "", now, ttl)
    if status == Status.REVIEW:
        ask_others(action, situation, now)
    if status == Status.BLOCKED:
        put_to_staff(action, situation, now)
    announce(*_first_events(action, now))
    if status == Status.APPROVED:
        set_going(action, now)
    elif status == Status.BLOCKED:
        tell_application(action, "action.blocked", now)
        if obligations.escalate_to:
            tell_application(action, "action.escalated", now)
    return action


def _first_events(action: Action, now: datetime) -> tuple[DomainEvent, DomainEvent]:
    context = action.event_context()
    asked = DomainEvent(
        name="auth.requested", kind="action", object_id=str(action.pk), at=now, **context
    )
    began = DomainEvent(
        name=FIRST_EVENT[Status(action.status)],
        kind="action",
        object_id=str(action.pk),
        at=now,
        to_state=action.status,
        reason=action.reason,
        **context,
    )
    return asked, began
