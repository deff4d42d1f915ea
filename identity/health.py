"""Whether the product does its work: told by progress, read from the database."""

from __future__ import annotations

from datetime import timedelta

from config.lifecycle import read_clock
from identity.models import SweepRun

SWEEPS = ("sweep_actions", "deliver_webhooks", "send_messages", "send_prompts")
LATE = timedelta(seconds=60)
"""A sweep that has not run for this long raises the alarm (they run every 5 s)."""


def mark_sweep(name: str) -> None:
    """A sweep came to its end just now."""
    SweepRun.objects.update_or_create(name=name, defaults={"at": read_clock()})


def sweep_age() -> float | None:
    """Seconds since the sweep that is longest behind last ran; None when one never did."""
    runs = dict(SweepRun.objects.filter(name__in=SWEEPS).values_list("name", "at"))
    if len(runs) < len(SWEEPS):
        return None
    return max(0.0, (read_clock() - min(runs.values())).total_seconds())
