"""Celery's face of presence."""

from __future__ import annotations

from celery import shared_task

from presence.availability import sweep_availability
from presence.partitions import keep_partitions


@shared_task(name="presence.sweep_availability")
def sweep_availability_task() -> None:
    """Let availability change by itself where its time has come."""
    sweep_availability()


@shared_task(name="presence.keep_partitions")
def keep_partitions_task() -> None:
    """Make the log's partitions ahead, drop those whose time is over."""
    keep_partitions()
