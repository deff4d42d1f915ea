"""Consent for each purpose, and the channels on which a person may be prompted (P4, P6)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from django.db import transaction

from config.lifecycle import DomainEvent, announce, read_clock
from presence.availability import choice_of, refresh
from presence.errors import UnknownChannel, UnknownPurpose
from presence.forgetting import forget
from presence.models import Preference
from presence.purposes import Channel, Consents, Purpose, may_contact
from presence.quiet import quiet_until

FIELDS: Mapping[Purpose, str] = {
    Purpose.REACHABILITY: "presence_consent",
    Purpose.PAGE_SIGNALS: "page_signals_consent",
    Purpose.METRICS: "metrics_consent",
}
"""Where the answer for each purpose is kept; `<field>_at` is when it was given."""


def consents_in(preference: Preference) -> Consents:
    """What the person consents to, as plain values."""
    return Consents(
        reachability=preference.presence_consent,
        page_signals=preference.page_signals_consent,
        metrics=preference.metrics_consent,
    )


def consents_of(user_id: int) -> Consents:
    """What the person consents to; the defaults where nothing was ever chosen. One query."""
    found = Preference.objects.filter(subject_id=user_id).first()
    return consents_in(found) if found is not None else Consents()


def channels_in(preference: Preference) -> frozenset[Channel]:
    """The channels on which the person may be prompted."""
    return frozenset(each for each in Channel if getattr(preference, f"{each}_permitted"))


def purpose_named(name: str) -> Purpose:
    """The purpose of that name. Raises UnknownPurpose."""
    try:
        return Purpose(name)
    except ValueError as error:
        raise UnknownPurpose from error


def set_consent(user_id: int, purpose: Purpose, given: bool, *, actor: str) -> bool:
    """Give or withdraw consent for one purpose, at once; whether anything changed.

    Withdrawing `reachability` deletes every signal and what was concluded from them. Requests
    that wait go on waiting: silence only lengthens a wait (P4).
    """
    field = FIELDS[purpose]
    with transaction.atomic():
        preference = _held(user_id)
        if getattr(preference, field) == given:
            return False
        now = read_clock()
        setattr(preference, field, given)
        setattr(preference, f"{field}_at", now)
        preference.save(update_fields=[field, f"{field}_at"])
        tell("presence.consented" if given else "presence.withdrawn", user_id, now, actor, purpose)
        if purpose == Purpose.REACHABILITY:
            if given:
                refresh(user_id)
            else:
                forget(user_id)
        return True


def choose_channels(user_id: int, channels: Collection[Channel], *, actor: str) -> bool:
    """Be prompted on `channels` and on no other; whether anything changed."""
    with transaction.atomic():
        preference = _held(user_id)
        if channels_in(preference) == frozenset(channels):
            return False
        fields = [f"{each}_permitted" for each in Channel]
        for each, field in zip(Channel, fields, strict=True):
            setattr(preference, field, each in channels)
        preference.save(update_fields=fields)
        tell("presence.channels_chosen", user_id, read_clock(), actor)
        return True


def channels_named(names: Collection[str]) -> frozenset[Channel]:
    """The channels of those names. Raises UnknownChannel."""
    try:
        return frozenset(Channel(name) for name in names)
    except ValueError as error:
        raise UnknownChannel from error


def channel_permitted(
    user_id: int,
    channel: Channel,
    *,
    now: datetime,
    mandatory: bool = False,
    attack: bool = False,
) -> bool:
    """Whether the person may be contacted by `channel` at `now`: see `may_contact`. One query."""
    preference = Preference.objects.filter(subject_id=user_id).first() or Preference()
    until, _ = quiet_until(choice_of(preference), now)
    return may_contact(
        channel,
        channels_in(preference),
        quiet=until is not None,
        mandatory=mandatory,
        attack=attack,
    )


def tell(name: str, user_id: int, now: datetime, actor: str, reason: str = "") -> None:
    """Announce what was done with a person's presence data: that it was done, and no data."""
    announce(
        DomainEvent(
            name=name,
            kind="presence",
            object_id=str(user_id),
            at=now,
            subject_id=user_id,
            reason=reason,
            actor=actor,
        )
    )


def _held(user_id: int) -> Preference:
    """The person's choices, held until the transaction ends; made with the defaults if missing."""
    Preference.objects.bulk_create([Preference(subject_id=user_id)], ignore_conflicts=True)
    return Preference.objects.select_for_update().get(subject_id=user_id)
