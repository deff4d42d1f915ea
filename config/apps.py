"""The wiring as a Django app: the broker's tables, the commands, the broker behind `wake`."""

from __future__ import annotations

from celery.signals import task_success
from django.apps import AppConfig

from config.celery import nudge
from config.lifecycle import on_wake


class WiringConfig(AppConfig):
    """Loaded last; nothing but wiring."""

    name = "config"
    label = "config"

    def ready(self) -> None:
        """Let `wake` reach the workers, and remember when each sweep last ran."""
        from identity.health import mark_task  # models are loaded by now

        on_wake(nudge)
        task_success.connect(mark_task)
