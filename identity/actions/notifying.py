"""Telling the person by a backup channel that something waits for them (F4, Q3)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from config.lifecycle import DomainEvent, announce
from fallbacks.factors import FACTORS
from fallbacks.factors.dependencies import out_of_order
from fallbacks.ladder import BACKUP, Step
from fallbacks.models import Challenge
from identity.actions.situation import Situation
from identity.models import Action
from identity.telling import prompt
from presence.consents import channels_in
from presence.models import Preference

TOLD_BY = frozenset({"email", "sms"})
"""Channels that can say that something waits. Push asks by itself, with every challenge."""


def tell_by_backup(action: Action, situation: Situation, step: Step, now: datetime) -> list[str]:
    """Prompt the person as `step` says, by channels that they permit and that work; never while
    it is quiet for them. The channels used; told as one event, if any was."""
    if situation.availability.quiet:
        return []
    last = Challenge.objects.filter(action_id=action.pk).order_by("-issued_at").first()
    preference = getattr(action.subject, "preference", None) or Preference()
    channels = backup_channels(
        step.names,
        tried=last.factor if last is not None else "",
        permitted={channel.value for channel in channels_in(preference)},
        down=situation.down,
    )
    used = [channel for channel in channels if prompt(action, channel, now)]
    if used:
        context = action.event_context()
        announce(
            DomainEvent(
                name="ladder.notified",
                kind="action",
                object_id=str(action.pk),
                at=now,
                from_state=action.status,
                to_state=action.status,
                subject_id=context["subject_id"],
                attributes={**context["attributes"], "channels": used},
            )
        )
    return used


def backup_channels(
    names: Collection[str], *, tried: str, permitted: Collection[str], down: Collection[str]
) -> list[str]:
    """The channels that a notice goes to: of `names` (`backup` means any), those that the person
    permits and that work, but for that of the `tried` factor."""
    out = {FACTORS[name].channel for name in {tried, *out_of_order(down)} & FACTORS.keys()}
    wanted = TOLD_BY if BACKUP in names else TOLD_BY & set(names)
    return sorted(wanted & set(permitted) - out)
