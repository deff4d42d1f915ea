"""Keeping the demo people as they are described, an hour later too.

The feeder only observes: it sends the signals that such a person's devices would send. What a
real application saw lately counts over it (`presence.ingest`).
"""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from config.demo.people import USERS
from config.lifecycle import read_clock
from identity.models import Action, User
from identity.states import WAITING
from presence.availability import refresh
from presence.choices import preference_of
from presence.ingest import SignalIn, ingest_signals
from presence.models import Preference, SignalKind, SignalSource

FAR_ZONES = (
    "Pacific/Auckland",
    "Asia/Tokyo",
    "Asia/Kathmandu",
    "Asia/Dubai",
    "Africa/Johannesburg",
    "Atlantic/Azores",
    "America/Sao_Paulo",
    "America/Denver",
    "Pacific/Honolulu",
)
MORNING = time(7, 0)


def signals_for(kind: str, user_id: int, now: datetime) -> list[SignalIn]:
    """What the devices of such a person would have told by `now`."""

    def at(which: str, ago: timedelta, value: str = "") -> SignalIn:
        return SignalIn(user_id, which, now - ago, value=value)

    return {
        "available": [
            at(SignalKind.PUSH_ACCEPTED, timedelta(seconds=3)),
            at(SignalKind.PUSH_ACKNOWLEDGED, timedelta(seconds=2)),
            at(SignalKind.HEARTBEAT, timedelta(seconds=1), "foreground"),
            at(SignalKind.DEVICE_SEEN, timedelta(seconds=1)),
        ],
        "delayed": [
            at(SignalKind.HEARTBEAT, timedelta(minutes=20), "background"),
            at(SignalKind.DEVICE_SEEN, timedelta(minutes=20)),
            at(SignalKind.PUSH_ACCEPTED, timedelta(minutes=2)),
        ],
        "lost": [
            at(SignalKind.DEVICE_SEEN, timedelta(minutes=20)),
            at(SignalKind.NETWORK, timedelta(minutes=2), "lost"),
        ],
        "quiet": [at(SignalKind.DEVICE_SEEN, timedelta(minutes=12))],
        "stale": [at(SignalKind.DEVICE_SEEN, timedelta(days=41))],
        "anomaly": [
            at(SignalKind.DEVICE_SEEN, timedelta(hours=6)),
            at(SignalKind.PUSH_ACCEPTED, timedelta(minutes=30)),
        ],
    }[kind]


def feed() -> None:
    """One round: signals for everybody, Noor's quiet, Riley's anomaly."""
    now = read_clock()
    ids = dict(User.objects.filter(username__in=[p.name for p in USERS]).values_list(
        "username", "pk"
    ))  # fmt: skip
    for person in USERS:
        user_id = ids.get(person.name)
        if user_id is None:
            continue
        if person.signals == "quiet":
            _keep_quiet(user_id, now)
        if person.signals == "anomaly":
            User.objects.filter(pk=user_id).update(anomaly_points=90, anomaly_at=now)
        ingest_signals(signals_for(person.signals, user_id, now), SignalSource.FEEDER, now)


def _keep_quiet(user_id: int, now: datetime) -> None:
    """Do-not-disturb until seven in a zone where it is evening now.

    When a night is over, the next begins only once nothing of hers waits for that morning, so
    that a request that was held is really woken.
    """
    preference = preference_of(user_id)
    if preference.dnd_until is not None and preference.dnd_until > now:
        return
    waiting = Action.objects.filter(subject_id=user_id, status__in=sorted(WAITING)).exists()
    if preference.dnd_until is not None and waiting:
        return
    zone, until = far_evening(now)
    Preference.objects.update_or_create(
        subject_id=user_id, defaults={"zone": zone, "dnd_until": until}
    )
    refresh(user_id)


def far_evening(now: datetime) -> tuple[str, datetime]:
    """The far zone whose clock is nearest to 22:00 now, and seven o'clock of its next morning."""

    def distance(name: str) -> float:
        local = now.astimezone(ZoneInfo(name))
        hours = local.hour + local.minute / 60
        return min(abs(hours - 22), 24 - abs(hours - 22))

    zone = min(FAR_ZONES, key=distance)
    local = now.astimezone(ZoneInfo(zone))
    day = local.date() if local.time() < MORNING else local.date() + timedelta(days=1)
    morning = datetime.combine(day, MORNING, tzinfo=ZoneInfo(zone))
    return zone, morning.astimezone(UTC)
