"""Asking a person in spite of their quiet: only in an emergency that the policy names (P4).

Nobody can override a person's silence in general, support not at all. Security may, for an
emergency that the policy in force names and while its sign is there; it ends by itself, it is in
the record, and the person reads that it was done and why.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from config.lifecycle import DomainEvent, announce, read_clock
from fallbacks.escalations import has_open_escalation
from fallbacks.incidents import current_mode
from identity.actions.waking import wake_person
from identity.active_policy import active_policy
from identity.errors import NotAnEmergency
from identity.models import User
from identity.notices import notify_security
from presence.availability import choice_of, refresh
from presence.models import Preference
from presence.quiet import quiet_until
from presence.rules import Emergency

PERMISSION = "presence.override_quiet"
SIGNS_OF_MODE = {"normal": frozenset(), "degraded": frozenset({"degraded"})}
"""Which signs the mode of the open incidents gives; an emergency gives both."""


def override_quiet(user_id: int, emergency: str, *, by: User) -> datetime:
    """Let the person be asked from now until the returned moment, whatever they chose.

    What waits for them is due at once. Raises NotAnEmergency where the policy in force does not
    name `emergency`, its sign is not there, `by` may not, or it is their own quiet.
    """
    with transaction.atomic():
        now = read_clock()
        rule = active_policy().document.presence.emergencies.get(emergency)
        if rule is None or not by.has_perm(PERMISSION) or by.pk == user_id:
            raise NotAnEmergency
        if not signs_of(user_id) & rule.when:
            raise NotAnEmergency
        until = now + timedelta(seconds=rule.lasts)
        Preference.objects.update_or_create(
            subject_id=user_id,
            defaults={
                "overridden_at": now,
                "overridden_until": until,
                "overridden_for": emergency,
            },
        )
        announce(
            DomainEvent(
                name="quiet.overridden",
                kind="presence",
                object_id=str(user_id),
                at=now,
                subject_id=user_id,
                reason=emergency,
                actor=by.username,
            )
        )
        notify_security(User.objects.get(pk=user_id), "quiet_overridden", {})
        refresh(user_id)
        wake_person(user_id, now)
    return until


def signs_of(user_id: int) -> frozenset[str]:
    """The signs of an emergency that are there now. Two queries."""
    signs = SIGNS_OF_MODE.get(current_mode(), frozenset({"degraded", "emergency"}))
    return signs | {"escalation"} if has_open_escalation(user_id) else signs


def emergencies_for(user_id: int) -> list[str]:
    """The emergencies for which the person, who is quiet now, could be asked all the same."""
    named: dict[str, Emergency] = dict(active_policy().document.presence.emergencies)
    preference = Preference.objects.filter(subject_id=user_id).first()
    if not named or quiet_until(choice_of(preference), read_clock())[0] is None:
        return []
    signs = signs_of(user_id)
    return [name for name, rule in named.items() if rule.when & signs]
