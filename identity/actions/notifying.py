"""Telling the person by a backup channel that something waits for them (F4, Q3)."""

from __future__ import annotations

from datetime import datetime

from config.lifecycle import DomainEvent, announce
from fallbacks.ladder import Step
from fallbacks.models import Challenge
from fallbacks.prompting import backup_channels, prompt
from identity.actions.situation import Situation
from identity.models import Action
from presence.consents import channels_in
from presence.models import Preference


def tell_by_backup(action: Action, situation: Situation, step: Step, now: datetime) -> list[str]:
    """Prompt the person as `step` says, by channels that they permit and that work; never while
    it is quiet for them. The channels used; told as one event, if any was."""
    if situation.availability.quiet:
        return []
    last = Challenge.objects.filter(action_id=action.pk).order_by("-issued_at").first()
    tried = last.factor if last is not None else ""
    preference = getattr(action.subject, "preference", None) or Preference()
    permitted = {channel.value for channel in channels_in(preference)}
    channels = backup_channels(step.names, tried=tried, permitted=permitted, down=situation.down)
    used = prompt(channels, action_id=action.pk, user_id=action.subject_id, factor=tried, now=now)
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
