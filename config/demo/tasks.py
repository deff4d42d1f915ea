"""Celery's face of the demo."""

from __future__ import annotations

from celery import shared_task

from config.demo.feeder import feed


@shared_task(name="config.feed_demo")
def feed_demo() -> None:
    """Keep the demo people as described."""
    feed()
