"""Celery's face of presence."""

from __future__ import annotations

from celery import shared_task

from presence.availability import sweep_availability


@shared_task(name="presence.sweep_availability")
def sweep_availability_task() -> None:
    """Let availability change by itself where its time has come."""
    sweep_availability()
