"""Telling a person by a channel that something waits for them.

A channel registers what puts its message into the outbox. Whoever prompts has asked before whether
the person permits the channel and whether it is quiet; here is only seen to it that each channel is
asked once, in the transaction that causes it.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import datetime
from typing import Protocol

from fallbacks.factors.catalogue import FACTORS
from fallbacks.ladder import BACKUP


class Prompter(Protocol):
    """How one channel is prompted."""

    def __call__(self, *, action_id: uuid.UUID, user_id: int, factor: str, now: datetime) -> bool:
        """Write the message into the outbox, in the caller's transaction; False where the person
        has no address there, or had their share of prompts. `factor` is what they were last asked
        for, and may be empty."""


_prompters: dict[str, Prompter] = {}


def on_prompt(channel: str, prompter: Prompter) -> None:
    """Register how `channel` is prompted; once, when the app is ready."""
    _prompters[channel] = prompter


def backup_channels(
    names: Collection[str], *, tried: str, permitted: Collection[str], down: Collection[str]
) -> list[str]:
    """The channels that a notice goes to: of `names` (`backup` means any), those that can be
    prompted, that the person permits and that work, but for that of the `tried` factor."""
    used = FACTORS[tried].channel if tried in FACTORS else None
    wanted = set(_prompters) if BACKUP in names else set(names) & set(_prompters)
    return sorted(wanted & set(permitted) - {used} - set(down))


def prompt(
    channels: Collection[str], *, action_id: uuid.UUID, user_id: int, factor: str, now: datetime
) -> list[str]:
    """Prompt by each of `channels`; those by which a message goes out."""
    return [
        channel
        for channel in channels
        if _prompters[channel](action_id=action_id, user_id=user_id, factor=factor, now=now)
    ]
