"""Celery's face of fallbacks: each task is one sweep, due times stand in the database."""

from __future__ import annotations

from celery import shared_task

from config.lifecycle import read_clock
from fallbacks.channels.budgets import forget_budgets
from fallbacks.channels.outbox import TASK, forget_old
from fallbacks.channels.sending import dispatch_due
from fallbacks.push.sending import send_prompts
from fallbacks.sent_secrets import forget_secrets


@shared_task(name="fallbacks.send_prompts")
def send_prompts_task() -> None:
    """Send the prompts that are due."""
    send_prompts()


@shared_task(name=TASK)
def send_messages_task() -> None:
    """Start sending what is due; nobody waits for it."""
    dispatch_due()


@shared_task(name="fallbacks.forget_messages")
def forget_messages_task() -> None:
    """Delete what was over long ago."""
    now = read_clock()
    forget_old(now)
    forget_budgets(now)
    forget_secrets(now)
