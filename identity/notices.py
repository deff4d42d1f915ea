"""Security notices: what a person is told about their own account, whatever they opted out of.

One hook for every change of factors, every recovery and every use of a fallback. The notice
stands on the person's pages; channels hear `notice.given` and carry it to wherever else the
person can be reached. "I did not do this" stops what can be stopped and asks security.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from config.lifecycle import DomainEvent, StateMachine, announce, read_clock, transition
from fallbacks.escalations import escalate_notice
from fallbacks.machines import NOTICE_EDGES, NoticeStatus
from fallbacks.models import SecurityNotice
from identity.actions.ending import raise_anomaly, stop_session
from identity.errors import NotFound
from identity.messages import UnknownMessage, has, say
from identity.models import Session, SessionStatus, User

NOTICE_MACHINE = StateMachine("notice", NOTICE_EDGES)
DISPUTABLE = timedelta(days=30)
"""How long a notice stays on the page of ways and can be disputed: a monthly look finds it."""
SHOWN = 20


@dataclass(frozen=True, slots=True)
class ShownNotice:
    """A notice as a page shows it."""

    id: uuid.UUID
    at: datetime
    title: str
    text: str
    disputed: bool


def notify_security(
    user: User, message_id: str, facts: Mapping[str, Any], *, session: Session | None = None
) -> SecurityNotice:
    """Tell `user` of `notice.<message_id>`, in the transaction of what it is about.

    `facts` fill the sentence: coarse words only, `factor` becomes the words of that way. `session`
    is where it was done; the notice waits to be seen in another one. Raises UnknownMessage.
    """
    if not has(f"notice.{message_id}.title"):
        raise UnknownMessage(message_id)
    now = read_clock()
    place = session.device.name if session is not None and session.device is not None else ""
    notice = SecurityNotice.objects.create(
        subject=user,
        session=session,
        message_id=message_id,
        facts={"place": place or say("sessions.unnamed"), **facts},
        at=now,
    )
    announce(
        DomainEvent(
            name="notice.given",
            kind=NOTICE_MACHINE.kind,
            object_id=str(notice.pk),
            at=now,
            to_state=notice.status,
            reason=message_id,
            **notice.event_context(),
        )
    )
    return notice


def words_of(notice: SecurityNotice) -> tuple[str, str]:
    """Title and text of a notice in the catalogue's words."""
    facts = dict(notice.facts)
    if "factor" in facts:
        facts["way"] = say(f"way.{facts['factor']}.inline")
    return tuple(say(f"notice.{notice.message_id}.{part}", **facts) for part in ("title", "text"))  # type: ignore[return-value]


def unseen(user_id: int, session_id: uuid.UUID) -> list[ShownNotice]:
    """What the person has not seen yet, but for what they did in this very session. One query."""
    rows = SecurityNotice.objects.filter(subject_id=user_id, status=NoticeStatus.OPEN)
    return [_shown(row) for row in rows[:SHOWN] if row.session_id != session_id]


def recent(user_id: int, now: datetime) -> list[ShownNotice]:
    """Everything told of late, newest first. One query."""
    rows = SecurityNotice.objects.filter(subject_id=user_id, at__gt=now - DISPUTABLE)
    return [_shown(row) for row in rows[:SHOWN]]


def _shown(row: SecurityNotice) -> ShownNotice:
    title, text = words_of(row)
    return ShownNotice(row.pk, row.at, title, text, row.status == NoticeStatus.DISPUTED)


def see_notice(notice_id: uuid.UUID, *, user: User, session: Session) -> None:
    """ "That was me", said in another session than the one it was done in.

    Raises NotFound; one that was answered already stays as it is.
    """
    with transaction.atomic():
        notice = _own(notice_id, user)
        if notice.session_id == session.pk:
            raise NotFound
        if notice.status == NoticeStatus.OPEN:
            transition(notice, "notice.seen", NOTICE_MACHINE, at=read_clock(), actor=user.username)


def dispute_notice(notice_id: uuid.UUID, *, user: User, session: Session) -> None:
    """ "I did not do this": every other sign-in ends, and security is asked.

    Until a person has answered, nothing about the factors changes and sensitive requests stop
    (an open escalation does both). Nothing is undone by this alone: whoever is signed in with the
    password could otherwise take the owner's factors away by disputing them (F12).

    Raises NotFound; one that is disputed already stays as it is.
    """
    with transaction.atomic():
        notice = _own(notice_id, user)
        if notice.status == NoticeStatus.DISPUTED:
            return
        now = read_clock()
        transition(
            notice,
            "notice.disputed",
            NOTICE_MACHINE,
            at=now,
            reason="not_me",
            actor=user.username,
            also=[("escalation.triggered", "not_me")],
        )
        escalate_notice(notice, ["not_me"], now)
        raise_anomaly(user, now)
        others = Session.objects.filter(user=user, status=SessionStatus.ACTIVE)
        for other in others.exclude(pk=session.pk):
            stop_session(other, now, "not_me", user.username)


def _own(notice_id: uuid.UUID, user: User) -> SecurityNotice:
    rows = SecurityNotice.objects.select_for_update().filter(pk=notice_id, subject=user)
    notice = rows.first()
    if notice is None:
        raise NotFound
    return notice
