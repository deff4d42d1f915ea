"""Celery's face of identity: each task is one sweep, due times stand in the database."""

from __future__ import annotations

from celery import shared_task

from identity.actions.sweeping import sweep_actions
from identity.health import mark_sweep
from identity.webhooks.sending import deliver_due


@shared_task(name="identity.sweep_actions")
def sweep_actions_task() -> None:
    """Move on the actions that are due."""
    sweep_actions()
    mark_sweep("sweep_actions")


@shared_task(name="identity.deliver_webhooks")
def deliver_webhooks_task() -> None:
    """Send the webhooks that are due."""
    deliver_due()
    mark_sweep("deliver_webhooks")
