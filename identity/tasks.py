"""Celery's face of identity: each task is one sweep, due times stand in the database."""

from __future__ import annotations

from celery import shared_task
from celery.signals import task_success

from config.lifecycle import read_clock
from identity.actions.idempotency import forget_keys
from identity.actions.sweeping import sweep_actions
from identity.audit.chaining import chain_events
from identity.audit.checkpoints import checkpoint_if_due
from identity.depths import fold_depths
from identity.health import mark_task
from identity.webhooks.courier import dispatch_due

# Those of the apps below too: the mark stands up here.
task_success.connect(mark_task)


@shared_task(name="identity.sweep_actions")
def sweep_actions_task() -> None:
    """Move on the actions that are due."""
    sweep_actions()
    fold_depths()


@shared_task(name="identity.deliver_webhooks")
def deliver_webhooks_task() -> None:
    """Start sending the webhooks that are due; nobody waits for it."""
    dispatch_due()


@shared_task(name="identity.chain_events")
def chain_events_task() -> None:
    """Link the events that are committed, and sign the head of the chain when it is time."""
    chain_events()
    checkpoint_if_due()


@shared_task(name="identity.forget_keys")
def forget_keys_task() -> None:
    """Delete the idempotency keys whose time is over."""
    forget_keys(read_clock())
