""" "While you were away": what happened meanwhile, shown once on coming back (S4)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from identity.messages import say
from identity.messages.times import lasting
from identity.models import Session
from identity.pages.clock import now_of
from identity.pages.items import Item
from identity.pages.person import PersonRequest
from identity.states import Status

ABSENCE = timedelta(hours=8)
"""A shorter break than a working day or a night is not an absence."""

ARRIVAL = timedelta(minutes=30)
"""For how long after signing in a person counts as just come back."""


@dataclass(frozen=True, slots=True)
class Tally:
    """One line of the digest."""

    tone: str
    icon: str
    count: str
    detail: str


@dataclass(frozen=True, slots=True)
class Digest:
    """What a person who was away reads first; `first` is the request to begin with."""

    title: str
    lede: str
    tallies: Sequence[Tally]
    first: Item | None


def digest_of(
    request: PersonRequest,
    needs: Sequence[Item],
    waiting: Sequence[Item],
    finished: Sequence[Item],
) -> Digest | None:
    """The digest, or None when the person was not away and nothing waited. At most two queries."""
    now = now_of(request)
    session: Session = request.holdfast_session
    gap_began: datetime = request.previous_visit
    if now - gap_began > ABSENCE:
        since: datetime | None = gap_began
    elif now - session.started_at <= ARRIVAL:
        since = _last_seen_elsewhere(session)
        waited = any(item.action.created_at < session.started_at for item in needs)
        absent = since is not None and session.started_at - since > ABSENCE
        if not waited and not absent:
            return None
    else:
        return None
    name = session.user.shown_name
    return Digest(
        title=say("digest.title", name=name, needs=len(needs)),
        lede=_lede(since, now),
        tallies=_tallies(session, since, needs, waiting, finished),
        first=needs[0] if needs else None,
    )


def _lede(since: datetime | None, now: datetime) -> str:
    if since is None or now - since <= ABSENCE:
        return say("digest.lede.short")
    return say("digest.lede", span=lasting(now - since))


def _last_seen_elsewhere(session: Session) -> datetime | None:
    """When the person was last seen here before this sign-in."""
    earlier = (
        Session.objects.filter(
            user_id=session.user_id, application__isnull=True, started_at__lt=session.started_at
        )
        .order_by("-last_seen_at")
        .values_list("last_seen_at", flat=True)
        .first()
    )
    return min(earlier, session.started_at) if earlier else None


def _tallies(
    session: Session,
    since: datetime | None,
    needs: Sequence[Item],
    waiting: Sequence[Item],
    finished: Sequence[Item],
) -> list[Tally]:
    found: list[Tally] = []
    if needs:
        found.append(Tally("care", "bell", _count("needs", needs), _names(needs)))
    if waiting:
        found.append(Tally("wait", "clock", _count("waiting", waiting), say("digest.no_need")))
    recent = [item for item in finished if since is None or item.action.updated_at > since]
    expired = [item for item in recent if item.action.status == Status.EXPIRED]
    if expired:
        found.append(Tally("off", "hourglass", _count("expired", expired), _names(expired)))
    done = [item for item in recent if item.action.status == Status.COMMITTED]
    if done:
        found.append(Tally("done", "done", _count("done", done), _names(done)))
    if since is not None:
        found.append(_sign_ins(session, since))
    return found


def _sign_ins(session: Session, since: datetime) -> Tally:
    count = (
        Session.objects.filter(user_id=session.user_id, started_at__gt=since)
        .exclude(pk=session.pk)
        .count()
    )
    tone, icon = ("care", "laptop") if count else ("done", "lock")
    detail = say("digest.sign_ins.look") if count else say("digest.sign_ins.calm")
    return Tally(tone, icon, say("digest.sign_ins", count=count), detail)


def _count(what: str, items: Sequence[Item]) -> str:
    return say(f"digest.{what}", count=len(items))


def _names(items: Sequence[Item]) -> str:
    """The first two by name, and how many more."""
    names = list(dict.fromkeys(item.name for item in items))
    more = len(names) - 2
    listed = ", ".join(names[:2])
    return say("digest.and_more", names=listed, count=more) if more > 0 else listed
