"""The wiring as a Django app: the broker's tables, the commands, the broker behind `wake`."""

from __future__ import annotations

from django.apps import AppConfig

from config.celery import nudge
from config.lifecycle import on_wake


class WiringConfig(AppConfig):
    """Loaded last; nothing but wiring."""

    name = "config"
    label = "config"

    def ready(self) -> None:
        """Let `wake` reach the workers."""
        on_wake(nudge)
