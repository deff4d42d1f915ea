"""Ending an action on purpose: cancelled by who asked, or refused by the person ("not me")."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from config.lifecycle import read_clock
from fallbacks.escalations import is_escalated, open_escalation
from identity.actions.moves import end, locked
from identity.errors import ActionClosed, NotCancellable, NotFound
from identity.models import Action, Application, Session, User
from identity.revocation import revoke
from identity.states import WAITING

NOT_ME_POINTS = 40.0
"""What a report of misuse adds to the account's anomaly points (0 … 100); it decays (D6)."""


def cancel_action(
    action_id: uuid.UUID, *, user: User | None = None, application: Application | None = None
) -> Action:
    """Withdraw a waiting action, for the person or for the application that asked.

    Raises NotFound for somebody else's, NotCancellable when the change is under way or over.
    """
    with transaction.atomic():
        action = locked(action_id)
        if action is None or not _belongs(action, user, application):
            raise NotFound
        if action.status not in WAITING:
            raise NotCancellable(status=action.status)
        reason = "by_user" if user is not None else "by_application"
        end(action, "action.cancelled", read_clock(), reason, user.username if user else "")
        return action


def _belongs(action: Action, user: User | None, application: Application | None) -> bool:
    if user is not None:
        return action.subject_id == user.pk
    return application is not None and action.application_id == application.pk


def deny_action(action_id: uuid.UUID, *, user: User, session: Session) -> Action:
    """ "This wasn't me": stop it, end the session that asked, warn the security staff.

    The account's anomaly points rise: misuse was reported. Raises NotFound, ActionClosed.
    """
    with transaction.atomic():
        action = locked(action_id)
        if action is None or action.subject_id != user.pk:
            raise NotFound
        if action.status not in WAITING:
            raise ActionClosed
        now = read_clock()
        end(action, "action.denied", now, "not_me", user.username)
        report_misuse(action, user, session, now)
        return action


def report_misuse(action: Action, user: User, session: Session, now: datetime) -> None:
    """The person says that somebody else asked for it: end the session that did (unless it is
    `session`, their own), raise the account's anomaly points, put it to the security staff."""
    origin = action.session
    if origin is not None and origin.pk != session.pk:
        stop_session(origin, now, "not_me", user.username)
    raise_anomaly(user, now)
    if not is_escalated(action.pk):
        open_escalation(
            action.pk,
            user.pk,
            queue="security",
            reasons=["not_me", *action.reasons],
            facts=action.facts,
            now=now,
        )


def raise_anomaly(user: User, now: datetime) -> None:
    """Misuse of the account was reported: its anomaly points rise (D6)."""
    points = min(100.0, user.anomaly_points + NOT_ME_POINTS)
    User.objects.filter(pk=user.pk).update(anomaly_points=points, anomaly_at=now)


def stop_session(session: Session, now: datetime, reason: str, actor: str) -> None:
    """Revoke a session, and with it everything that waits on it (S3)."""
    revoke(session, now, reason, actor)
    cancel_bound_actions(session_id=session.pk, now=now)


def cancel_bound_actions(
    *, session_id: uuid.UUID | None = None, device_id: uuid.UUID | None = None, now: datetime
) -> int:
    """Cancel what waits on a session or device that was just revoked (S3, Q1); how many."""
    rows = Action.objects.select_for_update(of=("self",)).select_related("application", "subject")
    reason = "session_revoked" if session_id is not None else "device_revoked"
    rows = rows.filter(status__in=sorted(WAITING))
    bound = Q(session_id=session_id) if session_id is not None else Q(device_id=device_id)
    rows = rows.filter(bound)
    ended = 0
    for action in rows.order_by("created_at"):
        end(action, "action.cancelled", now, reason)
        ended += 1
    return ended
