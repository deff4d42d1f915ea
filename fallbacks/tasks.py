"""Celery's face of fallbacks: each task is one sweep, due times stand in the database."""

from __future__ import annotations

from celery import shared_task

from fallbacks.push.sending import send_prompts


@shared_task(name="fallbacks.send_prompts")
def send_prompts_task() -> None:
    """Send the prompts that are due."""
    send_prompts()
